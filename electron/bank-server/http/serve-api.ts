import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bankApi, type BankCall, type Route } from '../../shared/bank-api/index.ts';
import { fail, type Fault, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { ApiCall, StationIdentity } from './api-call.ts';
import { apiHandlers, type ApiHandlers } from './api-handlers.ts';
import { commitOnce, earlierAnswer, requestSha256, type IdempotencyKey } from './idempotency.ts';
import { openApiDescription } from './open-api-description.ts';
import { sendProblem } from './problem-reply.ts';

/** Every route of `bankApi` on this server: checked at the border, once, then handed to its handler. */
export const serveApi = (server: FastifyInstance, bank: Bank): void => {
  const handlers = apiHandlers(bank);
  const calls = Object.keys(bankApi) as BankCall[]; // the keys of the constant itself
  for (const call of calls) mount(server, bank, call, handlers);
  const description = JSON.stringify(openApiDescription());
  server.get('/api/openapi.json', (_request, reply) => reply.type('application/json').send(description));
};

const mount = (server: FastifyInstance, bank: Bank, name: BankCall, handlers: ApiHandlers): void => {
  const route: Route = bankApi[name];
  server.route({
    method: route.method,
    url: route.path.replace(/\{(\w+)\}/g, ':$1'),
    handler: async (request, reply) => {
      const result = await answer(bank, name, handlers, request);
      if (!result.ok) return refuse(request, reply, result.fault);
      // Parsed once more on the way out: a field that is not in the schema does not leave the house.
      return reply.type('application/json').send(JSON.stringify(route.reply.parse(result.value)));
    },
  });
};

const answer = async (
  bank: Bank,
  name: BankCall,
  handlers: ApiHandlers,
  request: FastifyRequest,
): Promise<Result<unknown>> => {
  const route: Route = bankApi[name];
  const { stationId } = request;
  if (stationId === undefined) return fail('bank-refused-station', { reason: 'certificate' });
  const params = route.params.safeParse({ ...asObject(request.query), ...asObject(request.params) });
  if (!params.success) return malformed(params.error.issues);
  const body = route.body.safeParse(route.method === 'GET' ? {} : (request.body ?? {}));
  if (!body.success) return malformed(body.error.issues);

  const caller = {
    station: { stationId } satisfies StationIdentity,
    requestId: request.id,
    now: bank.clock(),
  };
  const once = route.idempotent ? idempotencyKey(request, stationId) : undefined;
  if (route.idempotent) {
    if (once === undefined) return fail('request-malformed', { field: 'Idempotency-Key' });
    const earlier = await earlierAnswer(bank.store.db, once);
    if (earlier !== undefined) return earlier;
  }
  const commit: ApiCall<never>['commit'] = once
    ? commitOnce(bank.store, once, caller.now)
    : (work, options) => bank.store.transaction(work, options?.isolation);
  // The schemas of the same route have checked all three; the compiler cannot follow a route by its name.
  const handler = handlers[name] as (
    call: unknown,
    params: unknown,
    body: unknown,
  ) => Promise<Result<unknown>>;
  const result = await handler({ ...caller, idempotencyKey: once?.key, commit }, params.data, body.data);
  if (result.ok || once === undefined) return result;
  // The same request on another connection may have been faster and be the reason of this refusal.
  return (await earlierAnswer(bank.store.db, once)) ?? result;
};

const refuse = (request: FastifyRequest, reply: FastifyReply, fault: Fault): FastifyReply => {
  request.log.info({ fault: fault.code, data: fault.data }, 'refused');
  return sendProblem(reply, fault, request.id);
};

const idempotencyKey = (request: FastifyRequest, stationId: string): IdempotencyKey | undefined => {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || !/^[\x21-\x7e]{8,200}$/.test(key)) return undefined;
  return { stationId, key, requestSha256: requestSha256(request.method, request.url, request.body ?? {}) };
};

/** Names the field; what was in it is not repeated. */
const malformed = (issues: readonly { readonly path: readonly PropertyKey[] }[]): Result<never> =>
  fail('request-malformed', { field: issues[0]?.path.map(String).join('.') ?? '' });

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
