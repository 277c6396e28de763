import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { fail, type Fault } from '../../../shared/result/index.ts';
import type { Bank } from '../../bank.ts';
import { openServer, type ServerTls } from '../../http/open-server.ts';
import { sendProblem } from '../../http/problem-reply.ts';
import { languageOf } from '../../portal/language.ts';
import { deliverKeys } from '../deliver-keys.ts';
import { enterSeed, nextSeed } from '../enter-seed.ts';
import type { OperatorDesk } from '../operator-desk.ts';
import { seedPage } from './seed-page.ts';
import { seedScript } from './seed-script.ts';
import { seedStyle } from './seed-style.ts';

const entry = z.object({
  operatorId: z.string().max(64),
  epoch: z.number().int().positive(),
  part: z.union([z.literal(1), z.literal(2)]),
  seed: z.string().regex(/^[0-9a-f]{64}$/),
  officerId: z.string().max(64),
  /** DER, base64. */
  signature: z.base64().max(200),
});

/**
 * The page on which two employees, one after the other, enter the seeds for an operator (S3, 202). Who enters is
 * proven by the signature of the employee's own card over exactly this seed; the page keeps nothing.
 */
export const openSeedServer = async (
  bank: Bank,
  desk: OperatorDesk,
  tls: ServerTls,
): Promise<FastifyInstance> => {
  const server = openServer(bank, 'seeds', tls, (request, reply, fault) =>
    sendProblem(reply, fault, request.id),
  );
  const policy = `default-src 'none'; script-src '${hashOf(seedScript)}'; style-src '${hashOf(seedStyle)}'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;
  server.addHook('onSend', async (_request, reply) => {
    reply.header('Content-Security-Policy', policy);
    reply.header('X-Frame-Options', 'DENY');
    reply.header('Referrer-Policy', 'no-referrer');
    reply.header('Cross-Origin-Opener-Policy', 'same-origin');
    reply.header('Cross-Origin-Resource-Policy', 'same-origin');
  });

  server.get('/', (request, reply) => {
    const { searchParams } = new URL(request.url, 'https://seeds.invalid');
    const chosen = searchParams.get('lang') ?? undefined;
    const language = languageOf(chosen, undefined, request.headers['accept-language']);
    return reply.type('text/html; charset=utf-8').send(seedPage(bank, language));
  });
  server.get('/favicon.ico', (_request, reply) => reply.code(204).send());
  server.get('/state', async (_request, reply) => reply.send(await stateOf(desk)));

  server.post('/seeds', async (request, reply) => {
    const refuse = (fault: Fault) => {
      request.log.warn({ fault: fault.code, reason: fault.data.reason }, 'refused');
      return sendProblem(reply, fault, request.id);
    };
    // A page of another site sends its origin, or cannot send JSON.
    const { origin, host } = request.headers;
    if (origin !== undefined && origin !== `https://${host ?? ''}`) return refuse(fail('not-allowed').fault);
    const body = entry.safeParse(request.body);
    if (!body.success) return refuse(fail('request-malformed').fault);
    const { operatorId, epoch, part, seed, officerId, signature } = body.data;
    const entered = await enterSeed(desk, {
      operatorId,
      order: { epoch, part },
      seed: new Uint8Array(Buffer.from(seed, 'hex')),
      officerId,
      signature: new Uint8Array(Buffer.from(signature, 'base64')),
    });
    if (!entered.ok) return refuse(entered.fault);
    request.log.info({ operatorId, epoch, part, officerId }, 'seed entered');
    // What does not arrive now is brought by the next round.
    const delivered = await deliverKeys(desk, operatorId);
    return reply.send({ delivered: delivered.ok, state: await stateOf(desk) });
  });
  await server.ready();
  return server;
};

/** What the page shows: operators, the seed that is asked for next, and how the keys stand. No secret. */
const stateOf = async (desk: OperatorDesk) => {
  const operators = await desk.db
    .selectFrom('operators')
    .select(['operator_id', 'name', 'form'])
    .orderBy('operator_id')
    .execute();
  return {
    bankId: desk.bankId,
    operators: await Promise.all(
      operators.map(async ({ operator_id, name, form }) => {
        const next = await nextSeed(desk, operator_id);
        const epochs = await desk.db
          .selectFrom('operator_epochs')
          .select(['epoch', 'state', 'activated_at'])
          .where('operator_id', '=', operator_id)
          .orderBy('epoch', 'desc')
          .limit(3)
          .execute();
        const entered = await desk.db
          .selectFrom('operator_seeds')
          .select(['part', 'officer_id', 'epoch'])
          .where('operator_id', '=', operator_id)
          .orderBy('epoch', 'desc')
          .orderBy('part', 'desc')
          .limit(1)
          .executeTakeFirst();
        return {
          operatorId: operator_id,
          name,
          form,
          ...(next.ok && { next: next.value }),
          // The employee who has just entered the first half: the second is somebody else's.
          ...(entered?.part === 1 && { firstBy: entered.officer_id }),
          epochs: epochs.map((each) => ({
            epoch: each.epoch,
            state: each.state,
            ...(each.activated_at !== null && { since: each.activated_at }),
          })),
        };
      }),
    ),
  };
};

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
