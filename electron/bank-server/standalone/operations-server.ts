import { createServer, type Server } from 'node:http';
import type { Bank } from '../bank.ts';

export interface OperationsServer {
  readonly server: Server;
  /** From now on /readyz says no: whoever shares out the load sends nothing new here. */
  drain(): void;
}

/**
 * For the machines that watch this one, in plain HTTP: `/healthz` (the process answers), `/readyz` (it
 * can serve: the database answers and it is not stopping), `/metrics` (Prometheus). Nothing here names a
 * customer or a card.
 */
export const openOperationsServer = (bank: Bank): OperationsServer => {
  let draining = false;
  const isReady = async (): Promise<boolean> => {
    if (draining) return false;
    try {
      return (await bank.store.db.selectFrom('settings').select('name').limit(1).execute()).length > 0;
    } catch {
      return false;
    }
  };
  const server = createServer((request, response) => {
    const say = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text);
    };
    const path = request.method === 'GET' ? request.url : undefined;
    if (path === '/healthz') say(200, 'ok\n');
    else if (path === '/metrics')
      say(200, bank.metrics.exposition(), 'text/plain; version=0.0.4; charset=utf-8');
    else if (path === '/readyz')
      void isReady().then((ready) => {
        say(ready ? 200 : 503, ready ? 'ready\n' : 'not ready\n');
      });
    else say(404, 'healthz, readyz or metrics\n');
  });
  return {
    server,
    drain: () => {
      draining = true;
    },
  };
};
