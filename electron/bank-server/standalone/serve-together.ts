import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { fail, ok, type Fault, type Result } from '../../shared/result/index.ts';
import { commonOperations } from './common-operations.ts';
import { openOperationsServer } from './operations-server.ts';
import type { ServingBank } from './serve-bank.ts';
import type { StandaloneOptions } from './standalone-options.ts';

/** What a serving process tells the one that started it. */
export type ServingReport =
  | { readonly kind: 'ready'; readonly bankId: string; readonly ports: ServingBank['ports'] }
  | { readonly kind: 'failed'; readonly fault: Fault };

interface Serving {
  readonly worker: Worker;
  readonly bankId: string;
  readonly ports: ServingBank['ports'];
}

/** As long as one that stops may take, and a little more. */
const LONGEST_STOP_MS = 25_000;
const LONGEST_PARTING_MS = 5_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Several processes of this program behind the same addresses: connections are dealt out to them in turn, one that is
 * lost is started again. This one only watches them, and answers for all of them at the operations address.
 */
export const serveTogether = async (
  { processes, operations }: StandaloneOptions,
  log: Logger,
): Promise<Result<ServingBank>> => {
  cluster.setupPrimary({ args: process.argv.slice(2) });
  const serving: Serving[] = [];
  let stopping = false;
  const isStopping = (): boolean => stopping;

  const keep = (one: Serving): void => {
    serving.push(one);
    one.worker.once('exit', (code, signal) => {
      const place = serving.indexOf(one);
      // One that was told to go has left the list before.
      if (place < 0) return;
      serving.splice(place, 1);
      log.error({ pid: one.worker.process.pid, code, signal }, 'process lost');
      void replaceLost();
    });
  };

  const replaceLost = async (): Promise<void> => {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await wait(pause);
      if (isStopping()) return;
      const started = await start();
      if (started.ok) {
        if (isStopping()) await end(started.value.worker);
        else keep(started.value);
        return;
      }
      log.error({ fault: started.fault.code }, 'no process in its place yet');
    }
  };

  const stopAll = async (): Promise<void> => {
    stopping = true;
    await Promise.all(serving.splice(0).map(({ worker }) => end(worker)));
  };

  // The first one alone: what is done once for a bank is done by it, and what is wrong is told once.
  for (let number = 0; number < processes; number += 1) {
    const started = await start();
    if (!started.ok) {
      await stopAll();
      return started;
    }
    keep(started.value);
  }
  const [first] = serving;
  if (first === undefined) return fail('bank-internal-error');
  const common = openOperationsServer(commonOperations(() => serving.map(({ ports }) => ports.operations)));
  const operationsPort = await common.listen(operations);
  if (operationsPort === undefined) {
    await stopAll();
    return fail('bank-port-taken', { server: 'operations', port: operations.port });
  }
  log.info({ processes }, 'serving together');

  return ok({
    bankId: first.bankId,
    ports: { ...first.ports, operations: operationsPort },
    async renew() {
      for (const before of [...serving]) {
        if (isStopping()) return;
        const started = await start();
        if (!started.ok) {
          log.error({ fault: started.fault.code }, 'not renewed: the processes before go on');
          return;
        }
        const place = serving.indexOf(before);
        if (place >= 0) serving.splice(place, 1);
        keep(started.value);
        await end(before.worker);
      }
      log.info({ processes: serving.length }, 'renewed');
    },
    async stop() {
      common.drain();
      await stopAll();
      common.close();
    },
  });
};

const start = async (): Promise<Result<Serving>> => {
  const worker = cluster.fork();
  const gone = new AbortController();
  const exit = once(worker, 'exit', { signal: gone.signal }).then(
    () => undefined,
    () => undefined,
  );
  const message = once(worker, 'message', { signal: gone.signal }).then(
    ([said]: ServingReport[]) => said,
    () => undefined,
  );
  const report = await Promise.race([message, exit]);
  gone.abort();
  if (report?.kind === 'ready') return ok({ worker, bankId: report.bankId, ports: report.ports });
  return report === undefined
    ? fail('bank-internal-error', { reason: 'process-ended' })
    : { ok: false, ...report };
};

const end = async (worker: Worker): Promise<void> => {
  if (worker.isDead()) return;
  const ended = once(worker, 'exit');
  // No connection is on its way to it any more when it is told to go: that one would be lost.
  const free = once(worker, 'disconnect');
  worker.disconnect();
  await Promise.race([free, ended, wait(LONGEST_PARTING_MS)]);
  worker.process.kill('SIGTERM');
  const late = setTimeout(() => worker.process.kill('SIGKILL'), LONGEST_STOP_MS);
  await ended;
  clearTimeout(late);
};
