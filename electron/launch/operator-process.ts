import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fail, faultSchema, ok, type Fault, type Result } from '../shared/result/index.ts';

export interface OperatorProcessOptions {
  readonly program: URL;
  /** `operator-options.json`, which the training bank leaves in the operator's folder. */
  readonly optionsFile: string;
  readonly logFile: string;
  readonly startLimitMs?: number;
}

export interface OperatorProcess {
  /** What phones open. */
  readonly phoneOrigin: string;
  stop(): Promise<void>;
}

/**
 * The mobile operator's platform (S3) in a process of its own, beside the training bank. If it dies it is started
 * again at the same addresses: sessions, dialogues and serials are in its database.
 */
export async function startOperatorProcess(
  options: OperatorProcessOptions,
): Promise<Result<OperatorProcess>> {
  let stopping = false;
  let deaths = 0;
  let child = forkOperator(options);
  const first = await firstMessage(child, options.startLimitMs ?? 30_000);
  if (!first.ok) {
    child.kill('SIGKILL');
    return first;
  }
  const watch = (process: ChildProcess): void => {
    process.once('exit', () => {
      if (stopping) return;
      deaths += 1;
      void wait(Math.min(250 * 2 ** deaths, 15_000), undefined, { ref: false }).then(() => {
        if (stopping) return;
        child = forkOperator(options);
        watch(child);
      });
    });
  };
  watch(child);
  return ok({
    phoneOrigin: first.value,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      if (child.connected) child.send({ kind: 'stop' });
      const kill = setTimeout(() => child.kill('SIGKILL'), 6_000);
      await ended;
      clearTimeout(kill);
    },
  });
}

function forkOperator({ program, optionsFile, logFile }: OperatorProcessOptions): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a', 0o600);
  // Ctrl+C at the terminal is for the station, which then stops the others in its turn.
  const child = fork(fileURLToPath(program), [], { stdio: ['ignore', log, log, 'ipc'], detached: true });
  closeSync(log);
  child.send(JSON.parse(readFileSync(optionsFile, 'utf8')) as object); // its own program checks it
  return child;
}

async function firstMessage(child: ChildProcess, limitMs: number): Promise<Result<string>> {
  const limit = new AbortController();
  const failed = (detail: string): Result<string> => fail('operator-unreachable', { reason: detail });
  const message = new Promise<Result<string>>((resolve) => {
    child.once('message', (received) => resolve(phoneOriginIn(received) ?? failed('message')));
    child.once('error', () => resolve(failed('error')));
    child.once('exit', () => resolve(failed('exit')));
  });
  const late = wait(limitMs, failed('late'), { signal: limit.signal });
  try {
    return await Promise.race([message, late]);
  } finally {
    limit.abort();
    late.catch(() => {});
  }
}

function phoneOriginIn(message: unknown): Result<string> | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return undefined;
  if (message.kind === 'ready' && 'phoneOrigin' in message && typeof message.phoneOrigin === 'string')
    return ok(message.phoneOrigin);
  const fault = 'fault' in message ? faultSchema.safeParse(message.fault) : undefined;
  return fault?.success ? { ok: false, fault: fault.data satisfies Fault } : undefined;
}
