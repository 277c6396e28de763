import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { serveEst } from '../est/serve-est.ts';
import { limitRequests } from './limit-requests.ts';
import { openServer, type ServerTls } from './open-server.ts';
import { sendProblem } from './problem-reply.ts';
import { serveApi } from './serve-api.ts';
import { stationOf } from './station-of.ts';

/** The stations' server: JSON API and EST, both behind the station's client certificate. */
export const openApiServer = async (bank: Bank, tls: ServerTls): Promise<FastifyInstance> => {
  const refuse = (request: FastifyRequest, reply: FastifyReply, fault: Fault) =>
    sendProblem(reply, fault, request.id);
  const server = openServer(bank, 'api', tls, refuse);
  server.addHook('onRequest', async (request, reply) => {
    const station = await stationOf(bank, request);
    if (!station.ok) {
      request.log.warn({ fault: station.fault.code }, 'refused');
      return sendProblem(reply, station.fault, request.id);
    }
    request.stationId = station.value.stationId;
    return undefined;
  });
  limitRequests(
    server,
    'station',
    bank.limits.station,
    () => {
      bank.metrics.limited('api');
    },
    refuse,
  );
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
