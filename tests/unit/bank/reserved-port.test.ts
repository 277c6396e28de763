import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { LOOPBACK, reservePort } from '../../../electron/bank-server/http/listen.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import { must } from '../../harness/start-station.ts';

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer();
  const taken = new Promise<false>((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
  });
  server.listen({ host: LOOPBACK, port, exclusive: true });
  const free = await Promise.race([taken, once(server, 'listening').then(() => true)]);
  server.close();
  return free;
};

describe('a port that was reserved', () => {
  test('is nobody else’s until it is released', async () => {
    const { port, release } = must(await reservePort('portal', undefined));
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(30_000);
    expect(await isFree(port)).toBe(false);
    expect(await reservePort('portal', port)).toEqual(fail('bank-port-taken', { server: 'portal', port }));
    await release();
    await release();
    expect(await isFree(port)).toBe(true);
    expect(await reservePort('api', port)).toMatchObject(ok({ port }));
  });

  test('is free at once, also when somebody has come too early', async () => {
    const { port, release } = must(await reservePort('api', undefined));
    const early = connect({ host: LOOPBACK, port });
    early.on('error', () => {});
    await once(early, 'connect');
    const gone = once(early, 'close');
    await release();
    await gone;
    expect(await isFree(port)).toBe(true);
  });
});
