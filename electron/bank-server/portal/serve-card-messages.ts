import { STATUS_CODES } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  answerPath,
  askPath,
  askPayload,
  confirmationPayload,
  confirmPath,
  signOnPath,
  type AskReply,
  type OrderOutcome,
} from '../../shared/bank-api/index.ts';
import { transferText } from '../../shared/domain/index.ts';
import { ok, type Result } from '../../shared/result/index.ts';
import { checkSigned } from '../authentication/check-assertion.ts';
import { offerChallenge } from '../authentication/otp-chains.ts';
import { decideOrder, outcomeOf, readOrder, waitingOrder } from '../transactions/transfer-orders.ts';
import type { Bank } from '../bank.ts';
import type { Room } from './room.ts';
import { answerSignOn, inviteToSignOn, signOn } from './serve-random-login.ts';

/**
 * What unlocked phone clients say beside the login. They are files on a card, so any origin may read the
 * answers: without the card's signature, or a number that was given for one, there is none, and no cookie takes part.
 */
export const serveCardMessages = (server: FastifyInstance, { bank }: Room): void => {
  const serve = (
    path: string,
    answer: (message: string, request: FastifyRequest) => Promise<Result<unknown>>,
  ) => {
    server.post(path, { bodyLimit: 96 * 1024 }, async (request, reply) => {
      reply.header('Access-Control-Allow-Origin', '*');
      const message = typeof request.body === 'string' ? request.body : '';
      const result = await answer(message, request);
      return result.ok ? reply.send(result.value) : refuse(request, reply, result.fault);
    });
  };
  serve(askPath, (message) => ask(bank, message));
  serve(confirmPath, (message, request) => confirm(bank, message, request.id));
  serve(signOnPath, (message, request) => signOn(bank, fromJson(message), request.id));
  serve(answerPath, (message, request) => answerSignOn(bank, fromJson(message), request.id));
};

/** S1 steps 1 to 3. */
const ask = async (bank: Bank, message: string): Promise<Result<AskReply>> => {
  const signed = await checkSigned(bank, message, askPayload);
  if (!signed.ok) return signed;
  const { payload, file } = signed.value;
  const { cardId, about } = payload;
  const told = about === undefined ? undefined : await readOrder(bank, about, cardId);
  const order = await waitingOrder(bank, cardId);
  const challenge = await offerChallenge(bank, cardId, order === undefined ? '' : transferText(order));
  if (!challenge.ok) return challenge;
  return ok({
    ...(order && { order }),
    ...(told?.ok && { about: outcomeOf(told.value) }),
    ...(challenge.value && { challenge: challenge.value }),
    ...(bank.phoneLogin === 'random-number' &&
      order === undefined &&
      challenge.value === undefined && {
        signOn: {
          loginId: await inviteToSignOn(bank, cardId),
          previousLoginAt: file.registration.last_login_at,
        },
      }),
  });
};

/** S1, claim 6. */
const confirm = async (bank: Bank, message: string, requestId: string): Promise<Result<OrderOutcome>> => {
  const signed = await checkSigned(bank, message, confirmationPayload);
  if (!signed.ok) return signed;
  const { payload } = signed.value;
  return decideOrder(bank, payload.cardId, payload, message, requestId);
};

const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const refuse = (
  request: FastifyRequest,
  reply: FastifyReply,
  fault: { readonly code: string; readonly data: Readonly<Record<string, unknown>> },
): FastifyReply => {
  const { cardId, reason, triesLeft, seconds } = fault.data;
  request.log.info({ fault: fault.code, cardId, reason }, 'refused');
  const status = fault.code === 'bank-busy' ? 503 : 403;
  // Only what the customer may know: the reason stays in the log.
  return reply
    .code(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:cardwright:fault:${fault.code}`,
        title: STATUS_CODES[status] ?? 'Error',
        status,
        fault: {
          code: fault.code,
          data: {
            ...(typeof triesLeft === 'number' && { triesLeft }),
            ...(typeof seconds === 'number' && { seconds }),
          },
        },
        requestId: request.id,
      }),
    );
};
