import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EmbeddedBankMessage } from '../bank-server/embedded.ts';
import { fail, faultSchema, ok, type Fault, type Result } from '../shared/result/index.ts';

export interface BankProcessOptions {
  readonly program: URL;
  /** The bank's own folder, and where it leaves the station's credentials. */
  readonly dataFolder: string;
  readonly stationFolder: string;
  /** Where it leaves the agreement with its training operator; absent: it has none. */
  readonly operatorFolder?: string | undefined;
  readonly resourcesFolder?: string | undefined;
  /** Its log; it never holds a secret. */
  readonly logFile: string;
  /** Milliseconds: the first start makes keys and customers. */
  readonly startLimitMs?: number;
  /** Milliseconds before the first restart; doubles with each one that did not last. */
  readonly restartAfterMs?: number;
  readonly onRestart?: (attempt: number) => void;
}

export interface BankProcess {
  readonly bankId: string;
  readonly apiOrigin: string;
  readonly portalOrigin: string;
  readonly onlineOrigin: string;
  readonly seedOrigin: string | undefined;
  /** For tests: what a crash of the server looks like from here. */
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
}

/**
 * The embedded bank server in a process of its own. If it dies it is started again, at the same
 * addresses; until then the station says that the bank cannot be reached.
 */
export async function startBankProcess(options: BankProcessOptions): Promise<Result<BankProcess>> {
  const limit = options.startLimitMs ?? 60_000;
  let stopping = false;
  let restarts = 0;
  let child = forkBank(options);

  const first = await firstMessage(child, limit);
  if (first.kind === 'failed') {
    child.kill('SIGKILL');
    return { ok: false, fault: first.fault };
  }

  const watch = (process: ChildProcess): void => {
    const since = Date.now();
    process.once('exit', () => {
      if (stopping) return;
      // Long enough alive means that the cause of the last death is over.
      restarts = Date.now() - since > 60_000 ? 1 : restarts + 1;
      options.onRestart?.(restarts);
      const delay = Math.min((options.restartAfterMs ?? 250) * 2 ** (restarts - 1), 15_000);
      void wait(delay, undefined, { ref: false }).then(restart);
    });
  };
  const restart = async (): Promise<void> => {
    if (stopping) return;
    child = forkBank(options);
    watch(child);
    const answer = await firstMessage(child, limit);
    if (answer.kind === 'failed') child.kill('SIGKILL'); // `watch` tries again
  };
  watch(child);

  return ok({
    bankId: first.bankId,
    apiOrigin: first.apiOrigin,
    portalOrigin: first.portalOrigin,
    onlineOrigin: first.onlineOrigin,
    seedOrigin: first.seedOrigin,
    pid: () => child.pid,
    async stop() {
      stopping = true;
      await end(child);
    },
  });
}

function forkBank(options: BankProcessOptions): ChildProcess {
  mkdirSync(dirname(options.logFile), { recursive: true, mode: 0o700 });
  const log = openSync(options.logFile, 'a', 0o600);
  const { dataFolder, stationFolder, operatorFolder, resourcesFolder } = options;
  const child = fork(fileURLToPath(options.program), [], {
    stdio: ['ignore', log, log, 'ipc'],
    serialization: 'json',
    // Ctrl+C at the terminal is for the station, which then stops the bank in its turn.
    detached: true,
  });
  closeSync(log);
  child.send({
    dataFolder,
    stationFolder,
    training: true,
    ...(operatorFolder === undefined ? {} : { operatorFolder }),
    ...(resourcesFolder === undefined ? {} : { resourcesFolder }),
  });
  return child;
}

async function firstMessage(child: ChildProcess, limitMs: number): Promise<EmbeddedBankMessage> {
  const limit = new AbortController();
  const failed = (detail: string): EmbeddedBankMessage => ({
    kind: 'failed',
    fault: { code: 'bank-server-not-started', data: { detail } },
  });
  const message = new Promise<EmbeddedBankMessage>((resolve) => {
    child.once('message', (received) =>
      resolve(embeddedMessage(received) ?? failed('it said something else')),
    );
    child.once('error', (error) => resolve(failed(error.message)));
    child.once('exit', (code, signal) => resolve(failed(`it ended with ${signal ?? code ?? 'nothing'}`)));
  });
  const late = wait(limitMs, failed(`it was not ready after ${limitMs / 1000} s`), { signal: limit.signal });
  try {
    return await Promise.race([message, late]);
  } finally {
    limit.abort();
    late.catch(() => {});
  }
}

/** It is our own program, and still another process: its message is looked at before it is believed. */
function embeddedMessage(message: unknown): EmbeddedBankMessage | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return undefined;
  if (message.kind === 'failed' && 'fault' in message) {
    const fault = faultSchema.safeParse(message.fault);
    const unnamed: Fault = fail('bank-server-not-started', { detail: 'a fault without a name' }).fault;
    return { kind: 'failed', fault: fault.success ? fault.data : unnamed };
  }
  if (message.kind !== 'ready') return undefined;
  const { apiOrigin, portalOrigin, onlineOrigin, seedOrigin, bankId } = message as Readonly<
    Record<string, unknown>
  >;
  if (
    typeof apiOrigin !== 'string' ||
    typeof portalOrigin !== 'string' ||
    typeof onlineOrigin !== 'string' ||
    typeof bankId !== 'string'
  )
    return undefined;
  return {
    kind: 'ready',
    apiOrigin,
    portalOrigin,
    onlineOrigin,
    bankId,
    ...(typeof seedOrigin === 'string' && { seedOrigin }),
  };
}

/** Asks it to finish, and after its own time limit does not ask any more. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.send({ kind: 'stop' });
  const kill = setTimeout(() => child.kill('SIGKILL'), 6_000);
  await ended;
  clearTimeout(kill);
}
