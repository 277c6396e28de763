import { expect, test } from 'vitest';
import { transferMeter } from '../../../electron/shared/workflow/transfer-meter.ts';

const mb = 1_000_000;
const of = (doneMb: number, more = {}) => ({
  doing: 'writing' as const,
  path: 'client.html',
  doneBytes: doneMb * mb,
  ofBytes: 20 * mb,
  ...more,
});

test('no rate before there was time to see one, none while nothing moves', () => {
  const meter = transferMeter();
  expect(meter(of(1), 1000)).toEqual({ doing: 'writing', doneBytes: mb, ofBytes: 20 * mb });
  expect(meter(of(1.5), 1250)).not.toHaveProperty('bytesPerSecond');
  expect(meter(of(3), 2000)).toMatchObject({ bytesPerSecond: 2 * mb, leftMs: 8500 });
  const stuck = transferMeter();
  stuck(of(1), 0);
  expect(stuck(of(1), 3000)).not.toHaveProperty('leftMs');
});

test('the rate is that of the last seconds, so a card that grows slow is seen to', () => {
  const meter = transferMeter();
  for (let second = 0; second <= 2; second += 1) meter(of(5 * second), 1000 * second);
  for (let second = 3; second <= 7; second += 1) meter(of(10 + second / 10), 1000 * second);
  const seen = meter(of(10.8), 8000);
  expect(seen.bytesPerSecond).toBe(0.1 * mb);
  expect(seen.leftMs).toBe(92_000);
});

test('a step’s files are one whole, known beforehand or as they come', () => {
  const meter = transferMeter();
  meter(of(20), 0);
  expect(meter(of(1, { path: 'manifest.p7s', ofBytes: 2 * mb }), 1000)).toMatchObject({
    doneBytes: 21 * mb,
    ofBytes: 22 * mb,
  });
  const known = transferMeter();
  expect(known(of(1, { wholeBytes: 40 * mb }), 0)).toMatchObject({ doneBytes: mb, ofBytes: 40 * mb });
  // The first was over before it was heard of to its end.
  expect(known(of(0, { path: 'next', wholeBytes: 40 * mb }), 500)).toMatchObject({ doneBytes: 20 * mb });
});
