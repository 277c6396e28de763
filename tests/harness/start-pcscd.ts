import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root } from './root.ts';
import { connectVpcd, type VirtualCard, type VpcdConnection } from '../../native/virtual/index.ts';

const runProgram = promisify(execFile);

/** A pcscd of our own with two vpcd readers, out of everybody else's sight. */
export interface PrivatePcscd {
  /** Of the readers, and the ports on which they wait for a card. */
  readonly readers: readonly { readonly name: string; readonly port: number }[];
  /** What PC/SC programs need in their environment to find this one. */
  readonly environment: Readonly<Record<'PCSCLITE_CSOCK_NAME', string>>;
  /** Puts a card into a reader and waits until other programs see it there. */
  insert(card: VirtualCard, reader?: 0 | 1): Promise<VpcdConnection>;
  /** Ends it and starts another on the same socket. */
  restart(): Promise<void>;
  /** Ends it, and no other is there until `start`. */
  end(): Promise<void>;
  start(): Promise<void>;
  /** It stands still: it takes connections and answers none. */
  hang(): void;
  goOn(): void;
  /** With `shim` only: both readers are pulled out of the machine, or plugged in again. */
  unplug(): void;
  plug(): void;
  /** With `shim` only: what is typed at the readers' PIN pad (see reader-shim.c); `undefined`: they have none. */
  setPad(keys: string | undefined): void;
  /** What the pad was asked, structure by structure, in hex. */
  askedAtPad(): readonly string[];
  close(): Promise<void>;
}

/** Why it cannot run here; `undefined`: it can. */
export const whyNoPcscd = (): string | undefined => {
  if (!existsSync(pcscdProgram)) return 'pcscd is not installed (apt-get install pcscd)';
  if (!existsSync(vpcdLibrary)) return 'vpcd is not installed (apt-get install vsmartcard-vpcd)';
  if (!existsSync('/usr/bin/gcc')) return 'gcc is not installed (apt-get install gcc libc6-dev)';
  const namespace = spawnSync('unshare', ['--mount', 'true']);
  return namespace.status === 0 ? undefined : 'a mount namespace needs root';
};

/**
 * pcscd knows one socket only, /run/pcscd/pcscd.comm. In a mount namespace of its own a folder of ours lies
 * there, and clients are led to it by PCSCLITE_CSOCK_NAME: any number can run beside the system's.
 */
export const startPcscd = async (options: { shim?: boolean } = {}): Promise<PrivatePcscd> => {
  const folder = mkdtempSync(join(tmpdir(), 'pcscd-'));
  const run = join(folder, 'run');
  const configuration = join(folder, 'reader.conf.d');
  const socket = join(run, 'pcscd.comm');
  mkdirSync(run);
  mkdirSync(configuration);
  mkdirSync('/run/pcscd', { recursive: true });
  const port = await freePortPair();
  const channel = `0x${port.toString(16).toUpperCase()}`;
  const library = options.shim === true ? buildShim(folder) : vpcdLibrary;
  const noDelay = buildLibrary(folder, 'no-delay');
  writeFileSync(
    join(configuration, 'vpcd'),
    [
      'FRIENDLYNAME "Virtual PCD"',
      `DEVICENAME   /dev/null:${channel}`,
      `LIBPATH      ${library}`,
      `CHANNELID    ${channel}`,
      '',
    ].join('\n'),
  );

  const environment = { PCSCLITE_CSOCK_NAME: socket };
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    rmSync(socket, { force: true });
    // --auto-exit: a test run that was killed leaves none behind for long.
    const script =
      'mount --bind "$1" /run/pcscd && LD_PRELOAD="$4" exec "$2" --foreground --auto-exit --config "$3"';
    const started = spawn(
      'unshare',
      ['--mount', 'sh', '-c', script, 'sh', run, pcscdProgram, configuration, noDelay],
      {
        stdio: 'ignore',
        env: { ...process.env, CARDWRIGHT_READER_SHIM: folder },
      },
    );
    child = started;
    for (let round = 0; !existsSync(socket); round++) {
      if (started.exitCode !== null || round > 400) throw new Error('pcscd did not start');
      await pause(25);
    }
  };
  const end = async (): Promise<void> => {
    const last = child;
    if (last?.exitCode !== null || last.signalCode !== null) return;
    const ended = new Promise((resolve) => last.once('exit', resolve));
    last.kill('SIGCONT');
    last.kill('SIGKILL'); // unshare became sh became pcscd: this is pcscd itself
    await ended;
  };
  await start();

  return {
    readers: [
      { name: 'Virtual PCD 00 00', port },
      { name: 'Virtual PCD 00 01', port: port + 1 },
    ],
    environment,
    async insert(card, reader = 0) {
      const connection = await connectVpcd(card, { port: port + reader });
      if (!connection.ok) throw new Error('vpcd does not listen');
      for (let round = 0; round < 40; round++) {
        // Beside this process: the card lives here and has to answer.
        const seen = await runProgram('opensc-tool', ['--reader', String(reader), '--atr'], {
          env: { ...process.env, ...environment },
        }).catch(() => undefined);
        if (seen !== undefined) return connection.value;
        await pause(100);
      }
      throw new Error('pcscd does not see the card');
    },
    async restart() {
      await end();
      await start();
    },
    end,
    start,
    hang: () => void child?.kill('SIGSTOP'),
    goOn: () => void child?.kill('SIGCONT'),
    unplug() {
      writeFileSync(join(folder, 'unplugged'), '');
      child?.kill('SIGUSR1'); // look at the readers that are not on USB
    },
    plug() {
      rmSync(join(folder, 'unplugged'), { force: true });
      child?.kill('SIGUSR1');
    },
    setPad(keys) {
      if (keys === undefined) rmSync(join(folder, 'keys'), { force: true });
      else writeFileSync(join(folder, 'keys'), keys);
    },
    askedAtPad: () =>
      existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') : [],
    async close() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** vpcd behind a driver of ours, which sees a card sooner, can be unplugged and has a PIN pad. */
const buildShim = (folder: string): string =>
  buildLibrary(folder, 'reader-shim', '-I/usr/include/PCSC', `-DVPCD_LIBRARY="${vpcdLibrary}"`);

const buildLibrary = (folder: string, name: string, ...options: readonly string[]): string => {
  const library = join(folder, `${name}.so`);
  const source = join(root, `tests/harness/reader-shim/${name}.c`);
  const args = ['-shared', '-fPIC', '-O1', ...options, '-o', library, source, '-ldl'];
  const built = spawnSync('gcc', args, { encoding: 'utf8' });
  if (built.status !== 0) throw built.error ?? new Error(built.stderr);
  return library;
};

/** vpcd takes the port it is given and the next one for its second reader. */
const freePortPair = async (): Promise<number> => {
  for (let port = 20_000 + Math.floor(Math.random() * 10_000); port < 32_000; port += 2)
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  throw new Error('No free ports for vpcd');
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });

const pcscdProgram = '/usr/sbin/pcscd';
const vpcdLibrary = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
