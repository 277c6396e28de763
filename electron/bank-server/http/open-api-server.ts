import type { FastifyInstance } from 'fastify';
import type { Bank } from '../bank.ts';
import { serveEst } from '../est/serve-est.ts';
import { openServer, type ServerTls } from './open-server.ts';
import { sendProblem } from './problem-reply.ts';
import { serveApi } from './serve-api.ts';
import { stationOf } from './station-of.ts';

/** The stations' server: JSON API and EST, both behind the station's client certificate. */
export const openApiServer = async (bank: Bank, tls: ServerTls): Promise<FastifyInstance> => {
  const server = openServer(bank, 'api', tls, (request, reply, fault) =>
    sendProblem(reply, fault, request.id),
  );
  server.addHook('onRequest', async (request, reply) => {
    const station = await stationOf(bank, request);
    if (!station.ok) {
      request.log.warn({ fault: station.fault.code }, 'refused');
      return sendProblem(reply, station.fault, request.id);
    }
    request.stationId = station.value.stationId;
    return undefined;
  });
  // A POST without a body says so by an empty one, too.
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') {
      done(null, {});
      return;
    }
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      done(Object.assign(new Error('not JSON'), { statusCode: 400, code: 'not-json' }));
    }
  });
  serveApi(server, bank);
  serveEst(server, bank);
  await server.ready();
  return server;
};
