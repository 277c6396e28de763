import { join } from 'node:path';
import { z } from 'zod';
import type { Fault } from '../shared/result/index.ts';
import { startBankServer, type BankServer } from './start-bank-server.ts';
import { supplyTrainingApplets } from './training/supply-training-applets.ts';

/*
 * The bank as a program of its own beside the station: forked by the host (child_process.fork or a
 * utility process), told its folders in one JSON argument or the first message, and gone when its
 * parent is.
 *
 *   parent ── {dataFolder, stationFolder, training: true, …} ──▶
 *          ◀── {kind: 'ready', apiOrigin, portalOrigin, bankId} or {kind: 'failed', fault} ──
 *          ── {kind: 'stop'} ──▶ answers what is under way, exits 0
 */

export type EmbeddedBankMessage =
  | {
      readonly kind: 'ready';
      readonly apiOrigin: string;
      readonly portalOrigin: string;
      readonly bankId: string;
      readonly onlineOrigin: string;
      readonly seedOrigin?: string;
    }
  | { readonly kind: 'failed'; readonly fault: Fault };

const optionsSchema = z.object({
  dataFolder: z.string().min(1),
  stationFolder: z.string().min(1),
  operatorFolder: z.string().min(1).optional(),
  training: z.literal(true),
  apiPort: z.number().int().min(0).max(65_535).optional(),
  portalPort: z.number().int().min(0).max(65_535).optional(),
  resourcesFolder: z.string().optional(),
  logLevel: z.enum(['silent', 'error', 'warn', 'info', 'debug']).optional(),
});

const stopSchema = z.object({ kind: z.literal('stop') });

interface Parent {
  send(message: EmbeddedBankMessage): void;
  onMessage(listener: (message: unknown) => void): void;
  onGone(listener: () => void): void;
}

const run = (parent: Parent, argument: string | undefined): void => {
  let server: Promise<BankServer | undefined> | undefined;

  const start = async (given: unknown): Promise<BankServer | undefined> => {
    const options = optionsSchema.safeParse(given);
    const started = options.success
      ? await startBankServer(options.data)
      : ({ ok: false, fault: { code: 'bank-setup-invalid', data: { file: 'options' } } } as const);
    if (!started.ok) {
      parent.send({ kind: 'failed', fault: started.fault });
      return undefined;
    }
    if (options.success) supplyTrainingApplets(join(options.data.dataFolder, 'applets'));
    const { apiOrigin, portalOrigin, onlineOrigin, seedOrigin, bankId } = started.value;
    parent.send({
      kind: 'ready',
      apiOrigin,
      portalOrigin,
      onlineOrigin,
      bankId,
      ...(seedOrigin !== undefined && { seedOrigin }),
    });
    return started.value;
  };

  const stop = async (): Promise<void> => {
    // A server that cannot finish in time would outlive its station.
    setTimeout(() => process.exit(1), 5_000).unref();
    await (await server)?.stop();
    process.exit(0);
  };

  const begin = (given: unknown): void => {
    server = start(given);
    server
      .then((running) => {
        if (running === undefined) process.exitCode = 1;
      })
      .catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? error.name) : 'start failed'}\n`);
        parent.send({ kind: 'failed', fault: { code: 'bank-internal-error', data: {} } });
        process.exit(1);
      });
  };

  parent.onMessage((message) => {
    if (stopSchema.safeParse(message).success) void stop();
    else if (server === undefined) begin(message);
  });
  parent.onGone(() => void stop());
  process.once('SIGTERM', () => void stop());
  if (argument !== undefined) begin(parsed(argument));
};

const parsed = (argument: string): unknown => {
  try {
    return JSON.parse(argument);
  } catch {
    return undefined;
  }
};

/** What Electron gives a utility process instead of an IPC channel. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

// Set by Electron only; a forked program does not have it.
const parentPort = Reflect.get(process, 'parentPort') as ParentPort | undefined;

run(
  parentPort
    ? {
        send: (message) => {
          parentPort.postMessage(message);
        },
        onMessage: (listener) => {
          parentPort.on('message', ({ data }) => {
            listener(data);
          });
        },
        onGone: () => {}, // Electron ends its utility processes itself
      }
    : {
        send: (message) => process.send?.(message),
        onMessage: (listener) => process.on('message', listener),
        onGone: (listener) => process.once('disconnect', listener),
      },
  process.argv.slice(2).find((each) => each.startsWith('{')),
);
