import { request, type Agent } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { ok, type Result } from '../../shared/result/index.ts';
import { networkFault } from './network-fault.ts';

export interface Exchange {
  /** Opens and keeps the connections; or the one connection to use, agreed already. */
  readonly agent?: Agent;
  readonly connection?: TLSSocket;
  readonly origin: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** From the first byte sent to the last one received. */
  readonly timeoutMs: number;
  /** Doing it twice is the same as doing it once. */
  readonly repeatable: boolean;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  /** RFC 9110, 10.2.3, seconds or a date; at least one second. */
  readonly retryAfterSeconds?: number;
}

const largestReply = 4 * 1024 * 1024;

/** One request, one whole reply, or the fault of the network between. */
export async function exchange(order: Exchange): Promise<Result<Reply>> {
  const first = await attempt(order);
  if ('reply' in first) return ok(first.reply);
  // The bank may close a kept connection at the very moment it is used again: that says nothing about the bank.
  if (first.onKeptConnection && order.repeatable) {
    const second = await attempt(order);
    return 'reply' in second ? ok(second.reply) : networkFault(second.error);
  }
  return networkFault(first.error);
}

interface Failure {
  readonly error: unknown;
  readonly onKeptConnection: boolean;
}

/** The connection was new, TLS was agreed, and then it was closed without a word. */
export const closedAfterHandshake = 'closed-after-handshake';

class ClosedAfterHandshake extends Error {
  readonly code = closedAfterHandshake;
}

function attempt({
  agent,
  connection,
  origin,
  method,
  path,
  headers,
  body,
  timeoutMs,
}: Exchange): Promise<{ readonly reply: Reply } | Failure> {
  return new Promise((resolve) => {
    const outgoing = request(
      new URL(path, origin),
      {
        ...(connection ? { createConnection: () => connection } : { agent }),
        method,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
      },
      (incoming) => {
        const parts: Buffer[] = [];
        let size = 0;
        incoming.on('data', (part: Buffer) => {
          size += part.length;
          if (size > largestReply) incoming.destroy(new Error('reply too large'));
          else parts.push(part);
        });
        incoming.on('error', (error) => {
          clearTimeout(timer);
          resolve({ error, onKeptConnection: false });
        });
        incoming.on('end', () => {
          clearTimeout(timer);
          resolve({
            reply: {
              status: incoming.statusCode ?? 0,
              contentType: incoming.headers['content-type'] ?? '',
              body: Buffer.concat(parts),
              ...retryAfter(incoming.headers['retry-after']),
            },
          });
        });
      },
    );
    const timer = setTimeout(() => outgoing.destroy(new TimeLimit()), timeoutMs);
    let agreed = false;
    outgoing.on('socket', (socket) => {
      if (!outgoing.reusedSocket) socket.once('secureConnect', () => (agreed = true));
    });
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      const lost = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      resolve({
        error: lost && agreed ? new ClosedAfterHandshake() : error,
        onKeptConnection: lost && outgoing.reusedSocket,
      });
    });
    outgoing.end(body);
  });
}

const retryAfter = (header: string | undefined): Pick<Reply, 'retryAfterSeconds'> => {
  if (header === undefined) return {};
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? {} : { retryAfterSeconds: Math.max(1, Math.ceil(seconds)) };
};

/** Our own limit was reached, whatever the connection was doing. */
export class TimeLimit extends Error {
  readonly code = 'ETIMEDOUT';
}
