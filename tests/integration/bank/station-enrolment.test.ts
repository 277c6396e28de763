import { AsnConvert } from '@peculiar/asn1-schema';
import BetterSqlite3 from 'better-sqlite3';
import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeName, type SubjectName } from '../../../electron/bank-server/ca/subject-name.ts';
import { bankLog } from '../../../electron/bank-server/log.ts';
import { runCommand } from '../../../electron/bank-server/standalone/run-command.ts';
import { serveBank, type ServingBank } from '../../../electron/bank-server/standalone/serve-bank.ts';
import { setUpBank } from '../../../electron/bank-server/standalone/set-up-bank.ts';
import {
  readStandaloneOptions,
  type StandaloneOptions,
} from '../../../electron/bank-server/standalone/standalone-options.ts';
import { httpsSend, type HttpAnswer } from '../../harness/bank-client.ts';
import { certificateRequest, certificatesIn, newKey } from '../../harness/issue-card.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardwright-enrol-'));
const stationFolder = join(folder, 'station');
const log = bankLog('silent');
const options = (...args: string[]): StandaloneOptions => {
  const read = readStandaloneOptions([
    ...args,
    ...['--database', join(folder, 'bank.sqlite'), '--data', join(folder, 'data'), '--api', '127.0.0.1:0'],
    ...['--portal', '127.0.0.1:0', '--operations', '127.0.0.1:0', '--enrolment', '127.0.0.1:0'],
    ...['--bank-id', 'enrol-bank', '--bank-name', 'Enrol Bank', '--portal-origin', 'https://127.0.0.1:29444'],
    ...['--station-folder', stationFolder],
  ]);
  if (!read.ok) throw new Error(read.errors.join('; '));
  return read.options;
};
const command = async (...args: string[]): Promise<Record<string, unknown>> => {
  const done = await runCommand(options(...args), log);
  if (!done.ok) throw new Error(JSON.stringify(done.fault));
  return done.value as Record<string, unknown>;
};

let bank: ServingBank;
let ca: Buffer;
const key = newKey('p-256');
let certificate: Buffer;

beforeAll(async () => {
  expect(await setUpBank(options('set-up'), log)).toMatchObject({ ok: true });
  const serving = await serveBank(options('serve'), log);
  if (!serving.ok) throw new Error(JSON.stringify(serving.fault));
  bank = serving.value;
  ca = readFileSync(join(stationFolder, 'bank-ca.pem'));
});
afterAll(async () => {
  await bank.stop();
  rmSync(folder, { recursive: true, force: true });
});

const named = (stationId: string): Buffer => {
  const subject: SubjectName = [
    { type: 'CN', value: 'Branch 7' },
    { type: 'serialNumber', value: stationId },
    { type: 'O', value: 'Enrol Bank' },
    { type: 'C', value: 'CN' },
  ];
  return Buffer.from(AsnConvert.serialize(encodeName(subject)));
};
const enrol = (
  der: Uint8Array,
  password: string | undefined,
  user = 'station-7',
  lines = true,
): Promise<HttpAnswer> =>
  httpsSend(
    new Agent({ ca }),
    new URL('/.well-known/est/station/simpleenroll', `https://127.0.0.1:${bank.ports.enrolment!}`),
    'POST',
    lines
      ? Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')
      : Buffer.from(der).toString('base64'),
    {
      'Content-Type': 'application/pkcs10',
      ...(password !== undefined && {
        Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      }),
    },
  );
const reenrol = (
  der: Uint8Array,
  withKey: KeyObject,
  cert: Buffer,
  port = bank.ports.api,
  label = 'station/',
): Promise<HttpAnswer> =>
  httpsSend(
    new Agent({
      ca,
      key: withKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: new X509Certificate(cert).toString(),
    }),
    new URL(`/.well-known/est/${label}simplereenroll`, `https://127.0.0.1:${port}`),
    'POST',
    Buffer.from(der).toString('base64'),
    { 'Content-Type': 'application/pkcs10' },
  );
const reasonOf = (answer: HttpAnswer): unknown =>
  (JSON.parse(answer.body.toString()) as { fault: { data: { reason?: string } } }).fault.data.reason;

describe('a station without a certificate', () => {
  it('enrols with its password once an officer has approved, and only for its own name and one key', async () => {
    const { password } = (await command('admit-station', 'station-7')) as { password: string };
    const request = certificateRequest(key, named('station-7'));

    const anonymous = await enrol(request, undefined);
    expect([anonymous.status, anonymous.headers['www-authenticate']]).toEqual([
      401,
      'Basic realm="enrolment", charset="UTF-8"',
    ]);
    expect((await enrol(request, 'WRONG')).status).toBe(401);
    expect((await enrol(request, password, 'station-8')).status).toBe(401);
    const other = await enrol(certificateRequest(key, named('station-8')), password);
    expect([other.status, reasonOf(other)]).toEqual([400, 'subject']);

    const pending = await enrol(request, password);
    expect([pending.status, pending.headers['retry-after']]).toEqual([202, '60']);
    expect((await enrol(request, password)).status).toBe(202);
    const secondKey = await enrol(certificateRequest(newKey('p-256'), named('station-7')), password);
    expect([secondKey.status, reasonOf(secondKey)]).toEqual([400, 'key-differs']);

    const { waiting } = (await command('list-enrolments')) as { waiting: { request_id: string }[] };
    expect(waiting).toHaveLength(1);
    await command('approve-enrolment', waiting[0]!.request_id, '--officer', 'manager-1');
    const issued = await enrol(request, password);
    expect(issued.status).toBe(200);
    certificate = certificatesIn(issued)[0]!;
    expect(new X509Certificate(certificate).publicKey.equals(createPublicKey(key))).toBe(true);
    // The answer was lost: the same certificate again.
    expect(certificatesIn(await enrol(request, password))[0]).toEqual(certificate);
  });

  it('gets its answer in one line when it asks in one line, in lines when it asks in lines', async () => {
    const { password } = (await command('admit-station', 'station-7')) as { password: string };
    const request = certificateRequest(key, named('station-7'));
    expect((await enrol(request, password)).body.toString().trim()).toContain('\n');
    expect((await enrol(request, password, 'station-7', false)).body.toString().trim()).not.toContain('\n');
  });

  it('is not let in with the right password after ten wrong ones, or when an officer said no', async () => {
    const admitted = (await command('admit-station', 'station-9')) as { password: string };
    const ninth = certificateRequest(newKey('p-256'), named('station-9'));
    for (let tries = 0; tries < 10; tries += 1)
      expect((await enrol(ninth, 'WRONG', 'station-9')).status).toBe(401);
    expect((await enrol(ninth, admitted.password, 'station-9')).status).toBe(401);

    const again = (await command('admit-station', 'station-9')) as { password: string };
    expect((await enrol(ninth, again.password, 'station-9')).status).toBe(202);
    const { waiting } = (await command('list-enrolments')) as { waiting: { request_id: string }[] };
    await command('refuse-enrolment', waiting[0]!.request_id, '--officer', 'manager-1');
    const refused = await enrol(ninth, again.password, 'station-9');
    expect([refused.status, reasonOf(refused)]).toEqual([400, 'not-approved']);
  });
});

describe('a station with a certificate', () => {
  it('gets the next one at once, for a new key and for the same, and goes on with it', async () => {
    const next = newKey('p-256');
    const renewed = await reenrol(certificateRequest(next, named('station-7')), key, certificate);
    expect(renewed.status).toBe(200);
    const second = certificatesIn(renewed)[0]!;
    expect(new X509Certificate(second).subject).toBe(new X509Certificate(certificate).subject);
    const sameKey = await reenrol(certificateRequest(next, named('station-7')), next, second);
    expect(sameKey.status).toBe(200);
    const third = certificatesIn(sameKey)[0]!;
    expect(new X509Certificate(third).serialNumber).not.toBe(new X509Certificate(second).serialNumber);
  });

  it('gets none for another name', async () => {
    const refused = await reenrol(certificateRequest(key, named('station-8')), key, certificate);
    expect([refused.status, reasonOf(refused)]).toEqual([400, 'subject']);
  });

  it('gets the next one without a label too, under the profile of the one it has', async () => {
    const [own, other] = [named('station-7'), named('station-8')].map((subject) =>
      certificateRequest(newKey('p-256'), subject),
    );
    for (const port of [bank.ports.api, bank.ports.enrolment!]) {
      expect((await reenrol(own!, key, certificate, port, '')).status).toBe(200);
      expect(reasonOf(await reenrol(other!, key, certificate, port, ''))).toBe('subject');
      expect(reasonOf(await reenrol(own!, key, certificate, port, 'station-rsa2048/'))).toBe('algorithm');
    }
  });

  it('gets none with a certificate that is no station’s, and none with one that was revoked', async () => {
    const request = certificateRequest(newKey('p-256'), named('station-7'));
    const setProfile = (profile: string, state: string) => {
      const database = new BetterSqlite3(join(folder, 'bank.sqlite'));
      const serial = new X509Certificate(certificate).serialNumber.toLowerCase();
      database
        .prepare('update certificates set profile = ?, state = ? where serial = ?')
        .run(profile, state, serial);
      database.close();
    };
    for (const [profile, state] of [
      ['card-p256', 'issued'],
      ['partner', 'issued'],
      ['station', 'revoked'],
    ] as const) {
      setProfile(profile, state);
      for (const port of [bank.ports.api, bank.ports.enrolment!])
        for (const label of ['', 'station/'])
          expect((await reenrol(request, key, certificate, port, label)).status).toBe(403);
    }
    setProfile('station', 'issued');
    expect((await reenrol(request, key, certificate)).status).toBe(200);
  });
});
