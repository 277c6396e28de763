import { readFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

/* A bank that stops answers what it was asked, and waits for nobody else: else one connection holds up a restart. */

let bank: TestBank;
let sockets: Socket[];
beforeEach(async () => {
  bank = await startBank();
  sockets = [];
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
});

const address = () => {
  const { hostname, port } = new URL(bank.server.apiOrigin);
  return { host: hostname, port: Number(port) };
};
const opened = async (socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> => {
  sockets.push(socket);
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once(event, resolve));
  return socket;
};
const overTls = (): Promise<Socket> => {
  const read = (name: string) => readFileSync(join(bank.stationFolder, name));
  const identity = { key: read('station.key.pem'), cert: read('station.cert.pem') };
  return opened(connectTls({ ...address(), ca: read('bank-ca.pem'), ...identity }), 'secureConnect');
};
/** What the other side sends until it closes. */
const allOf = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.once('close', () => {
      resolve(text);
    });
  });

describe('a bank that stops', () => {
  test.each([
    ['that has not begun TLS', () => opened(connectTcp(address()), 'connect')],
    ['on which nothing was asked', overTls],
    [
      'with half a request',
      async () => {
        const socket = await overTls();
        socket.write('GET /api/v1/status HTTP/1.1\r\nHost: b');
        return socket;
      },
    ],
  ] as const)(
    'does not wait for a connection %s',
    async (_, connect) => {
      const closed = allOf(await connect());
      await bank.stop();
      expect(await closed).toBe('');
      // Node alone waits for a minute and more; the test's own limit is far below.
    },
    20_000,
  );

  test('answers what it was asked, to the last byte', async () => {
    await overTls();
    const asking = await overTls();
    const answer = allOf(asking);
    // The password of an account is hashed for a while: the answer is under way when the bank stops.
    const body = JSON.stringify({ envelope: 'x' });
    asking.write(
      `POST /api/v1/customers/C-100001/account-pin-checks HTTP/1.1\r\nHost: bank\r\nContent-Type: application/json\r\n` +
        `Idempotency-Key: stop-1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await bank.stop();
    const text = await answer;
    expect(text).toMatch(/^HTTP\/1\.1 \d{3} /);
    const [head = '', content = ''] = text.split('\r\n\r\n');
    expect(content).toHaveLength(Number(/content-length: (\d+)/i.exec(head)?.[1]));
  }, 20_000);
});
