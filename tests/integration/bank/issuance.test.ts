import { execFileSync } from 'node:child_process';
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdManifest, userInfo as userInfoSchema } from '../../../electron/shared/bank-api/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { certify, issueCard, prove, reservation, reserve } from '../../harness/issue-card.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

let bank: TestBank;
let client: BankClient;
let folder: string;

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
  folder = mkdtempSync(join(tmpdir(), 'cardwright-openssl-'));
});

afterAll(async () => {
  await bank.stop();
  rmSync(folder, { recursive: true, force: true });
});

const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const ca = (): string => join(bank.stationFolder, 'bank-ca.pem');

describe('an issuance from the PIN to the active card', () => {
  it('moves an SD card through every state and openssl trusts what is on it', async () => {
    const card = await reserve(bank, client, 'C-100001');
    const { cardId } = card;
    expect(card.enrolment).toMatchObject({
      profile: 'card-p256',
      subject: `CN=Li Na,serialNumber=${cardId},O=Qingyu Bank (Training),C=CN`,
    });
    const states: string[] = [];
    const see = async () => {
      const { card: seen } = await client.must('readCard', { cardId });
      states.push(`${seen.state}/${seen.certificate?.state ?? '-'}/${seen.registration?.state ?? '-'}`);
    };
    await see();
    await client.must('reportKeyed', { cardId }, { publicKeySha256: card.publicKeySha256 });
    await see();
    const certificate = await certify(client, card);
    await see();

    const pem = file('card.pem', new X509Certificate(certificate).toString());
    expect(openssl('verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', ca(), pem)).toContain(
      ': OK',
    );
    const text = openssl('x509', '-in', pem, '-noout', '-text');
    expect(text).toContain(`serialNumber = ${cardId}`);
    expect(text).toContain('TLS Web Client Authentication');
    // The seed of its chain and the letters of S2 are sealed to the same key.
    expect(text).toContain('Digital Signature, Key Agreement');
    expect(text).toMatch(/CRL Distribution Points:[^]*?URI:http:\/\/127\.0\.0\.1:\d+\//);
    expect(text).toContain('CA:FALSE');
    expect(await client.must('readCertificate', { cardId })).toEqual({
      certificate: certificate.toString('base64'),
    });

    const { userInfo } = await client.must('signUserInfo', { cardId });
    const cms = file('user-info.p7m', Buffer.from(userInfo, 'base64'));
    const content = openssl('cms', '-verify', '-inform', 'DER', '-in', cms, '-CAfile', ca());
    expect(userInfoSchema.parse(JSON.parse(content))).toMatchObject({
      bankId: bank.server.bankId,
      cardId,
      customerId: 'C-100001',
      name: '李娜',
      loginName: 'lina.dew',
      portalOrigin: bank.server.portalOrigin,
      certificateSha256: createHash('sha256').update(certificate).digest('hex'),
    });

    const files = [{ path: 'client.html', sha256: 'a'.repeat(64), size: 10 }];
    const { manifest } = await client.must(
      'signManifest',
      { cardId },
      { files, clientVersion: '1.0.0', mediumIdentity: card.mediumIdentity },
    );
    const manifestFile = file('manifest.p7s', Buffer.from(manifest, 'base64'));
    const signed = openssl('cms', '-verify', '-inform', 'DER', '-in', manifestFile, '-CAfile', ca());
    expect(sdManifest.parse(JSON.parse(signed))).toMatchObject({
      files,
      mediumIdentity: card.mediumIdentity,
    });

    await client.must('reportWritten', { cardId }, { contentSha256: 'b'.repeat(64), clientVersion: '1.0.0' });
    await see();
    await prove(client, card, certificate, bank.server.bankId);
    await see();
    await client.must('registerCard', { cardId });
    await see();
    await client.must('deliverCard', { cardId }, { receiptNumber: 'R-17' });
    await see();
    await client.must('activateCard', { cardId });
    await see();
    expect(states).toEqual([
      'reserved/-/pending',
      'keyed/-/pending',
      'certified/issued/pending',
      'written/issued/pending',
      'verified/issued/pending',
      'registered/issued/pending',
      'delivered/issued/pending',
      'active/issued/active',
    ]);
  });

  it('certifies an RSA-2048 key of a SIM', async () => {
    const card = await issueCard(bank, client, 'C-100001', { kind: 'sim', algorithm: 'rsa-2048' });
    const pem = file('rsa.pem', new X509Certificate(card.certificate).toString());
    expect(openssl('verify', '-CAfile', ca(), pem)).toContain(': OK');
    expect(openssl('x509', '-in', pem, '-noout', '-text')).toContain('Public-Key: (2048 bit)');
    const { card: record } = await client.must('readCard', { cardId: card.cardId });
    expect(record).toMatchObject({ state: 'active', slot: '9a', medium: { kind: 'sim' } });
  });

  it('lists a revoked certificate, and openssl then refuses it', async () => {
    const card = await issueCard(bank, client, 'C-100002');
    const portal = bank.server.portalOrigin;
    const fetchCrl = async () => {
      const answer = await client.send('GET', `${portal}/crl`);
      expect(answer.headers['content-type']).toBe('application/pkix-crl');
      return file('crl.der', answer.body);
    };
    const verify = (crl: string) => {
      const crlPem = join(folder, 'crl.pem');
      openssl('crl', '-inform', 'DER', '-in', crl, '-out', crlPem);
      const pem = file('revoked.pem', new X509Certificate(card.certificate).toString());
      return openssl('verify', '-CAfile', ca(), '-CRLfile', crlPem, '-crl_check', pem);
    };
    expect(verify(await fetchCrl())).toContain(': OK');

    const { card: revoked } = await client.must(
      'revokeCard',
      { cardId: card.cardId },
      { reason: 'lost', officerId: 'manager-1' },
    );
    expect(revoked).toMatchObject({
      state: 'revoked',
      certificate: { state: 'revoked', reason: 'lost' },
      registration: { state: 'closed' },
    });
    const crl = await fetchCrl();
    expect(openssl('crl', '-inform', 'DER', '-in', crl, '-noout', '-CAfile', ca(), '-text')).toContain(
      revoked.certificate!.serial.toUpperCase(),
    );
    expect(() => verify(crl)).toThrow(/certificate revoked/);

    await client.must('reportWiped', { cardId: card.cardId }, { officerId: 'technician-1' });
    const again = await issueCard(bank, client, 'C-100002', { mediumIdentity: card.mediumIdentity });
    const { cards } = await client.must('findCards', { mediumIdentity: card.mediumIdentity });
    expect(cards.map(({ cardId, state }) => [cardId, state])).toEqual([
      [again.cardId, 'active'],
      [card.cardId, 'wiped'],
    ]);
    const bySerial = await client.must('findCards', {
      certificateSerial: revoked.certificate!.serial.toUpperCase(),
    });
    expect(bySerial.cards.map(({ cardId }) => cardId)).toEqual([card.cardId]);
  });
});

describe('one live card for one customer, bank and slot', () => {
  it('refuses a second one, before and after hand-over, and says which card stands in the way', async () => {
    const first = await reserve(bank, client, 'C-100003');
    const second = await client.call('reserveCard', {}, await reservation(bank, client, 'C-100003'));
    expect(second).toMatchObject({
      ok: false,
      problem: {
        status: 409,
        fault: {
          code: 'customer-has-active-card',
          data: { cardId: first.cardId, state: 'reserved', unfinished: true },
        },
      },
    });
    const undone = await client.must(
      'compensateCard',
      { cardId: first.cardId },
      { reason: 'medium-removed', mediumWiped: false },
    );
    expect(undone.card).toMatchObject({ state: 'revoked', registration: { state: 'closed' } });

    const issued = await issueCard(bank, client, 'C-100003');
    const third = await client.call('reserveCard', {}, await reservation(bank, client, 'C-100003'));
    expect(third).toMatchObject({
      ok: false,
      problem: {
        fault: {
          code: 'customer-has-active-card',
          data: { cardId: issued.cardId, state: 'active', unfinished: false },
        },
      },
    });
  });

  it('refuses a medium that another live card is on', async () => {
    const card = await issueCard(bank, client, 'C-100005');
    const other = await client.call(
      'reserveCard',
      {},
      await reservation(bank, client, 'C-100006', { mediumIdentity: card.mediumIdentity }),
    );
    expect(other).toMatchObject({
      ok: false,
      problem: { fault: { code: 'medium-already-registered', data: { cardId: card.cardId } } },
    });
  });

  it('undoes an issuance from every state and says the same when asked again', async () => {
    const outcomes: string[] = [];
    for (let steps = 0; steps <= 6; steps += 1) {
      const card = await reserve(bank, client, 'C-100007');
      const { cardId } = card;
      if (steps === 1)
        await client.must('reportKeyed', { cardId }, { publicKeySha256: card.publicKeySha256 });
      const certificate = steps >= 2 ? await certify(client, card) : undefined;
      if (steps >= 3) await client.must('reportWritten', { cardId }, { contentSha256: 'c'.repeat(64) });
      if (steps >= 4) await prove(client, card, certificate!, bank.server.bankId);
      if (steps >= 5) await client.must('registerCard', { cardId });
      if (steps >= 6) await client.must('deliverCard', { cardId }, { receiptNumber: 'R-2' });
      const mediumWiped = steps % 2 === 0;
      const { card: before } = await client.must('readCard', { cardId });
      const undo = () => client.must('compensateCard', { cardId }, { reason: 'test', mediumWiped });
      const { card: after } = await undo();
      expect((await undo()).card).toEqual(after);
      outcomes.push(
        `${before.state} → ${after.state}/${after.certificate?.state ?? '-'}/${after.registration?.state ?? '-'}`,
      );
    }
    expect(outcomes).toEqual([
      'reserved → wiped/-/closed',
      'keyed → revoked/-/closed',
      'certified → wiped/revoked/closed',
      'written → revoked/revoked/closed',
      'verified → wiped/revoked/closed',
      'registered → revoked/revoked/closed',
      'delivered → wiped/revoked/closed',
    ]);
  });

  it('does not undo an active card', async () => {
    const card = await issueCard(bank, client, 'C-100008');
    const undo = await client.call(
      'compensateCard',
      { cardId: card.cardId },
      { reason: 'mistake', mediumWiped: false },
    );
    expect(undo).toMatchObject({
      ok: false,
      problem: { fault: { code: 'card-state-conflict', data: { state: 'active' } } },
    });
  });
});

describe('an action that was acknowledged', () => {
  it('is answered the same and done once, also after a restart', async () => {
    const body = await reservation(bank, client, 'C-100009');
    const key = `run-${randomUUID()}/reserve`;
    const first = await client.must('reserveCard', {}, body, key);
    expect(await client.must('reserveCard', {}, body, key)).toEqual(first);
    await bank.restart();
    client = bank.client();
    expect(await client.must('reserveCard', {}, body, key)).toEqual(first);
    const { cards } = await client.must('readCustomer', { customerId: 'C-100009' });
    expect(cards).toHaveLength(1);

    const other = await client.call('reserveCard', {}, { ...body, officerId: 'teller-2' }, key);
    expect(other).toMatchObject({
      ok: false,
      problem: { status: 409, fault: { code: 'idempotency-conflict' } },
    });
  });

  it('is done once when the same request comes twice at the same time', async () => {
    const body = await reservation(bank, client, 'C-100010');
    const key = `run-${randomUUID()}/reserve`;
    const [one, two] = await Promise.all([
      client.must('reserveCard', {}, body, key),
      client.must('reserveCard', {}, body, key),
    ]);
    expect(one).toEqual(two);
  });

  it('must carry its key', async () => {
    const answer = await client.send('POST', '/api/v1/cards', '{}', { 'Content-Type': 'application/json' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ fault: { code: 'request-malformed' } });
  });
});

describe('moves the state machine does not have', () => {
  it('are refused by name and change nothing', async () => {
    const card = await reserve(bank, client, 'C-100011');
    const { cardId } = card;
    const early = [
      await client.call('reportWritten', { cardId }, { contentSha256: 'd'.repeat(64) }),
      await client.call('registerCard', { cardId }),
      await client.call('deliverCard', { cardId }, { receiptNumber: 'R-3' }),
      await client.call('activateCard', { cardId }),
      await client.call('openChallenge', { cardId }),
      await client.call('signUserInfo', { cardId }),
      await client.call('revokeCard', { cardId }, { reason: 'lost', officerId: 'm' }),
    ];
    expect(early.map((each) => (each.ok ? 'done' : each.problem.fault.code))).toEqual(
      early.map(() => 'card-state-conflict'),
    );
    const { card: record } = await client.must('readCard', { cardId });
    expect(record).toMatchObject({ state: 'reserved', registration: { state: 'pending' } });
    expect(await client.call('readCertificate', { cardId })).toMatchObject({
      problem: { status: 404, fault: { code: 'certificate-unknown' } },
    });
    expect(await client.call('readCard', { cardId: 'CW-NONE' })).toMatchObject({
      problem: { status: 404, fault: { code: 'card-unknown' } },
    });
  });
});

describe('the proof of a card', () => {
  it('needs the very certificate, the very key and a fresh nonce', async () => {
    await client.must(
      'compensateCard',
      { cardId: (await client.must('readCustomer', { customerId: 'C-100011' })).cards[0]!.cardId },
      { reason: 'test', mediumWiped: true },
    );
    const card = await reserve(bank, client, 'C-100011');
    const other = await issueCard(bank, client, 'C-100004');
    const certificate = await certify(client, card);
    const { cardId } = card;
    const { bankId } = bank.server;

    await expect(
      prove(client, { ...card, privateKey: other.privateKey }, certificate, bankId),
    ).rejects.toThrow(/proof-refused.*signature/);
    await expect(prove(client, card, other.certificate, bankId)).rejects.toThrow(
      /proof-refused.*certificate/,
    );
    await expect(prove(client, card, certificate, 'another-bank')).rejects.toThrow(
      /proof-refused.*signature/,
    );

    const late = await client.must('openChallenge', { cardId });
    bank.advance(301);
    const proof = { signature: 'AAAA', certificate: certificate.toString('base64') };
    expect(
      await client.call('proveCard', { cardId }, { challengeId: late.challengeId, ...proof }),
    ).toMatchObject({ problem: { fault: { code: 'challenge-unknown' } } });

    const once = await client.must('openChallenge', { cardId });
    const spend = () => client.call('proveCard', { cardId }, { challengeId: once.challengeId, ...proof });
    expect(await spend()).toMatchObject({ problem: { fault: { code: 'proof-refused' } } });
    expect(await spend()).toMatchObject({ problem: { fault: { code: 'challenge-unknown' } } });

    expect(await prove(client, card, certificate, bankId)).toMatchObject({ state: 'verified' });
  });
});
