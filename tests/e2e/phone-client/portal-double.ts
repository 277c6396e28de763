import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { askPath } from '../../../electron/shared/bank-api/index.ts';
import type { OpensslAuthority } from '../../unit/sd/openssl-authority.ts';

/** Stands where the bank's portal stands, and keeps what was posted to it. */
export interface PortalDouble {
  readonly origin: string;
  readonly posts: readonly PortalPost[];
  close(): Promise<void>;
}

export interface PortalPost {
  readonly path: string;
  readonly origin: string | undefined;
  readonly referer: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

export const startPortalDouble = async (authority: OpensslAuthority): Promise<PortalDouble> => {
  const certificate = authority.issue({
    name: 'portal',
    extensions: ['subjectAltName=IP:127.0.0.1', 'extendedKeyUsage=serverAuth'],
  });
  const posts: PortalPost[] = [];
  const server = createServer(
    { key: readFileSync(certificate.keyFile), cert: certificate.certificatePem },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        // Nothing waits for this card, and it has no chain.
        if (request.url === askPath) {
          response.setHeader('Access-Control-Allow-Origin', '*');
          response.setHeader('Content-Type', 'application/json');
          response.end('{}');
          return;
        }
        if (request.method === 'POST')
          posts.push({
            path: request.url ?? '',
            origin: request.headers.origin,
            referer: request.headers.referer,
            fields: Object.fromEntries(new URLSearchParams(body)),
          });
        response.setHeader('Content-Type', 'text/html; charset=utf-8');
        response.end('<!doctype html><title>portal</title><link rel="icon" href="data:,"><h1>portal</h1>');
      });
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://127.0.0.1:${port}`,
    posts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
};
