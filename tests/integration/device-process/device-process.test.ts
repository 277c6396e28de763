import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { piv } from '../../../native/applications/piv/index.ts';
import {
  startDeviceProcess,
  type DeviceProcess,
  type TrainingDevices,
  type TrainingItem,
} from '../../../native/drivers/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { openTrainingDrawer, trainingReaders, trainingSlots } from '../../../native/virtual/index.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

const [reader, otherReader] = trainingReaders;
const { slot } = trainingSlots[0];
let folder: string;
let devices: DeviceProcess;
let training: TrainingDevices;

// One process for most of them: starting one takes half a second on a busy machine.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'device-process-'));
  devices = valueOf(await startDeviceProcess({ virtual: { folder }, pcsc: false }));
  training = devices.training!;
});
beforeEach(async () => {
  valueOf(await training.reset());
});
afterAll(async () => {
  await devices.stop();
  rmSync(folder, { recursive: true });
});

const until = (condition: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const check = (): void => {
      if (!condition()) return;
      stop();
      resolve();
    };
    const stop = devices.cards.onChange(check);
    check();
  });

/** The processes that were forked by this one. */
const children = (): number[] =>
  execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder))
    .map((line) => Number.parseInt(line, 10));

const item = async (itemId: string): Promise<TrainingItem | undefined> =>
  valueOf(await training.list()).find((one) => one.itemId === itemId);

describe('the drawer', () => {
  it('moves a card in and out, and knows where it is', async () => {
    expect(await training.insert('sim-1', reader)).toEqual(ok());
    expect((await item('sim-1'))?.inReader).toBe(reader);
    expect(await training.insert('sim-1', otherReader)).toEqual(fail('reader-busy', { reader }));
    expect(await training.insert('sim-2', reader)).toEqual(fail('reader-busy', { reader }));
    expect(await training.remove(reader)).toEqual(ok());
    expect((await item('sim-1'))?.inReader).toBeUndefined();
    expect(await training.remove(reader)).toEqual(ok());
  });
  it('refuses what does not fit', async () => {
    expect(await training.insert('sim-1', slot)).toEqual(fail('bad-input', { field: 'reader' }));
    expect(await training.insert('sd-card-1', reader)).toEqual(fail('bad-input', { field: 'reader' }));
    expect(await training.insert('sim-1', 'nowhere')).toEqual(fail('reader-unknown', { reader: 'nowhere' }));
    expect(await training.insert('nothing', reader)).toEqual(fail('bad-input', { field: 'itemId' }));
    expect(await training.setPull('nowhere', 1, 'before')).toMatchObject({
      fault: { code: 'reader-unknown' },
    });
    expect(await training.setPull(reader, 0, 'before')).toMatchObject({ fault: { code: 'bad-input' } });
  });
  it('knows when a plan has pulled the card', async () => {
    valueOf(await training.insert('sim-1', reader));
    valueOf(await training.setPull(reader, 2, 'after'));
    const link = valueOf(await devices.cards.connect(reader));
    expect((await piv.open(openPipe(link))).ok).toBe(true);
    expect(await link.transmit(fromHex('00200080'))).toEqual(fail('card-removed'));
    expect((await item('sim-1'))?.inReader).toBeUndefined();
    await link.close();
  });
  it('plays a made-up answer and a bad cell, and can be told not to', async () => {
    valueOf(await training.insert('sim-1', reader));
    const link = valueOf(await devices.cards.connect(reader));
    valueOf(await training.setOverride(reader, { kind: 'card-answer', instruction: 0x20, answer: '6983' }));
    expect(toHex(valueOf(await link.transmit(fromHex('00200080'))))).toBe('6983');
    valueOf(
      await training.setOverride(reader, { kind: 'card-answer', instruction: 0x20, answer: 'silence' }),
    );
    valueOf(await training.clearPlans(reader));
    expect(toHex(valueOf(await link.transmit(fromHex('00200080'))))).toBe('6d00');
    await link.close();

    valueOf(await training.insert('sd-card-1', slot));
    const volume = valueOf(await devices.media.open(slot));
    valueOf(await training.setOverride(slot, { kind: 'bad-cell', pathEnd: 'b', how: 'io-error' }));
    expect(await volume.write('a', utf8('x'))).toEqual(ok());
    expect(await volume.write('b', utf8('x'))).toEqual(fail('medium-io-error', { path: 'b' }));
    expect(
      await training.setOverride(slot, { kind: 'card-answer', instruction: 1, answer: '9000' }),
    ).toMatchObject({ fault: { code: 'bad-input' } });
  });
  it('makes new ones, and starts again from the first day', async () => {
    expect(await training.add('sim')).toEqual(ok({ itemId: 'sim-3' }));
    valueOf(await training.insert('sim-3', reader));
    expect(await training.reset()).toEqual(ok());
    expect(await item('sim-3')).toBeUndefined();
    expect(devices.cards.readers().every(({ card }) => card === undefined)).toBe(true);
  });
  it('has one of each that must be refused', async () => {
    const items = valueOf(await training.list());
    expect(items.map(({ itemId }) => itemId)).toEqual(
      expect.arrayContaining(['foreign-card', 'sd-card-locked', 'sd-card-nearly-full', 'smart-card-small']),
    );
    expect(items.every(({ labelZh }) => /\p{Script=Han}/u.test(labelZh))).toBe(true);
    valueOf(await training.insert('sd-card-locked', slot));
    expect(await valueOf(await devices.media.open(slot)).write('a', utf8('x'))).toEqual(
      fail('medium-write-protected'),
    );
    valueOf(await training.insert('foreign-card', reader));
    const link = valueOf(await devices.cards.connect(reader));
    expect(await piv.open(openPipe(link))).toMatchObject({ fault: { code: 'card-unsupported' } });
    await link.close();
  });
});

describe('SD media', () => {
  it('carries bytes, identity and faults', async () => {
    valueOf(await training.insert('sd-card-with-photos', slot));
    const medium = devices.media.slots().find((one) => one.slot === slot)!.medium!;
    const volume = valueOf(await devices.media.open(slot, medium.identity));
    expect(volume.identity).toEqual(medium.identity);
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at & 0xff);
    expect(await volume.write('BANKCARD/x.bin', bytes)).toEqual(ok());
    valueOf(await volume.makeCold());
    expect(Buffer.from(valueOf(await volume.read('BANKCARD/x.bin'))).equals(bytes)).toBe(true);
    expect(valueOf(await volume.list('DCIM'))).toHaveLength(2);
    expect(await volume.remove('BANKCARD/x.bin')).toEqual(ok());
    expect(await volume.read('BANKCARD/x.bin')).toMatchObject({ fault: { code: 'medium-file-missing' } });
    valueOf(await training.remove(slot));
    expect(await volume.list('')).toEqual(fail('medium-removed'));
    await volume.close();
  });
});

describe('a process that dies', () => {
  it('fails what was asked, starts again, and the card in the reader has kept what it had', async () => {
    valueOf(await training.insert('sim-1', reader));
    const link = valueOf(await devices.cards.connect(reader));
    const before = devices.cards.readers().find((one) => one.reader === reader)!.card!;
    const session = valueOf(await piv.open(openPipe(link)));
    expect(await session.verifyPin('000000')).toMatchObject({ fault: { code: 'card-pin-wrong' } });
    valueOf(
      await training.setOverride(reader, { kind: 'card-answer', instruction: 0xfd, answer: 'silence' }),
    );
    const waiting = link.transmit(fromHex('00fd0000'));
    const [pid] = children();
    process.kill(pid!, 'SIGKILL');
    expect(await waiting).toEqual(fail('device-process-lost'));
    expect(await link.transmit(fromHex('00200080'))).toEqual(fail('device-process-lost'));
    await until(() => devices.cards.readers().length === 0 || devices.condition().devices === 'running');
    await until(() => devices.cards.readers().some(({ card }) => card !== undefined));
    const after = devices.cards.readers().find((one) => one.reader === reader)!.card!;
    expect(after.insertion).toBeGreaterThan(before.insertion);
    expect(children()).not.toContain(pid);
    const again = valueOf(await devices.cards.connect(reader));
    expect(again.insertion).toBe(after.insertion);
    const reopened = valueOf(await piv.open(openPipe(again)));
    expect(valueOf(await reopened.readPinRetries('pin'))).toEqual({ triesLeft: 2, verified: false });
    await link.close();
    await again.close();
  });
  it('is restarted on demand too', async () => {
    const [pid] = children();
    expect(await devices.restart()).toEqual(ok());
    expect(devices.condition()).toEqual({ devices: 'running', pcsc: 'absent' });
    expect(children()).toHaveLength(1);
    expect(children()).not.toContain(pid);
  });
  it('ends with its parent’s wish and is then lost for good', async () => {
    const other = join(folder, 'other');
    const ending = valueOf(await startDeviceProcess({ virtual: { folder: other }, pcsc: false }));
    expect(children()).toHaveLength(2);
    await ending.stop();
    expect(children()).toHaveLength(1);
    expect(await ending.cards.connect(reader)).toEqual(fail('device-process-lost'));
    expect(await ending.training!.list()).toEqual(fail('device-process-lost'));
  });
});

describe('a process that hangs', () => {
  it('is killed at the limit of the call, and another takes its place', async () => {
    const program = join(folder, 'hanging.mjs');
    writeFileSync(
      program,
      `process.on('disconnect', () => process.exit(0));
       process.on('message', ({ id, call }) => {
         if (call === 'connect') process.send({ kind: 'answer', id, result: { ok: true, value: { lease: 1, atr: new Uint8Array(2), insertion: 1 } } });
         if (call === 'transmit') for (;;);
       });
       process.send({ kind: 'ready', lists: { readers: [], slots: [], pcsc: 'absent' } });`,
    );
    const hanging = valueOf(await startDeviceProcess({ pcsc: false, programUrl: pathToFileURL(program) }));
    const link = valueOf(await hanging.cards.connect('any'));
    // The driver's own limit and the grace on top of it, here together
    expect(await link.transmit(fromHex('00200080'), { timeoutMs: -4_900 })).toEqual(fail('card-timeout'));
    expect(await link.transmit(fromHex('00200080'))).toEqual(fail('device-process-lost'));
    const next = valueOf(await hanging.cards.connect('any'));
    expect(next.insertion).toBeGreaterThan(link.insertion);
    await hanging.stop();
  });
  it('though nothing was asked of it is thrown away, and another takes its place', async () => {
    const quiet = join(folder, 'quiet');
    const watched = valueOf(
      await startDeviceProcess({ virtual: { folder: quiet }, pcsc: false, silenceLimitMs: 2_000 }),
    );
    const pid = children().at(-1)!;
    process.kill(pid, 'SIGSTOP');
    const condition = (devicesAre: string): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (watched.condition().devices === devicesAre) resolve();
        };
        watched.cards.onChange(check);
        check();
      });
    await condition('restarting');
    await condition('running');
    expect(children()).not.toContain(pid);
    await watched.stop();
  });
  it('that never gets ready is a fault of starting', async () => {
    const program = join(folder, 'dead.mjs');
    writeFileSync(program, 'process.exit(3);');
    expect(await startDeviceProcess({ pcsc: false, programUrl: pathToFileURL(program) })).toEqual(
      fail('device-process-lost'),
    );
    writeFileSync(program, 'setInterval(() => {}, 1000); process.on("disconnect", () => process.exit())');
    expect(
      await startDeviceProcess({ pcsc: false, programUrl: pathToFileURL(program), startTimeoutMs: 50 }),
    ).toEqual(fail('device-process-lost'));
  });
});

it('a damaged drawer file is replaced by a new first day', () => {
  const damaged = join(folder, 'damaged');
  mkdirSync(damaged);
  writeFileSync(join(damaged, 'drawer.json'), '{"items":');
  openTrainingDrawer(damaged);
  expect(JSON.parse(readFileSync(join(damaged, 'drawer.json'), 'utf8'))).toMatchObject({ version: 1 });
});

it('without pcscd a real reader is not there, and the reason is said', async () => {
  const alone = valueOf(await startDeviceProcess({ pcsc: true }));
  if (alone.condition().pcsc === 'absent')
    expect(await alone.cards.connect('any')).toEqual(fail('pcsc-unavailable'));
  expect(alone.training).toBeUndefined();
  await alone.stop();
});
