import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/** The bank for training is reachable from this machine only. */
export const LOOPBACK = '127.0.0.1';

export type ServerName = 'api' | 'portal' | 'online' | 'publication';

/**
 * The port a server will listen on. One that was asked for or used before is kept, or refused by name
 * when something else has it; a first start picks a free one below the range from which the system
 * hands out ports, so that nobody else gets it by chance next time.
 */
export const choosePort = async (server: ServerName, wanted: number | undefined): Promise<Result<number>> => {
  if (wanted !== undefined)
    return (await isFree(wanted)) ? ok(wanted) : fail('bank-port-taken', { server, port: wanted });
  for (let tries = 0; tries < 50; tries += 1) {
    const port = randomInt(20_000, 30_000);
    if (await isFree(port)) return ok(port);
  }
  return fail('bank-port-taken', { server, port: 0 });
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
