import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { once } from 'node:events';

export interface LoadAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * A kept HTTP/1.1 connection for loads: one request at a time, its bytes made before, of the answer only what says
 * where it ends. Whatever else a client does would be taken from the server, which shares the cores with it.
 */
export interface LoadConnection {
  /** @param request a whole request, as `requestBytes` makes it */
  send(request: Buffer): Promise<LoadAnswer>;
  close(): void;
}

export const requestBytes = (
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Buffer => {
  const all = { Host: '127.0.0.1', ...headers, 'Content-Length': String(Buffer.byteLength(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
};

/** @param tls undefined: plain HTTP */
export const openLoadConnection = async (
  port: number,
  tls?: Pick<ConnectionOptions, 'key' | 'cert' | 'ca' | 'minVersion'>,
): Promise<LoadConnection> => {
  const to = { port, host: '127.0.0.1', noDelay: true };
  const socket: Socket = tls === undefined ? connectPlain(to) : connectTls({ ...to, ...tls });
  await once(socket, tls === undefined ? 'connect' : 'secureConnect');
  let waiting: PromiseWithResolvers<LoadAnswer> | undefined;
  let received = '';
  const fail = (error: Error): void => waiting?.reject(error);
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
    const answer = answerIn(received);
    if (answer === undefined) return;
    received = '';
    waiting?.resolve(answer);
  });
  socket.on('error', fail);
  socket.on('close', () => {
    fail(new Error('the connection was closed'));
  });
  return {
    send(request) {
      if (socket.destroyed) return Promise.reject(new Error('the connection was closed'));
      waiting = Promise.withResolvers();
      socket.write(request);
      return waiting.promise;
    },
    close: () => socket.destroy(),
  };
};

/** Undefined while some of it is still to come. */
const answerIn = (received: string): LoadAnswer | undefined => {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.slice(0, end);
  const body = received.slice(end + 4);
  const status = Number(head.slice(9, 12));
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  // Without a length it comes in chunks (RFC 9112, 7.1), the last of which is empty.
  const isWhole = length === undefined ? body.endsWith('\r\n0\r\n\r\n') : body.length >= Number(length);
  return isWhole ? { status, body } : undefined;
};
