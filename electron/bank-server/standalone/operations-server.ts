import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bank } from '../bank.ts';
import type { Address } from './standalone-options.ts';

/** What is told there: of one process, or of several together. */
export interface OperationsSource {
  isReady(): Promise<boolean>;
  /** Text exposition format 0.0.4. */
  metrics(): Promise<string>;
}

export interface OperationsServer {
  /** The port; undefined where the address is taken. */
  listen(address: Address): Promise<number | undefined>;
  /** From now on /readyz says no: whoever shares out the load sends nothing new here. */
  drain(): void;
  close(): void;
}

/**
 * For the machines that watch this one, in plain HTTP: `/healthz` (the process answers), `/readyz` (it
 * can serve, and it is not stopping), `/metrics` (Prometheus). Nothing here names a customer or a card.
 */
export const openOperationsServer = (source: OperationsSource): OperationsServer => {
  let draining = false;
  const answer = async (path: string | undefined): Promise<[status: number, text: string, type?: string]> => {
    if (path === '/healthz') return [200, 'ok\n'];
    if (path === '/metrics') return [200, await source.metrics(), 'text/plain; version=0.0.4; charset=utf-8'];
    if (path !== '/readyz') return [404, 'healthz, readyz or metrics\n'];
    return !draining && (await source.isReady()) ? [200, 'ready\n'] : [503, 'not ready\n'];
  };
  const server = createServer((request, response) => {
    const path = request.method === 'GET' ? request.url : undefined;
    void answer(path).then(([status, text, type = 'text/plain; charset=utf-8']) => {
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text);
    });
  });
  return {
    listen: ({ host, port }) =>
      new Promise((resolve) => {
        server.once('error', () => {
          resolve(undefined);
        });
        // Of this process alone, also where several share the other addresses.
        server.listen({ host, port, exclusive: true }, () => {
          resolve((server.address() as AddressInfo).port);
        });
      }),
    drain() {
      draining = true;
    },
    close() {
      server.close();
    },
  };
};

/** It can serve while its database answers. */
export const operationsOf = ({ store, metrics }: Bank): OperationsSource => ({
  async isReady() {
    try {
      return (await store.db.selectFrom('settings').select('name').limit(1).execute()).length > 0;
    } catch {
      return false;
    }
  },
  metrics: async () => metrics.exposition(),
});
