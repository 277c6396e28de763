import { request } from 'node:https';
import { fail, ok } from '../shared/result/index.ts';
import type { Transport } from './online-bank.ts';

export interface HttpsOptions {
  readonly timeoutMs?: number;
  readonly contentType?: 'application/json' | 'text/plain;charset=UTF-8';
}

/**
 * HTTPS without a certificate of the client's. `ca`: PEM of the bank's CA. The portal takes what a card has signed as
 * plain text.
 */
export const httpsTransport = (
  origin: string,
  ca: string,
  { timeoutMs = 20_000, contentType = 'application/json' }: HttpsOptions = {},
): Transport => ({
  send: (method, path, body) =>
    new Promise((resolve) => {
      const outgoing = request(
        new URL(path, origin),
        {
          method,
          ca,
          agent: false,
          minVersion: 'TLSv1.3',
          headers:
            body === undefined
              ? {}
              : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) },
        },
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on('data', (part: Buffer) => parts.push(part));
          incoming.on('error', () => {
            resolve(fail('bank-unreachable'));
          });
          incoming.on('end', () => {
            resolve(ok({ status: incoming.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }));
          });
        },
      );
      outgoing.setTimeout(timeoutMs, () => outgoing.destroy());
      outgoing.on('error', (error) => {
        const untrusted = 'code' in error && /CERT|SELF_SIGNED|ALTNAME|VERIFY/.test(String(error.code));
        resolve(fail(untrusted ? 'bank-untrusted' : 'bank-unreachable'));
      });
      outgoing.end(body);
    }),
});
