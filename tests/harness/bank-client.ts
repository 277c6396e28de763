import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { z } from 'zod';
import {
  bankApi,
  problem,
  type BankApi,
  type BankCall,
  type Problem,
  type RouteReply,
  type SealedSecret,
  type SecretPurpose,
} from '../../electron/shared/bank-api/index.ts';
import { sealSecret } from './seal-secret.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export type CallAnswer<C extends BankCall> =
  | { readonly ok: true; readonly value: RouteReply<BankApi[C]> }
  | { readonly ok: false; readonly problem: Problem };

/** The smallest client of the bank's API, for tests: no retries, no cleverness, real TLS. */
export interface BankClient {
  call<C extends BankCall>(
    name: C,
    params: z.input<BankApi[C]['params']>,
    body?: z.input<BankApi[C]['body']>,
    idempotencyKey?: string,
  ): Promise<CallAnswer<C>>;
  /** As `call`, for calls that must succeed. */
  must<C extends BankCall>(
    name: C,
    params: z.input<BankApi[C]['params']>,
    body?: z.input<BankApi[C]['body']>,
    idempotencyKey?: string,
  ): Promise<RouteReply<BankApi[C]>>;
  send(
    method: string,
    path: string,
    body?: string | Buffer,
    headers?: Record<string, string>,
  ): Promise<HttpAnswer>;
  seal(purpose: SecretPurpose, customerId: string, secret: string): Promise<SealedSecret>;
  close(): void;
}

export const bankClient = (apiOrigin: string, stationFolder: string): BankClient => {
  const read = (name: string) => readFileSync(join(stationFolder, name));
  const agent = new Agent({
    keepAlive: true,
    key: read('station.key.pem'),
    cert: read('station.cert.pem'),
    ca: read('bank-ca.pem'),
    minVersion: 'TLSv1.3',
  });
  const send: BankClient['send'] = (method, path, body, headers) =>
    httpsSend(agent, new URL(path, apiOrigin), method, body, headers);

  const call: BankClient['call'] = async (name, params, body, idempotencyKey) => {
    const route = bankApi[name];
    const open = { ...(params as Record<string, string>) };
    const path = route.path.replace(/\{(\w+)\}/g, (_all, parameter: string) => {
      const value = open[parameter] ?? '';
      Reflect.deleteProperty(open, parameter);
      return encodeURIComponent(value);
    });
    const query = new URLSearchParams(open).toString();
    const answer = await send(
      route.method,
      query === '' ? path : `${path}?${query}`,
      route.method === 'GET' ? undefined : JSON.stringify(body ?? {}),
      {
        ...(route.method === 'POST' && { 'Content-Type': 'application/json' }),
        ...(route.idempotent && { 'Idempotency-Key': idempotencyKey ?? randomUUID() }),
      },
    );
    const json: unknown = JSON.parse(answer.body.toString('utf8'));
    return answer.status === 200
      ? { ok: true, value: route.reply.parse(json) as never }
      : { ok: false, problem: problem.parse(json) };
  };

  return {
    call,
    async must(name, params, body, idempotencyKey) {
      const answer = await call(name, params, body, idempotencyKey);
      if (!answer.ok) throw new Error(`${name} was refused: ${JSON.stringify(answer.problem.fault)}`);
      return answer.value;
    },
    send,
    async seal(purpose, customerId, secret) {
      const status = await call('status', {});
      if (!status.ok) throw new Error('no status');
      return sealSecret(status.value.envelopeKey, purpose, customerId, secret);
    },
    close: () => agent.destroy(),
  };
};

/** One HTTPS request; never follows a redirect. */
export const httpsSend = (
  agent: Agent,
  url: URL,
  method: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
