import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPartner, type Partner } from '../../../electron/bank-server/http/open-partner.ts';
import { httpDestination } from '../../../electron/bank-server/outbox/destinations.ts';
import type { Destination } from '../../../electron/bank-server/outbox/dispatch-notifications.ts';
import type { Notification } from '../../../electron/bank-server/outbox/notification.ts';
import { newIdentity, type TestIdentity } from '../operator/certificates.ts';

/* Notifications over real HTTPS, with certificates on both sides, to a receiver that is not always there. */

const identity = { bankId: 'test-bank', bankName: '测试银行', bankNameLatin: 'Test Bank' };
const message: Notification = {
  notificationId: '3f0c1c62-9f52-4b0e-8d5b-2f6d1e1c9a10',
  kind: 'card-handed-over',
  cardId: 'CW-7K3M-9QXD-2RTA',
  customerId: 'C-100001',
  at: '2026-11-20T09:31:07.412Z',
  reason: 'handed over 交付',
  requestId: '9b1e',
};

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly type: string | undefined;
  readonly key: string | string[] | undefined;
  readonly sender: string | undefined;
  readonly body: unknown;
}

describe('notifications over HTTPS', () => {
  let [receiver, bank, stranger]: TestIdentity[] = [];
  const seen: Received[] = [];
  let answer: number | 'hang up' | 'silence' | 'nonsense' = 204;
  let server: Server;
  let base: string;
  const partners: Partner[] = [];

  beforeAll(async () => {
    [receiver, bank, stranger] = await Promise.all(
      ['receiver', 'bank', 'stranger'].map((name) => newIdentity(name)),
    );
    server = createServer({
      key: receiver!.key,
      cert: receiver!.certificate,
      ca: bank!.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    });
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { socket, method, url: path, headers } = request;
        seen.push({
          ...{ method, path, type: headers['content-type'], key: headers['idempotency-key'] },
          sender:
            socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN?.toString() : undefined,
          body: JSON.parse(body) as unknown,
        });
        if (answer === 'hang up') socket.destroy();
        else if (answer === 'nonsense') response.end('<html>');
        else if (answer !== 'silence') response.writeHead(answer).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `https://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/cards`;
  });
  afterAll(() => {
    for (const partner of partners) partner.close();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    seen.length = 0;
    answer = 204;
  });

  const destination = (of = bank!, trusted = receiver!, to = base): Destination => {
    const partner = openPartner({ base: to, trusted: [trusted.certificate], identity: of, timeoutMs: 1_000 });
    partners.push(partner);
    return httpDestination(partner, identity);
  };

  it('are posted as JSON under their own id, by who the bank says it is', async () => {
    expect(await destination()(message)).toBeUndefined();
    expect(seen).toEqual([
      {
        method: 'POST',
        path: '/hooks/cards',
        type: 'application/json',
        key: message.notificationId,
        sender: 'bank',
        body: { bankId: 'test-bank', ...message },
      },
    ]);
  });

  it.each([200, 202, 204])('are safe there after %i', async (status) => {
    answer = status;
    expect(await destination()(message)).toBeUndefined();
  });

  it.each([301, 400, 409, 500, 503])('are not safe there after %i', async (status) => {
    answer = status;
    expect(await destination()(message)).toBe(`status ${status}`);
  });

  it('say why when nothing came back, and come again under the same id', async () => {
    const send = destination();
    const reasons: (string | undefined)[] = [];
    for (answer of ['hang up', 'silence', 'nonsense', 204] as const) reasons.push(await send(message));
    expect(reasons).toEqual(['unreachable', 'timeout', 'unreadable', undefined]);
    expect(new Set(seen.map(({ key }) => key))).toEqual(new Set([message.notificationId]));
    expect(seen).toHaveLength(4);
  });

  it('are not sent to a server that is not the receiver, nor taken from who is not the bank', async () => {
    expect(await destination(bank, stranger)(message)).toBe('untrusted');
    expect(await destination(stranger)(message)).toBe('unreachable');
    expect(await destination(bank, receiver, 'https://127.0.0.1:1/')(message)).toBe('unreachable');
    expect(seen).toEqual([]);
  });
});
