import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/** The bank for training is reachable from this machine only. */
export const LOOPBACK = '127.0.0.1';

export type ServerName = 'api' | 'portal' | 'online' | 'publication';

/** A port that nobody else gets until it is released, right before the server listens there. */
export interface ReservedPort {
  readonly port: number;
  /** May be called again. */
  release(): Promise<void>;
}

/**
 * The port a server will listen on. One that was asked for or used before is kept, or refused by name
 * when something else has it; a first start picks a free one below the range from which the system
 * hands out ports, so that nobody else gets it by chance next time.
 */
export const reservePort = async (
  server: ServerName,
  wanted: number | undefined,
): Promise<Result<ReservedPort>> => {
  const reserved = await (wanted === undefined ? reserveFreePort(20_000, 30_000) : reserve(wanted));
  return reserved ? ok(reserved) : fail('bank-port-taken', { server, port: wanted ?? 0 });
};

/** One of this range, `to` excluded; undefined where none is found. */
export const reserveFreePort = async (from: number, to: number): Promise<ReservedPort | undefined> => {
  for (let tries = 0; tries < 50; tries += 1) {
    const reserved = await reserve(randomInt(from, to));
    if (reserved) return reserved;
  }
  return undefined;
};

const reserve = (port: number): Promise<ReservedPort | undefined> =>
  new Promise((resolve) => {
    // Whoever asks too early is told so: a connection that stays would keep the port.
    const holder = createServer((socket) => socket.destroy());
    holder.once('error', () => {
      resolve(undefined);
    });
    holder.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      resolve({
        port,
        release: () =>
          new Promise((released) => {
            holder.close(() => {
              released();
            });
          }),
      });
    });
  });
