import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Fault } from '../shared/result/index.ts';
import { operatorOptions } from './operator-options.ts';
import { startOperatorPlatform, type OperatorPlatform } from './start-operator-platform.ts';

/*
 * The operator platform as a program of its own (child_process.fork): told its options in the first message and
 * gone when its parent is. By itself: `npm run operator -- operator-options.json`.
 *
 *   parent ── OperatorOptions ──▶
 *          ◀── {kind: 'ready', phoneOrigin, bankChannelOrigin, operatorId} or {kind: 'failed', fault} ──
 *          ── {kind: 'stop'} ──▶ answers what is under way, exits 0
 */

export type OperatorPlatformMessage =
  | {
      readonly kind: 'ready';
      readonly phoneOrigin: string;
      readonly bankChannelOrigin: string;
      readonly operatorId: string;
    }
  | { readonly kind: 'failed'; readonly fault: Fault };

let running: Promise<OperatorPlatform | undefined> | undefined;

const start = async (given: unknown): Promise<OperatorPlatform | undefined> => {
  const options = operatorOptions.safeParse(given);
  const started = options.success
    ? await startOperatorPlatform(options.data)
    : ({ ok: false, fault: { code: 'bank-setup-invalid', data: { file: 'options' } } } as const);
  if (!started.ok) {
    send({ kind: 'failed', fault: started.fault });
    return undefined;
  }
  const { phoneOrigin, bankChannelOrigin, operatorId } = started.value;
  send({ kind: 'ready', phoneOrigin, bankChannelOrigin, operatorId });
  return started.value;
};

const send = (message: OperatorPlatformMessage): void => {
  process.send?.(message);
};

const begin = (given: unknown): void => {
  running = start(given);
  running
    .then((platform) => {
      if (platform !== undefined) return;
      process.exitCode = 1;
      if (process.connected) process.disconnect(); // after what was sent
    })
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.name) : 'start failed'}\n`);
      send({ kind: 'failed', fault: { code: 'internal-error', data: {} } });
      process.exit(1);
    });
};

const stop = async (): Promise<void> => {
  // A server that cannot finish in time would outlive its parent.
  setTimeout(() => process.exit(1), 5_000).unref();
  await (await running)?.stop();
  process.exit();
};

const stopSchema = z.object({ kind: z.literal('stop') });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

process.on('message', (message) => {
  if (stopSchema.safeParse(message).success) void stop();
  else if (running === undefined) begin(message);
});
process.once('disconnect', () => void stop());
process.once('SIGTERM', () => void stop());
const [argument] = process.argv.slice(2);
if (argument !== undefined)
  begin(parsed(argument.startsWith('{') ? argument : readFileSync(argument, 'utf8')));
