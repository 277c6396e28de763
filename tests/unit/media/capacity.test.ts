import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import { checkCapacity } from '../../../native/drivers/media/capacity-check.ts';
import { planCapacityProbe } from '../../../native/drivers/media/capacity-plan.ts';
import type { Mounting } from '../../../native/drivers/media/mounted-volume.ts';

const kib = 1024;
const mib = 1024 * kib;
const gib = 1024 * mib;

/** Where the file system puts each probe when its free clusters lie in one row. */
function placesOf(steps: readonly { kind: string; bytes: number }[]) {
  let at = 0;
  return steps.flatMap((step) => {
    const place = { from: at, to: at + step.bytes };
    at += step.bytes;
    return step.kind === 'probe' ? [place] : [];
  });
}

describe('the plan of a capacity check', () => {
  const cards = [
    { name: '64 MiB, 512-byte clusters', sizeBytes: 64 * mib, clusterBytes: 512 },
    { name: '8 GB, 4 KiB clusters', sizeBytes: 7_948_206_080, clusterBytes: 4 * kib },
    { name: '32 GB, 32 KiB clusters', sizeBytes: 31_914_983_424, clusterBytes: 32 * kib },
    { name: '128 GB, 128 KiB clusters', sizeBytes: 128 * gib, clusterBytes: 128 * kib },
  ];
  test.each(cards)('$name: on every smaller chip a later probe falls on the first', (card) => {
    const plan = planCapacityProbe({ ...card, freeBytes: Math.floor(card.sizeBytes * 0.98) });
    if (plan.kind !== 'probe') throw new Error(plan.reason);
    const [first, ...later] = placesOf(plan.steps);
    if (!first) throw new Error('no probe');
    for (let chip = 8 * mib; chip < card.sizeBytes / 2; chip *= 2) {
      const hit = later.some(({ from, to }) => from % chip < first.to && to % chip > 0);
      expect(hit, `chip of ${chip.toString()}`).toBe(true);
    }
    // …and beyond the end of a chip that is cut off anywhere, there is a probe.
    expect(later.at(-1)?.to).toBeGreaterThan(card.sizeBytes * 0.95);
    const written = plan.steps
      .filter((step) => step.kind === 'probe')
      .reduce((sum, { bytes }) => sum + bytes, 0);
    expect(written).toBeLessThan(3 * mib);
    for (const step of plan.steps) {
      expect(step.bytes).toBeLessThan(2 ** 32);
      expect(step.bytes % card.clusterBytes).toBe(0);
    }
    const taken = plan.steps.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(taken).toBeLessThan(card.sizeBytes * 0.98);
  });

  test('a card with pictures on it is left alone, and a tiny one too', () => {
    expect(planCapacityProbe({ sizeBytes: 8 * gib, freeBytes: 5 * gib, clusterBytes: 4096 })).toEqual({
      kind: 'not-checked',
      reason: 'in-use',
    });
    expect(planCapacityProbe({ sizeBytes: 8 * mib, freeBytes: 8 * mib, clusterBytes: 512 })).toEqual({
      kind: 'not-checked',
      reason: 'small',
    });
  });
});

describe('a capacity check', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cardwright-capacity-'));
    writeFileSync(join(root, 'holiday.jpg'), 'x');
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  /** A folder for a medium; `atRemount` is what the medium does with what it was given. */
  const check = (
    atRemount: (probes: string[]) => void = () => undefined,
    more: Partial<Parameters<typeof checkCapacity>[0]> & Partial<Mounting> = {},
  ) =>
    checkCapacity({
      slot: 'sdx',
      sizeBytes: 64 * mib,
      mounting: {
        folder: () => root,
        stillThere: more.stillThere ?? (() => Promise.resolve('same')),
        remount:
          more.remount ??
          (() => {
            const folder = join(root, 'CWPROBE');
            atRemount(readdirSync(folder).map((name) => join(folder, name)));
            return Promise.resolve(ok({ deviceCacheDropped: true }));
          }),
        bytesRead: () => Promise.resolve(0),
        release: () => Promise.resolve(),
      },
      occupy: more.occupy ?? (() => Promise.resolve(true)),
      ...(more.limitMs !== undefined && { limitMs: more.limitMs }),
    });
  const content = () => readdirSync(root);

  test('an honest medium holds what it claims, and nothing is left on it', async () => {
    mkdirSync(join(root, 'CWPROBE'));
    writeFileSync(join(root, 'CWPROBE/P003'), 'of a check that was cut short');
    let kept = 0;
    const checked = await check((probes) => (kept = probes.length));
    expect(checked).toMatchObject({ ok: true, value: { kind: 'holds' } });
    expect(kept).toBe(5); // at 0, 8, 16, 32 MiB and at the end: the clusters between are free again
    expect(content()).toEqual(['holiday.jpg']);
  });

  test('the first probe overwritten by another, one lost, one turned to zeros: found out', async () => {
    const lies: ((probes: string[]) => void)[] = [
      ([first = '', second = '']) => writeFileSync(first, readFileSync(second)),
      (probes) => rmSync(probes.at(-1) ?? ''),
      (probes) => writeFileSync(probes.at(-1) ?? '', Buffer.alloc(64 * kib)),
    ];
    for (const lie of lies) {
      expect(await check(lie)).toEqual(fail('medium-false-capacity', { slot: 'sdx' }));
      expect(content()).toEqual(['holiday.jpg']);
    }
    const gone = await check(undefined, { remount: () => Promise.resolve(fail('medium-unsupported')) });
    expect(gone).toEqual(fail('medium-false-capacity', { slot: 'sdx' }));
  });

  test('pulled or swapped before the read: nothing is said about its size', async () => {
    const pulled = await check(undefined, { stillThere: () => Promise.resolve('gone') });
    expect(pulled).toEqual(fail('medium-removed', { slot: 'sdx' }));
    const swapped = await check(undefined, { stillThere: () => Promise.resolve('another') });
    expect(swapped).toEqual(fail('medium-swapped', { slot: 'sdx' }));
  });

  test('where clusters cannot be taken, or not in time, it says that nothing was proven', async () => {
    const never = await check(undefined, { occupy: () => Promise.resolve(false) });
    expect(never).toEqual(ok({ kind: 'not-checked', reason: 'file-system' }));
    expect(content()).toEqual(['holiday.jpg']);
    const slow = await check(undefined, { limitMs: -1 });
    expect(slow).toEqual(ok({ kind: 'not-checked', reason: 'slow' }));
    expect(content()).toEqual(['holiday.jpg']);
  });
});
