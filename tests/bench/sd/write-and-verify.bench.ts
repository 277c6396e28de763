import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  partFiles,
  SdCardSession,
  userInfoContent,
  type SealedPart,
} from '../../../native/applications/sd/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import { ratioOf, timed, type Bench, type BenchResult } from '../bench.ts';
import { openLoopCard, type LoopCard } from './loop-card.ts';

const payloadBytes = 20_000_000;
/** Bytes in a second, of a usual card in a USB 3 reader. */
const cardSpeed = { write: 30_000_000, read: 90_000_000 };

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
  const payload = join(card.folder, partFiles.client);
  // In turn, so that a slow moment of the machine meets all three; the first round only warms up.
  for (let round = 0; round <= rounds; round += 1) {
    card.format();
    card.makeCold();
    const before = flushes();
    const ours = await timed(() => issue(card, content));
    const flushed = flushes() - before;
    const byHand = await timed(() => copyByHand(card, payload));
    card.makeCold();
    const raw = await timed(() => writeAndReadRaw(card, content.client));
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

type Content = Readonly<Record<SealedPart | 'manifest', Uint8Array>>;

async function prepare(card: LoopCard): Promise<Content> {
  card.format();
  const driver = card.openDriver();
  const identity = driver.slots().at(0)?.medium?.identity.text ?? '';
  await driver.stop();
  const program = join(import.meta.dirname, 'prepare-content.ts');
  execFileSync(process.execPath, [program, card.folder, identity, payloadBytes.toString()]);
  const read = (part: SealedPart | 'manifest') => readFileSync(join(card.folder, partFiles[part]));
  return {
    key: read('key'),
    certificate: read('certificate'),
    'user-info': read('user-info'),
    client: read('client'),
    manifest: read('manifest'),
  };
}

async function issue(card: LoopCard, content: Content): Promise<void> {
  const says = must(userInfoContent(content['user-info']));
  const { bankId, bankName, cardId } = says;
  const driver = card.openDriver();
  const volume = must(await driver.open(driver.slots().at(0)?.slot ?? ''));
  const session = must(await SdCardSession.open(volume));
  must(await session.writeKey(bankId, content.key));
  must(await session.writeCertificate(bankId, content.certificate));
  must(await session.writeUserInfo(bankId, content['user-info']));
  must(await session.writeClient(bankId, content.client));
  must(await session.addToDirectory({ bankId, bankName, cardId }));
  must(await session.writeManifest(bankId, content.manifest));
  must(await session.readBack(bankId));
  await volume.close();
  await driver.stop();
}

function copyByHand(card: LoopCard, payload: string): void {
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const back = join(card.folder, 'back');
  run('mkfs.vfat', '-F', '32', card.device);
  run('mcopy', '-i', card.device, payload, '::client.html');
  run('sync', card.device);
  run('mcopy', '-n', '-o', '-i', card.device, '::client.html', back);
  const [there] = run('sha256sum', back).split(' ');
  if (there !== createHash('sha256').update(readFileSync(payload)).digest('hex'))
    throw new Error('mcopy lost it');
}

const chunk = 1024 * 1024;

function writeAndReadRaw(card: LoopCard, bytes: Uint8Array): void {
  const device = openSync(card.device, 'r+');
  try {
    for (let at = 0; at < bytes.length; at += chunk)
      writeSync(device, bytes, at, Math.min(chunk, bytes.length - at), at);
    fsyncSync(device);
    card.makeCold();
    const buffer = Buffer.alloc(chunk);
    for (let at = 0; at < bytes.length; at += chunk) readSync(device, buffer, 0, chunk, at);
  } finally {
    closeSync(device);
  }
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.fault.code);
  return result.value;
}
