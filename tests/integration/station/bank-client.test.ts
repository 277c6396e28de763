import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { createServer as createPlainServer, type AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BankClient } from '../../../electron/station/bank/bank-client.ts';
import { parseCertificates } from '../../../electron/station/bank/certs-only.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { must } from '../../harness/start-station.ts';

/** Every way the line to the bank can be wrong, over real TLS. */

let bank: TestBank;
let folder: string;
const clients: BankClient[] = [];
const servers: { close(): unknown }[] = [];

beforeAll(async () => {
  bank = await startBank();
  folder = mkdtempSync(join(tmpdir(), 'cardwright-line-'));
});
afterAll(async () => {
  for (const client of clients) client.close();
  for (const server of servers) server.close();
  await bank.stop();
  rmSync(folder, { recursive: true, force: true });
});

const pem = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
const client = (changes: Partial<Parameters<typeof httpsBankClient>[0]> = {}): BankClient => {
  const made = httpsBankClient({
    origin: bank.server.apiOrigin,
    key: pem('station.key.pem'),
    certificate: pem('station.cert.pem'),
    bankCa: pem('bank-ca.pem'),
    ...changes,
  });
  clients.push(made);
  return made;
};
const codeOf = async (answer: Promise<{ ok: boolean; fault?: { code: string } }>) =>
  (await answer).fault?.code ?? 'ok';

/** A certificate for 127.0.0.1 that signs itself. */
function selfSigned(name: string): { key: string; cert: string } {
  const key = join(folder, `${name}.key`);
  const cert = join(folder, `${name}.crt`);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  execFileSync('openssl', [
    ...['req', '-x509', '-new', '-key', key, '-out', cert, '-days', '1', '-subj', `/CN=${name}`],
    ...['-addext', 'subjectAltName=IP:127.0.0.1'],
  ]);
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

/** A server in the bank's place, with its own idea of an answer. */
async function impostor(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ origin: string; bankCa: string }> {
  const { key, cert } = selfSigned('impostor');
  const server: Server = createServer({ key, cert, minVersion: 'TLSv1.3' }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, bankCa: cert };
}

describe('reaching the bank', () => {
  test('it answers, typed and checked', async () => {
    const status = must(await client().call('status', {}, {}));
    expect(status).toMatchObject({ bankId: 'qingyu-training', training: true });
  });

  test('what it refuses is its own fault, not the network’s', async () => {
    const answer = client().call('readCustomer', { customerId: 'C-000000' }, {});
    expect(await codeOf(answer)).toBe('customer-unknown');
  });

  test('parameters are escaped: nobody walks to another path', async () => {
    const answer = client().call('readCustomer', { customerId: '../cards?x=' }, {});
    expect(await codeOf(answer)).toBe('customer-unknown');
  });

  test('a server that is not there', async () => {
    const answer = client({ origin: 'https://127.0.0.1:1' }).call('status', {}, {});
    expect(await codeOf(answer)).toBe('bank-unreachable');
  });

  test('a server of somebody else', async () => {
    const { origin } = await impostor((_, response) => response.end('{}'));
    expect(await codeOf(client({ origin }).call('status', {}, {}))).toBe('bank-untrusted');
  });

  test('the right certificate for another address', async () => {
    const port = new URL(bank.server.apiOrigin).port;
    const other = client({ origin: `https://ip6-localhost.invalid:${port}` });
    expect(['bank-unreachable', 'bank-untrusted']).toContain(await codeOf(other.call('status', {}, {})));
  });

  test('a station that the bank does not know', async () => {
    const stranger = selfSigned('stranger');
    const answer = client({ key: stranger.key, certificate: stranger.cert }).call('status', {}, {});
    expect(await codeOf(answer)).toBe('bank-refused-station');
  });

  test('a server that takes the call and never answers', async () => {
    const { origin, bankCa } = await impostor(() => {});
    const answer = client({ origin, bankCa }).call('status', {}, {}, { timeoutMs: 80 });
    expect(await codeOf(answer)).toBe('bank-timeout');
  });

  test('a server that answers half and stays silent', async () => {
    const { origin, bankCa } = await impostor((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"bankId":');
    });
    const answer = client({ origin, bankCa }).call('status', {}, {}, { timeoutMs: 80 });
    expect(await codeOf(answer)).toBe('bank-timeout');
  });

  test('something that speaks no TLS', async () => {
    const server = createPlainServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(['bank-untrusted', 'bank-unreachable']).toContain(
      await codeOf(client({ origin }).call('status', {}, {})),
    );
  });

  test.each([
    ['no JSON', 200, 'application/json', '{', 'bank-bad-answer'],
    ['another kind', 200, 'text/html', '<h1>', 'bank-bad-answer'],
    ['a field missing', 200, 'application/json', '{"bankId":"x"}', 'bank-bad-answer'],
    ['a problem that is none', 409, 'application/problem+json', '{}', 'bank-bad-answer'],
    ['an unknown fault code', 409, 'application/problem+json', problemWith('made-up'), 'bank-bad-answer'],
    ['a known fault', 409, 'application/problem+json', problemWith('card-unknown'), 'card-unknown'],
    ['unauthorised', 401, 'text/plain', '', 'bank-refused-station'],
    ['too busy', 503, 'text/plain', '', 'bank-busy'],
    ['broken', 500, 'text/plain', 'stack trace', 'bank-internal-error'],
    ['a redirect', 302, 'text/plain', '', 'bank-bad-answer'],
  ])('an answer that is %s', async (_, statusCode, contentType, body, code) => {
    const { origin, bankCa } = await impostor((__, response) => {
      response.writeHead(statusCode, { 'content-type': contentType }).end(body);
    });
    expect(await codeOf(client({ origin, bankCa }).call('status', {}, {}))).toBe(code);
  });

  test('a kept connection that the bank closed is opened again, once, for what may be repeated', async () => {
    let requests = 0;
    const { origin, bankCa } = await impostor((request, response) => {
      requests += 1;
      if (requests === 2) request.socket.destroy();
      else
        response
          .writeHead(409, { 'content-type': 'application/problem+json' })
          .end(problemWith('card-unknown'));
    });
    const one = client({ origin, bankCa });
    expect(await codeOf(one.call('readCard', { cardId: 'a' }, {}))).toBe('card-unknown');
    expect(await codeOf(one.call('readCard', { cardId: 'a' }, {}))).toBe('card-unknown');
    expect(requests).toBe(3);
  });
});

describe('idempotency keys', () => {
  test('carry the run and step, and tell one body from another', async () => {
    const keys: (string | undefined)[] = [];
    const { origin, bankCa } = await impostor((request, response) => {
      keys.push(request.headers['idempotency-key'] as string | undefined);
      response
        .writeHead(409, { 'content-type': 'application/problem+json' })
        .end(problemWith('card-unknown'));
    });
    const one = client({ origin, bankCa });
    const call = (receiptNumber: string) =>
      one.call('deliverCard', { cardId: 'a' }, { receiptNumber }, { idempotencyKey: 'r1/deliver/1' });
    await call('R-1');
    await call('R-1');
    await call('R-2');
    await one.call('readCard', { cardId: 'a' }, {});
    expect(keys[0]).toMatch(/^r1\/deliver\/1\/[0-9a-f]{16}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(keys[3]).toBeUndefined();
  });
});

describe('enrolment (EST)', () => {
  test('gives the CA that is pinned', async () => {
    const one = client();
    const certificates = must(await one.readCaCertificates());
    expect(certificates.some((der) => Buffer.from(der).equals(Buffer.from(one.caCertificate)))).toBe(true);
  });

  test('a request that is none is refused with the reason', async () => {
    const refused = await client().enrol('card-p256', new Uint8Array([1, 2, 3]));
    expect(refused).toMatchObject({ fault: { code: 'csr-refused', data: { reason: 'malformed' } } });
  });

  test('base64 on one line and in many is read alike, anything else is not', async () => {
    const { stdout } = certsOnly();
    const oneLine = stdout.replaceAll('\n', '');
    expect(parseCertificates(stdout)).toHaveLength(1);
    expect(parseCertificates(oneLine)).toEqual(parseCertificates(stdout));
    expect(parseCertificates(`${oneLine.slice(0, -8)}AAAA`)).toBeUndefined();
    expect(parseCertificates('<html>')).toBeUndefined();
    expect(parseCertificates('AAAA')).toBeUndefined();
    expect(parseCertificates('')).toBeUndefined();
  });

  test.each([
    ['text/plain', 200, 'AAAA', 'bank-bad-answer'],
    ['application/pkcs7-mime', 200, 'AAAA', 'bank-bad-answer'],
    ['application/pkcs7-mime', 202, '', 'bank-busy'],
  ])('an answer of %s %s', async (contentType, statusCode, body, code) => {
    const { origin, bankCa } = await impostor((_, response) => {
      response.writeHead(statusCode, { 'content-type': contentType, 'retry-after': '60' }).end(body);
    });
    expect(await codeOf(client({ origin, bankCa }).enrol('card-p256', new Uint8Array([1])))).toBe(code);
  });
});

function problemWith(code: string): string {
  return JSON.stringify({
    type: 'about:blank',
    title: 'refused',
    status: 409,
    fault: { code, data: {} },
    requestId: 'x',
  });
}

/** A certs-only message as OpenSSL makes it. */
function certsOnly(): { stdout: string } {
  const der = execFileSync('openssl', [
    ...['crl2pkcs7', '-nocrl', '-certfile', join(bank.stationFolder, 'bank-ca.pem'), '-outform', 'DER'],
  ]);
  return { stdout: (der.toString('base64').match(/.{1,64}/g) ?? []).join('\n') };
}
