import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fail, type Fault } from '../../shared/result/index.ts';

/** Requests in a minute that one process answers to one caller. 0: as many as come. */
export interface RequestLimits {
  /** To one station, known by its certificate. */
  readonly station: number;
  /** To one address, where anybody may knock: portal, enrolment, online, seeds. */
  readonly address: number;
}

/** An issuance asks some 60 times; one that is wrapped command by command some hundreds. */
export const requestLimits: RequestLimits = { station: 6_000, address: 3_000 };

const MINUTE = 60_000;

/**
 * Turns away who asks too often, before anything is looked at: 429 with Retry-After, nothing was done. Each
 * process counts for itself and in memory: a limit of all processes together would cost a write for every
 * request, and this one is there so that a caller gone mad does not use up a process.
 */
export const limitRequests = (
  server: FastifyInstance,
  who: 'station' | 'address',
  most: number,
  onLimited: () => void,
  refuse: (request: FastifyRequest, reply: FastifyReply, fault: Fault) => FastifyReply,
): void => {
  if (most === 0) return;
  void server.register(rateLimit, { global: false });
  let count: ReturnType<FastifyInstance['createRateLimit']> | undefined;
  server.addHook('onRequest', async (request, reply) => {
    count ??= server.createRateLimit({
      max: most,
      timeWindow: MINUTE,
      keyGenerator: (each) => (who === 'station' ? (each.stationId ?? '') : each.ip),
    });
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return undefined;
    const seconds = Math.max(1, counted.ttlInSeconds);
    onLimited();
    reply.header('Retry-After', String(seconds));
    return refuse(request, reply, fail('bank-busy', { reason: 'rate-limit', seconds }).fault);
  });
};
