import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface RecordedMessage {
  readonly path: string;
  readonly request: string;
  readonly status: number;
  readonly reply: string;
}

export interface RecordingProxy {
  readonly origin: string;
  readonly messages: RecordedMessage[];
  /** Sends it again to the bank, with this identity or the operator's. */
  send(path: string, body: string, as?: Identity): Promise<{ status: number; reply: string }>;
  close(): Promise<void>;
}

interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Stands between operator and bank with the operator's own identity, passes everything on, keeps it all. */
export const recordingProxy = async (
  target: string,
  identity: Identity,
  ca: string,
  onMessage: (message: Omit<RecordedMessage, 'status' | 'reply'>) => void = () => {},
): Promise<RecordingProxy> => {
  const messages: RecordedMessage[] = [];
  const send = (path: string, body: string, { key, cert }: Identity = identity) =>
    new Promise<{ status: number; reply: string }>((resolve, reject) => {
      const outgoing = request(
        `${target}${path}`,
        {
          method: 'POST',
          ca,
          key,
          cert,
          agent: false,
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        },
        (incoming) => {
          let reply = '';
          incoming.setEncoding('utf8');
          incoming.on('data', (part: string) => (reply += part));
          incoming.on('end', () => resolve({ status: incoming.statusCode!, reply }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const server = createServer(
    { ...identity, requestCert: true, rejectUnauthorized: false },
    (incoming, outgoing) => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (part: string) => (body += part));
      incoming.on('end', () => {
        const path = incoming.url!;
        onMessage({ path, request: body });
        send(path, body).then(
          ({ status, reply }) => {
            messages.push({ path, request: body, status, reply });
            outgoing.writeHead(status, { 'content-type': 'application/json' }).end(reply);
          },
          () => outgoing.destroy(),
        );
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    send,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
