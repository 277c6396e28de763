import { expect, test } from 'vitest';
import { isNewerVersion } from '../../../electron/shared/domain/index.ts';

test.each([
  ['1.10.0', '1.9.3', true],
  ['1.9.3', '1.10.0', false],
  ['1.0.1', '1.0', true],
  ['1.0', '1.0.0', false],
  ['1.0.0', '1.0.0', false],
  ['2', '1.99.99', true],
  ['1.0.0-beta', '1.0.0', false],
  ['', '0.0.0', false],
])('%s is newer than %s: %s', (one, other, newer) => {
  expect(isNewerVersion(one, other)).toBe(newer);
});
