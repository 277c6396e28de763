import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { prepareGuest, type GuestImage } from './prepare.ts';

const project = resolve(import.meta.dirname, '../..');

export interface LabOptions {
  /** Absolute path of a module that exports `scenario`. */
  readonly scenario: string;
  /** Further QEMU arguments: the devices. `-blockdev` nodes for media live in `folder`. */
  readonly devices: (folder: string) => readonly string[];
  /** What the scenario's hands can do. */
  readonly hands?: (
    qmp: Qmp,
    folder: string,
  ) => Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => Promise<unknown>>>;
  readonly timeoutMs?: number;
  /** Other limits than the usual ones, for the test of the limits. */
  readonly limits?: { readonly bootMs: number; readonly silenceMs: number };
}

/** QEMU machine protocol: one command, one answer. */
export type Qmp = (command: string, args?: Readonly<Record<string, unknown>>) => Promise<unknown>;

const usualLimits = {
  /** A guest is up in 5 s on a machine of its own; on one that many share it was seen to need a minute. */
  bootMs: 150_000,
  /** The longest that a scenario may go on without a word: no line on its console, no question to the hands. */
  silenceMs: 240_000,
};

/** The guest did not come as far as its scenario: nothing of the product has run yet. */
class BootFailed extends Error {}

/**
 * Boots a guest with real kernel drivers and runs one scenario in it. The guest sees the host's root
 * read-only below an overlay that is thrown away, so it runs this very checkout with this very node.
 *
 * Every wait has a limit of its own and says what it waited for: the boot (tried once more), each deed of
 * the hands, silence, and the scenario as a whole.
 */
export async function runInLab<Value>(options: LabOptions): Promise<Value> {
  const image = prepareGuest(join(project, '.cache/devicelab'));
  try {
    return await runOnce<Value>(image, options);
  } catch (error) {
    if (!(error instanceof BootFailed)) throw error;
    console.warn(`${error.message}\nThe guest is started once more.`);
    return runOnce<Value>(image, options);
  }
}

async function runOnce<Value>(image: GuestImage, options: LabOptions): Promise<Value> {
  const { bootMs, silenceMs } = options.limits ?? usualLimits;
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-lab-'));
  const control = join(folder, 'control.sock');
  const qmpPath = join(folder, 'qmp.sock');
  const console_: string[] = [];
  const lastLines = () => console_.join('').slice(-4000);
  let lastWord = Date.now();
  let child: ChildProcess | undefined;
  const timers: NodeJS.Timeout[] = [];
  const stops: (() => void)[] = [];
  try {
    const arriving = once(control, stops);
    child = spawn('qemu-system-x86_64', qemuArguments(image, options, folder), {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer) => {
      lastWord = Date.now();
      console_.push(chunk.toString());
      if (process.env.CARDWRIGHT_LAB_CONSOLE !== undefined) process.stderr.write(chunk);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);

    let isUp = false;
    const end = new Promise<never>((_resolve, reject) => {
      const stop = (why: string) => {
        const message = `${why}. Its last lines:\n${lastLines()}`;
        reject(isUp ? new Error(message) : new BootFailed(message));
      };
      // What the guest said last may still be on its way.
      child?.on('exit', (code) => setTimeout(() => stop(`the guest ended (${String(code)})`), 200));
      const after = (ms: number, act: () => void) => timers.push(setTimeout(act, ms));
      after(bootMs, () => {
        if (!isUp) stop(`the guest did not come to its scenario in ${(bootMs / 1000).toString()} s`);
      });
      const whole = options.timeoutMs ?? 180_000;
      after(whole + bootMs, () => stop(`the scenario took longer than ${(whole / 1000).toString()} s`));
      timers.push(
        setInterval(() => {
          if (Date.now() - lastWord > silenceMs)
            stop(`the guest said nothing for ${(silenceMs / 1000).toString()} s`);
        }, 1000),
      );
    });
    end.catch(() => undefined);

    const socket = await Promise.race([arriving, end]);
    const qmp = await Promise.race([openQmp(qmpPath), end]);
    const hands = options.hands?.(qmp, folder) ?? {};
    const heard = (message: GuestMessage<Value>) => {
      lastWord = Date.now();
      if (message.kind === 'started') isUp = true;
    };
    return await Promise.race([converse<Value>(socket, hands, heard), end]);
  } finally {
    timers.forEach(clearTimeout);
    for (const stop of stops) stop();
    child?.removeAllListeners('exit');
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * `no_timer_check`: the kernel tests its timer by counting ticks while it spins, and on a machine that lets the guest
 * wait for its turn finds none ("8254 timer not connected to IO-APIC") and does without: a guest that then stands still.
 */
const qemuArguments = (image: GuestImage, options: LabOptions, folder: string): readonly string[] => [
  ...['-M', 'q35', '-accel', 'tcg', '-cpu', 'Nehalem', '-smp', '1', '-m', '768'],
  ...['-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
  ...['-kernel', image.kernel, '-initrd', image.initramfs],
  ...[
    '-append',
    `console=ttyS0 quiet panic=-1 no_timer_check lab.project=${project} lab.scenario=${options.scenario}`,
  ],
  ...[
    '-fsdev',
    'local,id=root,path=/,security_model=none,readonly=on,multidevs=remap',
    '-device',
    'virtio-9p-pci,fsdev=root,mount_tag=root',
  ],
  ...['-object', 'rng-random,id=rng,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=rng'],
  ...[
    '-device',
    'virtio-serial-pci',
    '-chardev',
    `socket,id=control,path=${join(folder, 'control.sock')}`,
    '-device',
    'virtserialport,chardev=control,name=control',
  ],
  ...['-qmp', `unix:${join(folder, 'qmp.sock')},server=on,wait=off`],
  ...options.devices(folder),
];

type GuestMessage<Value> =
  | { readonly kind: 'started' }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly action: string;
      readonly args: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly error: string };

/** For one deed of the hands: plugging, pulling, answering. */
const handMs = 60_000;

function converse<Value>(
  socket: Socket,
  hands: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => Promise<unknown>>>,
  heard: (message: GuestMessage<Value>) => void,
): Promise<Value> {
  return new Promise((resolvePromise, reject) => {
    createInterface({ input: socket }).on('line', (line) => {
      const message = JSON.parse(line) as GuestMessage<Value>;
      heard(message);
      if (message.kind === 'done') resolvePromise(message.value);
      else if (message.kind === 'failed') reject(new Error(`in the guest: ${message.error}`));
      else if (message.kind === 'ask') {
        const { id, action, args } = message;
        const hand = hands[action];
        const work = hand ? hand(args) : Promise.reject(new Error(`no such action: ${action}`));
        const limit = pause(handMs, undefined, { ref: false }).then(() => {
          throw new Error(`'${action}' was not done in ${(handMs / 1000).toString()} s`);
        });
        Promise.race([work, limit]).then(
          (value) => socket.write(`${JSON.stringify({ id, value: value ?? null })}\n`),
          (error: unknown) => socket.write(`${JSON.stringify({ id, error: String(error) })}\n`),
        );
      }
    });
  });
}

/** The first connection to a unix socket. */
function once(path: string, stops: (() => void)[]): Promise<Socket> {
  return new Promise((resolvePromise, reject) => {
    const server = createServer((socket) => {
      server.close();
      stops.push(() => socket.destroy());
      resolvePromise(socket);
    });
    stops.push(() => server.close());
    server.on('error', reject);
    server.listen(path);
  });
}

/** QEMU opens its sockets one after another: the last may not be there yet when the first one calls. */
async function dial(path: string): Promise<Socket> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await new Promise((resolvePromise, reject) => {
        const socket = connect(path, () => {
          resolvePromise(socket);
        });
        socket.once('error', reject);
      });
    } catch (error) {
      if (tries === 50) throw error;
      await pause(100);
    }
  }
}

async function openQmp(path: string): Promise<Qmp> {
  const socket = await dial(path);
  const waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  let greeted: () => void = () => undefined;
  const greeting = new Promise<void>((resolvePromise) => (greeted = resolvePromise));
  createInterface({ input: socket }).on('line', (line) => {
    const message = JSON.parse(line) as {
      QMP?: unknown;
      return?: unknown;
      error?: { desc: string };
      event?: string;
    };
    if (message.QMP !== undefined) greeted();
    else if (message.event !== undefined) return;
    else if (message.error) waiting.shift()?.reject(new Error(message.error.desc));
    else waiting.shift()?.resolve(message.return);
  });
  await greeting;
  const qmp: Qmp = (execute, args) =>
    new Promise((resolvePromise, reject) => {
      waiting.push({ resolve: resolvePromise, reject });
      socket.write(`${JSON.stringify({ execute, ...(args && { arguments: args }) })}\n`);
    });
  await qmp('qmp_capabilities');
  return qmp;
}
