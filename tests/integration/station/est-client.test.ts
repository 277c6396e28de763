import { execFileSync } from 'node:child_process';
import { createPublicKey, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import { makeCertificateRequest } from '../../../electron/station/bank/certificate-request.ts';
import { estClient, type EstServer, type MakeRequest } from '../../../electron/station/bank/est-client.ts';
import { httpsSend } from '../../harness/bank-client.ts';
import { startEnrolmentBank, type EnrolmentBank } from '../../harness/enrolment-bank.ts';
import { newKey } from '../../harness/issue-card.ts';
import { root } from '../../harness/root.ts';

const requestFor =
  (key: KeyObject, subject: string, changed?: (binding: string) => string): MakeRequest =>
  (challengePassword) =>
    makeCertificateRequest({
      order: { profile: 'station', algorithm: 'p-256', subject },
      publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }),
      sign: async (bytes) => ok(sign('sha256', bytes, key)),
      ...(challengePassword !== undefined && {
        challengePassword: changed?.(challengePassword) ?? challengePassword,
      }),
    });

const faultOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.fault);

describe('against another maker’s EST server (recorded answers of libest)', () => {
  interface Exchange {
    readonly op: string;
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }
  const { exchanges } = JSON.parse(
    readFileSync(join(root, 'tests/vectors/est/est-exchanges.json'), 'utf8'),
  ) as { exchanges: readonly Exchange[] };
  const recorded = (op: string): Exchange => exchanges.find((each) => each.op.includes(op))!;

  const folder = mkdtempSync(join(tmpdir(), 'cardwright-est-'));
  let answers: Exchange[] = [];
  const seen: { url: string; authorization: string | undefined; body: string }[] = [];
  let server: EstServer;
  let close: () => void;

  beforeAll(async () => {
    const [key, cert] = [join(folder, 'k.pem'), join(folder, 'c.pem')];
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    execFileSync('openssl', [...args, ...name, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const replay = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        seen.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
        const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => replay.listen(0, 'localhost', resolve));
    const { port } = replay.address() as AddressInfo;
    server = { origin: `https://localhost:${String(port)}`, ca: readFileSync(cert, 'utf8') };
    close = () => replay.close();
  });
  afterAll(() => {
    close();
    rmSync(folder, { recursive: true, force: true });
  });
  const enrol = (op: string, patienceMs = 0) => {
    answers = [recorded(op)];
    return estClient(server).enrol(requestFor(newKey('p-256'), 'CN=Zhang San,O=Test Bank'), patienceMs);
  };

  test('its CA’s certificates are read', async () => {
    answers = [recorded('cacerts')];
    const read = await estClient(server).readCaCertificates();
    if (!read.ok) throw new Error(read.fault.code);
    expect(new X509Certificate(read.value[0]!).subject).toBe('CN=estExampleCA');
  });

  test('a certificate is taken from simpleenroll and simplereenroll; the request goes in lines', async () => {
    const enrolled = await enrol('simpleenroll with Basic auth');
    if (!enrolled.ok) throw new Error(enrolled.fault.code);
    expect(new X509Certificate(enrolled.value).subject).toBe('CN=Zhang San');
    const { url, body } = seen.at(-1)!;
    expect(url).toBe('/.well-known/est/simpleenroll');
    expect(Math.max(...body.split('\n').map((line) => line.length))).toBe(64);

    answers = [recorded('simplereenroll')];
    const renewed = await estClient({ ...server, label: 'cards' }).reenrol(
      requestFor(newKey('p-256'), 'CN=Zhang San,O=Test Bank'),
      0,
    );
    expect(renewed.ok).toBe(true);
    expect(seen.at(-1)!.url).toBe('/.well-known/est/cards/simplereenroll');
  });

  test('what it refuses is told apart', async () => {
    expect(faultOf(await enrol('without credentials'))).toMatchObject({ code: 'bank-refused-station' });
    expect(faultOf(await enrol('wrong password'))).toMatchObject({ code: 'bank-refused-station' });
    expect(faultOf(await enrol('body AAAA'))).toMatchObject({
      code: 'bank-bad-answer',
      data: { status: 400 },
    });
    expect(faultOf(await enrol('nosuch'))).toMatchObject({ code: 'bank-bad-answer', data: { status: 404 } });
  });

  test('a request that waits is asked again when it says so, and given up when that is too late', async () => {
    expect(faultOf(await enrol('manual approval', 60_000))).toEqual({
      code: 'bank-busy',
      data: { status: 202, retryAfterSeconds: 3600 },
    });
    const soon = { ...recorded('manual approval'), headers: { 'Retry-After': '1' } };
    const date = { 'Retry-After': new Date(Date.now() + 2000).toUTCString() };
    answers = [soon, { ...soon, headers: date }, recorded('simpleenroll with Basic auth')];
    const before = seen.length;
    const make = requestFor(newKey('p-256'), 'CN=Zhang San,O=Test Bank');
    expect((await estClient(server).enrol(make, 60_000)).ok).toBe(true);
    expect(seen.length - before).toBe(3);
  });
});

describe('against this bank, tied to the connection', () => {
  let bank: EnrolmentBank;
  const resources = mkdtempSync(join(tmpdir(), 'cardwright-binding-'));

  beforeAll(async () => {
    const profiles = join(resources, 'certificate-profiles');
    cpSync(join(root, 'resources/certificate-profiles'), profiles, { recursive: true });
    cpSync(join(root, 'resources/card-profiles'), join(resources, 'card-profiles'), { recursive: true });
    const file = join(profiles, 'station.json');
    const profile = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...profile, channelBinding: 'required' }));
    const settings = ['--enrolment-tls', '1.2', '--enrolment-retry-after', '1'];
    bank = await startEnrolmentBank(...settings, '--resources', resources);
  });
  afterAll(async () => {
    await bank.stop();
    rmSync(resources, { recursive: true, force: true });
  });
  const subject = (id: string) => `CN=Branch,serialNumber=${id},O=Enrol Bank,C=CN`;

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'a request enrols over %s after approval, and re-enrols, each with its connection’s own value',
    async (version) => {
      const id = `station-${version.slice(-1)}`;
      const server: EstServer = {
        origin: bank.enrolmentOrigin,
        ca: bank.ca.toString(),
        label: 'station',
        versions: { minVersion: version, maxVersion: version },
      };
      const first = { ...server, password: { user: id, secret: await bank.admit(id) } };
      const key = newKey('p-256');
      const bindings: string[] = [];
      const waiting = estClient(first).enrol(
        requestFor(key, subject(id), (binding) => {
          bindings.push(binding);
          return binding;
        }),
        30_000,
      );
      await expect.poll(() => bank.approveAll()).toBe(1);
      const enrolled = await waiting;
      if (!enrolled.ok) throw new Error(JSON.stringify(enrolled.fault));
      // Asked twice at least, over two connections.
      expect(new Set(bindings).size).toBe(bindings.length);
      expect(bindings.length).toBeGreaterThan(1);

      const identity = {
        key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
        certificate: new X509Certificate(enrolled.value).toString(),
      };
      const again = estClient({ ...server, identity });
      const renewed = await again.reenrol(requestFor(newKey('p-256'), subject(id)), 0);
      expect(faultOf(renewed)).toBe('ok');

      const refusal = { code: 'csr-refused', data: { reason: 'channel-binding' } };
      const ofAnother = requestFor(newKey('p-256'), subject(id), () => bindings[0]!);
      expect(faultOf(await again.reenrol(ofAnother, 0))).toEqual(refusal);
      const without: MakeRequest = () => requestFor(newKey('p-256'), subject(id))(undefined);
      expect(faultOf(await again.reenrol(without, 0))).toEqual(refusal);
    },
  );

  test('the bank says so in its attributes, with key and hash (read by openssl)', async () => {
    const url = new URL('/.well-known/est/csrattrs', bank.enrolmentOrigin);
    const answer = await httpsSend(new Agent({ ca: bank.ca }), url, 'GET');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/csrattrs']);
    expect(answer.body.toString()).not.toContain('\n');
    const der = Buffer.from(answer.body.toString(), 'base64');
    const printed = execFileSync('openssl', ['asn1parse', '-inform', 'DER'], { input: der }).toString();
    const objects = [...printed.matchAll(/OBJECT\s+:(\S+)/g)].map(([, name]) => name);
    expect(objects).toEqual(['challengePassword', 'id-ecPublicKey', 'prime256v1', 'ecdsa-with-SHA256']);
  });

  test('a key made by the bank is refused by policy', async () => {
    const url = new URL('/.well-known/est/station/serverkeygen', bank.enrolmentOrigin);
    const answer = await httpsSend(new Agent({ ca: bank.ca }), url, 'POST', 'AAAA', {
      'Content-Type': 'application/pkcs10',
    });
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      fault: { code: 'csr-refused', data: { reason: 'policy' } },
    });
  });
});
