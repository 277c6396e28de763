import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ratioOf, timed, type Bench, type BenchResult } from '../bench.ts';
import { copyByHand, issue, readContent, writeAndReadRaw, type Content } from './contenders.ts';
import { openLoopCard, type LoopCard } from './loop-card.ts';
import { cardSpeed, prepareContent } from './payload.ts';

interface Measured {
  readonly ours: number[];
  readonly byHand: number[];
  readonly raw: number[];
  readonly flushes: number[];
}

/**
 * What an issuance does on the card, with a client of 20 MB: all files, the manifest last, everything read
 * back cold and compared. Beside it what people do by hand, and what the device itself needs for as many bytes.
 */
export const bench: Bench = {
  name: 'sd-write-and-verify',
  async run(form) {
    const card = openLoopCard();
    if (typeof card === 'string') return { kind: 'skipped', reason: card };
    try {
      const content = await prepare(card);
      const rounds = form === 'short' ? 3 : 9;
      const unthrottled = await measure(card, content, rounds);
      if (!card.slowDown(cardSpeed.write, cardSpeed.read)) return describe(card, [['', unthrottled]]);
      return describe(card, [
        ['', await measure(card, content, rounds)],
        [', disk speed', unthrottled],
      ]);
    } finally {
      card.close();
    }
  },
};

async function measure(card: LoopCard, content: Content, rounds: number): Promise<Measured> {
  const measured: Measured = { ours: [], byHand: [], raw: [], flushes: [] };
  const flushes = card.fileSystem === 'vfat' ? () => card.flushes() : await countFsyncs(card.folder);
  // In turn, so that a slow moment of the machine meets all three; the first round only warms up.
  for (let round = 0; round <= rounds; round += 1) {
    card.format();
    card.makeCold();
    const before = flushes();
    const ours = await timed(async () => {
      const driver = card.openDriver();
      await issue(driver, driver.slots().at(0)?.slot ?? '', content);
      await driver.stop();
    });
    const flushed = flushes() - before;
    const byHand = await timed(() => copyByHand(card.device, card.folder));
    card.makeCold();
    const raw = await timed(() => writeAndReadRaw(card.device, content.client, () => card.makeCold()));
    if (round === 0) continue;
    measured.ours.push(ours);
    measured.byHand.push(byHand);
    measured.raw.push(raw);
    measured.flushes.push(flushed);
  }
  return measured;
}

/** The first is what the promises are about. */
function describe(card: LoopCard, all: readonly (readonly [string, Measured])[]): BenchResult {
  return {
    kind: 'measured',
    conditions: [
      `loop device over a file, read past the file's cache; the writer's file system: ${card.fileSystem}`,
      all.length > 1
        ? `slowed down to a card's speed: ${cardSpeed.write / 1e6} MB/s written, ${cardSpeed.read / 1e6} MB/s read`
        : 'at the speed of the disk: this kernel cannot slow it down to that of a card',
      ...(card.fileSystem === 'vfat'
        ? ['flushes: as the kernel counted at the device']
        : [
            'this kernel has no vfat: the peers are as they are, ours is on ext2',
            'flushes: calls of fsync, each of which is one at the device with vfat; ext2 makes more of its own',
          ]),
    ],
    rows: all.flatMap(([where, { ours, byHand, raw, flushes }]) => [
      { what: `write all files + cold verify${where}`, unit: 'ms', samples: ours },
      { what: `mkfs.vfat + mcopy + fsync + mcopy back + sha256${where}`, unit: 'ms', samples: byHand },
      { what: `raw sequential write + cold read${where}`, unit: 'ms', samples: raw },
      { what: `flushes${where}`, unit: 'times', samples: flushes },
    ]),
    bounds: all.slice(0, 1).flatMap(([, { ours, byHand, raw, flushes }]) => [
      { what: 'to mkfs.vfat + mcopy + …', value: ratioOf(ours, byHand), atMost: 0.8 },
      { what: 'to raw write + cold read', value: ratioOf(ours, raw), atMost: 1.5 },
      { what: 'flushes', value: Math.max(...flushes), atMost: 5 },
    ]),
  };
}

/** How often a file or folder was flushed in this process so far. */
async function countFsyncs(folder: string): Promise<() => number> {
  const handle = await open(join(folder, 'any'), 'w');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { sync } = prototype;
  let count = 0;
  prototype.sync = function (this: FileHandle) {
    count += 1;
    return sync.call(this);
  };
  return () => count;
}

async function prepare(card: LoopCard): Promise<Content> {
  card.format();
  const driver = card.openDriver();
  const identity = driver.slots().at(0)?.medium?.identity.text ?? '';
  await driver.stop();
  prepareContent(card.folder, identity);
  return readContent(card.folder);
}
