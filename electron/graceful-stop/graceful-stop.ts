import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Milliseconds for what was answered last to get out. */
const LINGER_MS = 100;

/**
 * A server that stops answers what it was asked, and waits for nobody else. By itself it would wait for every
 * connection on which nothing was asked yet, for a minute, and for two where TLS has not begun: one client that only
 * connects would hold up a restart.
 */
export const stopGracefully = (server: FastifyInstance): void => {
  const open = new Set<Socket>();
  let underWay = 0;
  let isStopping = false;
  const endTheOthers = (): void => {
    if (!isStopping || underWay > 0) return;
    setTimeout(() => {
      if (underWay === 0) for (const socket of open) socket.destroy();
    }, LINGER_MS);
  };
  server.server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
    });
  });
  server.server.on('request', (_request: unknown, response: ServerResponse) => {
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
      endTheOthers();
    });
  });
  server.addHook('preClose', (done) => {
    isStopping = true;
    endTheOthers();
    done();
  });
};
