import { Agent, request } from 'node:https';

export interface PartnerOptions {
  /** `https://host:port/path/`; paths of requests are relative to it. */
  readonly base: string;
  /** Certificates that the partner's server may have, or their authority's, PEM; absent: the system's authorities. */
  readonly trusted?: readonly string[] | undefined;
  /** The bank's own client key and certificate, PEM. */
  readonly identity?: { readonly key: string; readonly certificate: string } | undefined;
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  readonly timeoutMs: number;
}

export type PartnerAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown }
  /** Nothing that is HTTP with JSON came back in time; whether it was done there is not known. */
  | { readonly kind: 'none'; readonly reason: 'timeout' | 'unreachable' | 'untrusted' | 'unreadable' };

/** Another system that the bank asks or tells something, over HTTPS. Never logs what it sends or gets. */
export interface Partner {
  send(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<PartnerAnswer>;
  close(): void;
}

export const openPartner = ({
  base,
  trusted,
  identity,
  minVersion = 'TLSv1.2',
  timeoutMs,
}: PartnerOptions): Partner => {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 16,
    minVersion,
    ...(trusted && { ca: [...trusted] }),
    ...(identity && { key: identity.key, cert: identity.certificate }),
  });
  return {
    send: (method, path, body, headers = {}) =>
      new Promise((resolve) => {
        const text = body === undefined ? undefined : JSON.stringify(body);
        const sent = request(
          new URL(path, base),
          {
            method,
            agent,
            headers: {
              Accept: 'application/json',
              ...headers,
              ...(text !== undefined && {
                'Content-Type': 'application/json',
                'Content-Length': Buffer.byteLength(text),
              }),
            },
          },
          (response) => {
            const chunks: Buffer[] = [];
            let length = 0;
            response.on('data', (chunk: Buffer) => {
              length += chunk.length;
              if (length > MOST_BYTES) sent.destroy();
              else chunks.push(chunk);
            });
            response.on('end', () => {
              const answered = parsed(Buffer.concat(chunks));
              resolve(
                answered === unreadable
                  ? { kind: 'none', reason: 'unreadable' }
                  : { kind: 'answer', status: response.statusCode ?? 0, body: answered },
              );
            });
            response.on('error', () => {
              resolve({ kind: 'none', reason: 'unreadable' });
            });
            // Cut off in the middle, or too long.
            response.on('close', () => {
              resolve({ kind: 'none', reason: 'unreadable' });
            });
          },
        );
        // A limit on the whole exchange: a partner that sends a byte a second holds nobody up.
        const timer = setTimeout(() => {
          resolve({ kind: 'none', reason: 'timeout' });
          sent.destroy();
        }, timeoutMs);
        sent.on('close', () => {
          clearTimeout(timer);
        });
        sent.on('error', (error: NodeJS.ErrnoException) => {
          resolve({ kind: 'none', reason: isTrustError(error) ? 'untrusted' : 'unreachable' });
        });
        sent.end(text);
      }),
    close: () => {
      agent.destroy();
    },
  };
};

const MOST_BYTES = 1024 * 1024;

const unreadable = Symbol('unreadable');

/** An empty body is an answer too. */
const parsed = (bytes: Buffer): unknown => {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return unreadable;
  }
};

/** Errors of the certificate check have names of their own: CERT_HAS_EXPIRED, SELF_SIGNED_CERT_IN_CHAIN, … */
const isTrustError = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  /CERT|SIGNATURE|ISSUER|LEAF|ALTNAME/.test(code);
