import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import type { BlockDevice } from '../../../native/drivers/media/block-tree.ts';
import { identityOf } from '../../../native/drivers/media/identity-of.ts';
import { linuxMounting } from '../../../native/drivers/media/linux-mounting.ts';
import { pipes, privilegedWriter } from '../../../native/drivers/media/privileged-writer.ts';
import { runProgram } from '../../../native/drivers/media/run-program.ts';
import {
  encodeFrame,
  frameReader,
  largestFrameBytes,
  type WriterRequest,
} from '../../../native/drivers/media/writer-frames.ts';
import { answerRequest } from '../../../native/media-writer/answer-request.ts';
import { cardMounts, type CardMountsOptions } from '../../../native/media-writer/card-mounts.ts';
import { plain } from './machines.ts';

const isRoot = process.getuid?.() === 0;
const program = new URL('../../../native/media-writer/program.ts', import.meta.url).pathname;
const nonce = 'a'.repeat(32);

const volume: BlockDevice = {
  ...plain,
  name: 'sdb1',
  kind: 'partition',
  bus: 'usb',
  removable: true,
  signature: 'vfat',
  volumeId: '1234-ABCD',
};
const card: BlockDevice = {
  ...volume,
  name: 'sdb',
  kind: 'disk',
  serial: 'R7',
  signature: undefined,
  children: [volume],
};
const identity = identityOf(card).text;
const system: BlockDevice = {
  ...card,
  name: 'sda',
  children: [{ ...volume, name: 'sda1', mountPoints: ['/'] }],
};
const order = { job: 'mount-to-write', disk: 'sdb', volume: 'sdb1', identity } as const;
const request = (more: Partial<WriterRequest> = {}): WriterRequest => ({
  ...order,
  nonce,
  number: 1,
  ...more,
});

let folder = '';
let ran: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-writer-'));
  ran = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mountsOf = (more: CardMountsOptions & { disks?: readonly BlockDevice[] } = {}) =>
  cardMounts(1000, {
    base: join(folder, 'base'),
    readTree: () => ({
      disks: more.disks ?? [system, card],
      facts: { systemDevices: new Set(['sda1']), traced: true },
    }),
    run(name, args) {
      ran.push([name, ...args].join(' '));
      return Promise.resolve(true);
    },
    ...more,
  });

describe('what the writer is asked', () => {
  const ask = (body: string, expected = 1) => answerRequest(body, { nonce, expected, mounts: mountsOf() });
  const refusal = async (value: unknown, expected?: number) => {
    const { answer, next } = await ask(typeof value === 'string' ? value : JSON.stringify(value), expected);
    expect(next).toBe(expected ?? 1);
    expect(ran).toEqual([]);
    return answer.done ? 'done' : answer.refusal;
  };

  test.each([
    ['no JSON', '{', 'not-understood'],
    ['another nonce', request({ nonce: 'b'.repeat(32) }), 'wrong-nonce'],
    ['a nonce cut short', request({ nonce: 'a' }), 'wrong-nonce'],
    ['a number that is not next', request({ number: 2 }), 'wrong-number'],
    ['a folder of the asker’s choice', { ...request(), folder: '/etc' }, 'not-understood'],
    ['a job that is none', { ...request(), job: 'format' }, 'not-understood'],
    ['a field left out', { ...request(), identity: undefined }, 'not-understood'],
  ])('%s is refused', async (_what, body, why) => {
    expect(await refusal(body)).toBe(why);
  });

  test.each([
    '../sda',
    '/dev/sdb',
    'sdb/../sda',
    'dm-0',
    'loop0',
    'md0',
    'nvme0n1',
    'sdb\n',
    'sdb ',
    '',
    'mmcblk0boot0',
  ])('the name %j is no card’s', async (name) => {
    expect(await refusal(request({ disk: name }))).toBe('not-understood');
    expect(await refusal(request({ volume: name }))).toBe('not-understood');
  });

  test('the same request is not done twice', async () => {
    if (!isRoot) return;
    const mounts = mountsOf();
    const first = await answerRequest(JSON.stringify(request()), { nonce, expected: 1, mounts });
    expect(first).toMatchObject({ answer: { done: true, number: 1 }, next: 2 });
    const again = await answerRequest(JSON.stringify(request()), { nonce, expected: 2, mounts });
    expect(again).toMatchObject({ answer: { done: false, refusal: 'wrong-number' }, next: 2 });
  });
});

describe('what the writer does to a card, by checks of its own', () => {
  test.each<[string, Partial<WriterRequest>, readonly BlockDevice[] | undefined, string]>([
    ['the system disk', { disk: 'sda', volume: 'sda1' }, undefined, 'refused-by-rule'],
    ['a disk that is not there', { disk: 'sdc' }, undefined, 'no-such-slot'],
    ['an empty reader', {}, [{ ...card, sizeBytes: 0, children: [] }], 'no-such-slot'],
    ['a USB disk that stays plugged in', {}, [{ ...card, removable: false }], 'refused-by-rule'],
    [
      'soldered memory',
      { disk: 'mmcblk0' },
      [{ ...card, name: 'mmcblk0', bus: 'mmc', mmcType: 'MMC' }],
      'refused-by-rule',
    ],
    ['an internal disk', {}, [{ ...card, bus: 'ata' }], 'refused-by-rule'],
    [
      'an encrypted card',
      {},
      [{ ...card, children: [{ ...volume, signature: 'crypto_LUKS' }] }],
      'refused-by-rule',
    ],
    ['another card than was chosen', { identity: 'R8||1|1234-ABCD' }, undefined, 'another-medium'],
    ['a volume of another disk', { volume: 'sda1' }, undefined, 'no-such-slot'],
    [
      'a card that somebody has mounted',
      {},
      [{ ...card, children: [{ ...volume, mountPoints: ['/media/li/X'] }] }],
      'refused-by-rule',
    ],
  ])('%s is refused', async (_what, more, disks, why) => {
    expect(await mountsOf(disks && { disks }).perform(request(more))).toBe(why);
    expect(ran).toEqual([]);
  });

  test.runIf(isRoot)(
    'a card is mounted for its user below a folder of root’s, and taken down again',
    async () => {
      const mounts = mountsOf();
      const at = join(folder, 'base/1000/sdb1');
      expect(await mounts.perform(request())).toEqual({ folder: at, cachesDropped: false });
      expect(ran).toEqual([
        `mount -t vfat -o nosuid,nodev,noexec,noatime,dirsync,uid=1000,gid=1000,umask=0077,utf8 /dev/sdb1 ${at}`,
      ]);
      const drop = request({ job: 'unmount-and-drop-caches' });
      expect(await mounts.perform(drop)).toEqual({ folder: '', cachesDropped: true });
      expect(await mounts.perform(drop)).toBe('not-ours');
      await mounts.perform(request({ job: 'mount-to-look' }));
      expect(ran.at(-1)).toContain(',dirsync,ro,uid=1000');
      await mounts.unmountAll();
      expect(ran.slice(1)).toContain(`umount ${at}`);
    },
  );

  test('what it did not mount it does not take down', async () => {
    expect(await mountsOf().perform(request({ job: 'unmount', volume: 'sda1', disk: 'sda' }))).toBe(
      'not-ours',
    );
    expect(ran).toEqual([]);
  });

  test.runIf(isRoot)('a link on the way, or a folder that others may write to, is refused', async () => {
    const base = join(folder, 'base');
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), base);
    expect(await mountsOf().perform(request())).toBe('unsafe-folder');
    rmSync(base);
    mkdirSync(join(base, '1000'), { recursive: true });
    symlinkSync('/etc', join(base, '1000/sdb1'));
    expect(await mountsOf().perform(request())).toBe('unsafe-folder');
    rmSync(join(base, '1000/sdb1'));
    chmodSync(join(base, '1000'), 0o777);
    expect(await mountsOf().perform(request())).toBe('unsafe-folder');
    expect(ran).toEqual([]);
  });
});

describe('frames', () => {
  test('come in any pieces; one that is too large, or of no bytes, is none', () => {
    const heard: string[] = [];
    const read = frameReader((body) => heard.push(body));
    const bytes = Buffer.concat([encodeFrame({ nonce: 'one' }), encodeFrame({ nonce: 'two' })]);
    for (const byte of bytes) expect(read(Buffer.from([byte]))).toBe(true);
    expect(heard).toEqual(['{"nonce":"one"}', '{"nonce":"two"}']);
    for (const length of [0, largestFrameBytes + 1, 0xffffffff]) {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(length);
      expect(frameReader(() => expect.fail('no frame'))(head)).toBe(false);
    }
  });
});

/** The program itself, as pkexec starts it; its card mounts are the machine's own. */
describe.runIf(isRoot)('the program', () => {
  let children: ChildProcess[] = [];
  const start = (user: string | undefined) => {
    const env = { PATH: process.env.PATH ?? '', ...(user !== undefined && { PKEXEC_UID: user }) };
    const child = spawn(process.execPath, [program], { stdio: pipes, env });
    children.push(child);
    return child;
  };
  const ended = (child: ChildProcess) => new Promise((resolve) => child.on('exit', resolve));
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null) {
        const end = ended(child);
        child.kill('SIGKILL');
        await end;
      }
    }
    children = [];
  });

  test('is not started but by pkexec, for a person', async () => {
    expect(await ended(start(undefined))).toBe(1);
    expect(await ended(start('0'))).toBe(1);
  });

  test('refuses what is not on this machine, and ends with its pipe', async () => {
    const writer = privilegedWriter(() => start('1000'));
    const mounted = await writer.mount({ ...card, name: 'sdzzz' }, volume, 'write');
    expect(mounted).toEqual(fail('medium-unknown', { slot: 'sdzzz' }));
    writer.stop();
    const [child] = children;
    expect(child && (await ended(child))).toBe(0);
  });

  test('ends at once on a frame that is too large', async () => {
    const child = start('1000');
    child.stdin.on('error', () => undefined);
    child.stdout.once('data', () => child.stdin.write(Buffer.from('ffffffff', 'hex')));
    expect(await ended(child)).toBe(0);
  });
});

describe('the driver', () => {
  test('asks the writer only where the person’s own mount does not do', async () => {
    const asked: string[] = [];
    const writer = {
      mount: () => (asked.push('mount'), Promise.resolve(ok('/run/cardwright/1000/sdb1'))),
      unmount: () => (asked.push('unmount'), Promise.resolve(ok({ deviceCacheDropped: true }))),
      stop: () => undefined,
    };
    // This machine has no such disk: neither udisks2 nor anybody else could mount it.
    const mounting = linuxMounting({ isRoot: false, writer: () => writer });
    const mounted = await mounting.mount({ ...volume, mountPoints: ['/media/li/X'] }, 'write', card);
    expect(mounted).toEqual(ok('/media/li/X'));
    expect(asked).toEqual([]);
    if (isRoot) expect(await mounting.mount(volume, 'write', card)).toEqual(ok('/run/cardwright/1000/sdb1'));
    expect(
      await linuxMounting({ isRoot: false, writer: () => undefined }).mount(volume, 'write', card),
    ).toMatchObject({
      ok: false,
    });
  });

  test('a udisks2 that is installed and does not run is no word about the medium', async () => {
    const says = (text: string) => runProgram('sh', ['-c', `echo '${text}' >&2; exit 1`]);
    expect(
      await says('Error connecting to the udisks daemon: Could not connect: No such file or directory'),
    ).toEqual(fail('medium-unsupported', { reason: 'sh' }));
    expect(await says('mount: /dev/sdb1: No such file or directory')).toEqual(fail('medium-removed'));
  });

  test('a writer that says nothing of use is an unsupported medium, not a hang', async () => {
    const writer = privilegedWriter(() => spawn('true', { stdio: pipes }));
    expect(await writer.mount(card, volume, 'write')).toMatchObject(
      fail('medium-unsupported', { reason: 'media-writer' }),
    );
  });
});

test('the policy lets only the person at the machine start exactly this program', () => {
  const policy = readFileSync(
    new URL('../../../resources/host/linux/com.cardwright.media-writer.policy', import.meta.url),
    'utf8',
  );
  expect(policy).toContain('<allow_any>no</allow_any>');
  expect(policy).toContain('<allow_inactive>no</allow_inactive>');
  expect(policy).toContain('"org.freedesktop.policykit.exec.path">/usr/lib/cardwright/media-writer<');
});
