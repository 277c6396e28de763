import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readExfatLayout } from '../../../native/drivers/media/exfat-layout.ts';
import { probeFreeSpace } from '../../../native/drivers/media/free-space-probe.ts';
import type { RawDevice } from '../../../native/drivers/media/raw-device.ts';
import { lyingMedium, type Lie } from '../../devicelab/media/lying-media.ts';

const mkfs = '/usr/sbin/mkfs.exfat';
const title = `exFAT${existsSync(mkfs) ? '' : ' (skipped: needs apt-get install exfatprogs)'}`;
const mib = 1024 * 1024;

let folder = '';
let image: Buffer;
beforeAll(() => {
  if (!existsSync(mkfs)) return;
  folder = mkdtempSync(join(tmpdir(), 'cardwright-exfat-'));
  const file = join(folder, 'card.img');
  writeFileSync(file, '');
  truncateSync(file, 64 * mib);
  execFileSync(mkfs, ['-c', '32K', file], { stdio: 'ignore' });
  image = readFileSync(file);
});
afterAll(() => folder && rmSync(folder, { recursive: true, force: true }));

/** A medium that lies in one way, as a device; every read asks it. */
function device(lie: Lie, start = image) {
  const medium = lyingMedium(start, lie);
  const written: number[] = [];
  const raw: RawDevice = {
    sizeBytes: medium.sizeBytes,
    read: (at, length) => Promise.resolve(medium.read(at, length)),
    write(at, bytes) {
      written.push(at);
      medium.write(at, bytes);
      return Promise.resolve();
    },
    flush: () => Promise.resolve(),
    forget: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { raw, written, content: () => medium.read(0, medium.sizeBytes) };
}

describe.skipIf(!existsSync(mkfs))(title, () => {
  test('an honest card holds what it claims, and is as it was', async () => {
    const { raw, content, written } = device({ kind: 'honest' });
    const verdict = await probeFreeSpace(raw);
    expect(verdict).toMatchObject({ kind: 'holds' });
    if (verdict === 'false-capacity' || verdict.kind !== 'holds') throw new Error('does not hold');
    expect(verdict.reachBytes).toBeGreaterThan(62 * mib);
    expect(content().equals(image)).toBe(true);
    expect(written.length).toBeGreaterThan(6);
    // Only where no file is.
    const layout = await readExfatLayout(raw);
    for (const at of written) {
      const index = (at - (layout?.placeOf(0) ?? 0)) / (layout?.clusterBytes ?? 1);
      expect(layout?.isFree(index)).toBe(true);
    }
  });

  test.each<[string, Lie]>([
    ['half of it', { kind: 'aliased', times: 2 }],
    ['a quarter', { kind: 'aliased', times: 4 }],
    ['an eighth', { kind: 'aliased', times: 8 }],
    ['half of it, the rest dropped', { kind: 'cut-off', times: 2 }],
    ['nothing at all', { kind: 'dropped-writes', afterBytes: 0 }],
  ])('a card that holds %s is found out', async (_what, lie) => {
    const { raw } = device(lie);
    expect(await probeFreeSpace(raw)).toBe('false-capacity');
  });

  test('two that are one on a fake chip are found out wherever its files lie', async () => {
    // The first 12 MiB are in use: pairs have to be found behind them.
    const used = Buffer.from(image);
    const { raw } = device({ kind: 'honest' }, used);
    const layout = await readExfatLayout(raw);
    if (!layout) throw new Error('no layout');
    const bitmapAt = [...Array(layout.count).keys()]
      .map((index) => layout.placeOf(index))
      .find((at) => used.readUInt8(at) !== 0 && used.readUInt8(at + 200) === 0);
    if (bitmapAt === undefined) throw new Error('no bitmap');
    used.fill(0xff, bitmapAt, bitmapAt + 48); // 384 clusters of 32 KiB
    expect(await probeFreeSpace(device({ kind: 'honest' }, used).raw)).toMatchObject({ kind: 'holds' });
    used.fill(0xff, bitmapAt, bitmapAt + 80);
    const full = device({ kind: 'honest' }, used);
    expect(await probeFreeSpace(full.raw)).toEqual({ kind: 'not-checked', reason: 'in-use' });
    expect(full.written).toEqual([]);
  });

  test('what is no exFAT, or a damaged one, is not touched', async () => {
    const damaged = Buffer.from(image);
    damaged.writeUInt32LE(0xffffffff, 92); // more clusters than there is room for
    for (const start of [Buffer.alloc(64 * mib), damaged]) {
      const { raw, written } = device({ kind: 'honest' }, start);
      expect(await probeFreeSpace(raw)).toEqual({ kind: 'not-checked', reason: 'file-system' });
      expect(written).toEqual([]);
    }
  });
});
