import type { z } from 'zod';

/** One request of the bank's HTTP API: what both sides check, and what the OpenAPI description is made from. */
export interface Route<
  Params extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST';
  /** Path template: '/api/v1/cards/{cardId}'. */
  readonly path: string;
  readonly summary: string;
  /** Path and query parameters, all strings on the wire. */
  readonly params: Params;
  readonly body: Body;
  readonly reply: Reply;
  /** POSTs carry `Idempotency-Key` (run id + step); the same key answers the same again. */
  readonly idempotent: boolean;
}

export const route = <P extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  definition: Route<P, B, R>,
): Route<P, B, R> => definition;

export type RouteParams<R extends Route> = z.infer<R['params']>;
export type RouteBody<R extends Route> = z.infer<R['body']>;
export type RouteReply<R extends Route> = z.infer<R['reply']>;
