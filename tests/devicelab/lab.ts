import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { prepareGuest } from './prepare.ts';

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
}

/** QEMU machine protocol: one command, one answer. */
export type Qmp = (command: string, args?: Readonly<Record<string, unknown>>) => Promise<unknown>;

/**
 * Boots a guest with real kernel drivers and runs one scenario in it. The guest sees the host's root
 * read-only below an overlay that is thrown away, so it runs this very checkout with this very node.
 */
export async function runInLab<Value>(options: LabOptions): Promise<Value> {
  const image = prepareGuest(join(project, '.cache/devicelab'));
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-lab-'));
  const control = join(folder, 'control.sock');
  const qmpPath = join(folder, 'qmp.sock');
  const console_: string[] = [];
  let child: ChildProcess | undefined;
  try {
    const arriving = once(control);
    child = spawn(
      'qemu-system-x86_64',
      [
        ...['-M', 'q35', '-accel', 'tcg', '-cpu', 'Nehalem', '-smp', '1', '-m', '768'],
        ...['-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
        ...['-kernel', image.kernel, '-initrd', image.initramfs],
        ...[
          '-append',
          `console=ttyS0 quiet panic=-1 lab.project=${project} lab.scenario=${options.scenario}`,
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
          `socket,id=control,path=${control}`,
          '-device',
          'virtserialport,chardev=control,name=control',
        ],
        ...['-qmp', `unix:${qmpPath},server=on,wait=off`],
        ...options.devices(folder),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const collect = (chunk: Buffer) => {
      console_.push(chunk.toString());
      if (process.env.CARDWRIGHT_LAB_CONSOLE !== undefined) process.stderr.write(chunk);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const ended = new Promise<never>((_resolve, reject) => {
      child?.on('exit', (code) => {
        // What the guest said last may still be on its way.
        setTimeout(() => {
          reject(new Error(`the guest ended (${String(code)}):\n${console_.join('').slice(-4000)}`));
        }, 200);
      });
    });
    const limit = new Promise<never>((_resolve, reject) => {
      setTimeout(() => {
        reject(new Error(`the scenario took too long:\n${console_.join('').slice(-4000)}`));
      }, options.timeoutMs ?? 180_000).unref();
    });
    ended.catch(() => undefined);
    const socket = await Promise.race([arriving, ended, limit]);
    const qmp = await openQmp(qmpPath);
    const hands = options.hands?.(qmp, folder) ?? {};
    return await Promise.race([converse<Value>(socket, hands), ended, limit]);
  } finally {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function converse<Value>(
  socket: Socket,
  hands: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => Promise<unknown>>>,
): Promise<Value> {
  return new Promise((resolvePromise, reject) => {
    createInterface({ input: socket }).on('line', (line) => {
      const message = JSON.parse(line) as
        | { kind: 'started' }
        | { kind: 'ask'; id: number; action: string; args: Record<string, unknown> }
        | { kind: 'done'; value: Value }
        | { kind: 'failed'; error: string };
      if (message.kind === 'done') resolvePromise(message.value);
      else if (message.kind === 'failed') reject(new Error(`in the guest: ${message.error}`));
      else if (message.kind === 'ask') {
        const hand = hands[message.action];
        const work = hand
          ? hand(message.args)
          : Promise.reject(new Error(`no such action: ${message.action}`));
        work.then(
          (value) => socket.write(`${JSON.stringify({ id: message.id, value: value ?? null })}\n`),
          (error: unknown) => socket.write(`${JSON.stringify({ id: message.id, error: String(error) })}\n`),
        );
      }
    });
  });
}

/** The first connection to a unix socket. */
function once(path: string): Promise<Socket> {
  return new Promise((resolvePromise, reject) => {
    const server = createServer((socket) => {
      server.close();
      resolvePromise(socket);
    });
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
