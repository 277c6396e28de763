import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeName, type SubjectName } from '../../../electron/bank-server/ca/subject-name.ts';
import { AsnConvert } from '@peculiar/asn1-schema';
import { problem } from '../../../electron/shared/bank-api/index.ts';
import type { BankClient, HttpAnswer } from '../../harness/bank-client.ts';
import {
  certificateRequest,
  certificatesIn,
  certify,
  newKey,
  reserve,
  simpleEnrol,
  type SoftCard,
} from '../../harness/issue-card.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

let bank: TestBank;
let client: BankClient;
let card: SoftCard;

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
  card = await reserve(bank, client, 'C-100001');
});

afterAll(() => bank.stop());

const reasonOf = (answer: HttpAnswer): string => {
  expect(answer.headers['content-type']).toContain('application/problem+json');
  const { fault, status } = problem.parse(JSON.parse(answer.body.toString()));
  expect(status).toBe(answer.status);
  return `${fault.code}: ${String(fault.data.reason)}`;
};

const subjectOf = (soft: SoftCard): Buffer => Buffer.from(soft.enrolment.subjectDer!, 'base64');
const subject = (...parts: SubjectName): Buffer => Buffer.from(AsnConvert.serialize(encodeName(parts)));

describe('a request that gets no certificate', () => {
  const refused = async (der: Uint8Array, profile = 'card-p256') =>
    reasonOf(await simpleEnrol(client, profile, der));

  it('because it is not a request', async () => {
    const good = certificateRequest(card.privateKey, subjectOf(card));
    expect(await refused(randomBytes(200))).toBe('csr-refused: malformed');
    expect(await refused(good.subarray(0, -1))).toBe('csr-refused: malformed');
    expect(await refused(Buffer.concat([good, Buffer.of(0)]))).toBe('csr-refused: malformed');
    const notBase64 = await client.send('POST', '/.well-known/est/card-p256/simpleenroll', '***', {
      'Content-Type': 'application/pkcs10',
    });
    expect(reasonOf(notBase64)).toBe('csr-refused: malformed');
  });

  it('because its signature does not belong to its key', async () => {
    const request = certificateRequest(card.privateKey, subjectOf(card));
    request.writeUInt8(request.readUInt8(request.length - 1) ^ 1, request.length - 1);
    expect(await refused(request)).toBe('csr-refused: proof-of-possession');
    const other = certificateRequest(newKey('p-256'), subjectOf(card));
    const mine = certificateRequest(card.privateKey, subjectOf(card));
    const at = mine.indexOf(Buffer.from('3059', 'hex')); // the SubjectPublicKeyInfo of P-256
    const swapped = Buffer.concat([
      other.subarray(0, at),
      mine.subarray(at, at + 91),
      other.subarray(at + 91),
    ]);
    expect(await refused(swapped)).toMatch(/csr-refused: (proof-of-possession|malformed)/);
  });

  it('because its key is weak or not of the profile', async () => {
    expect(await refused(certificateRequest(newKey('p-384'), subjectOf(card)))).toBe(
      'csr-refused: algorithm',
    );
    expect(await refused(certificateRequest(newKey('rsa-1024'), subjectOf(card)), 'card-rsa2048')).toBe(
      'csr-refused: algorithm',
    );
    expect(await refused(certificateRequest(newKey('rsa-2048'), subjectOf(card)))).toBe(
      'csr-refused: algorithm',
    );
    expect(await refused(certificateRequest(newKey('rsa-2048'), subjectOf(card)), 'card-rsa2048')).toBe(
      'csr-refused: profile',
    );
  });

  it('because it asks for another name', async () => {
    const bankName = 'Qingyu Bank (Training)';
    const parts = (name: string, id: string, organisation: string): SubjectName => [
      { type: 'CN', value: name },
      { type: 'serialNumber', value: id },
      { type: 'O', value: organisation },
      { type: 'C', value: 'CN' },
    ];
    const ask = (...names: SubjectName) => refused(certificateRequest(card.privateKey, subject(...names)));
    expect(await ask(...parts('Li Nan', card.cardId, bankName))).toBe('csr-refused: subject');
    expect(await ask(...parts('Li Na', card.cardId, 'Another Bank'))).toBe('csr-refused: subject');
    expect(await ask(...parts('Li Na', card.cardId, bankName).slice(0, 3))).toBe('csr-refused: subject');
    expect(await ask({ type: 'CN', value: 'Li Na' })).toBe('csr-refused: subject');
    expect(await ask(...parts('Li Na', 'CW-0000-0000-0000', bankName))).toBe('csr-refused: card-unknown');
  });

  it('because the key is not the one the card reported, or is on another card', async () => {
    await client.must('reportKeyed', { cardId: card.cardId }, { publicKeySha256: card.publicKeySha256 });
    expect(await refused(certificateRequest(newKey('p-256'), subjectOf(card)))).toBe(
      'csr-refused: key-differs',
    );
    const second = await reserve(bank, client, 'C-100002');
    expect(await refused(certificateRequest(card.privateKey, subjectOf(second)))).toBe(
      'csr-refused: key-in-use',
    );
    const report = await client.call(
      'reportKeyed',
      { cardId: second.cardId },
      { publicKeySha256: card.publicKeySha256 },
    );
    expect(report).toMatchObject({ problem: { fault: { data: { reason: 'key-in-use' } } } });
  });

  it('because the card is past it', async () => {
    const gone = await reserve(bank, client, 'C-100003');
    await client.must('compensateCard', { cardId: gone.cardId }, { reason: 'test', mediumWiped: true });
    expect(await refused(certificateRequest(gone.privateKey, subjectOf(gone)))).toBe(
      'csr-refused: card-state',
    );
  });

  it('and nothing was signed for any of them', async () => {
    const { card: record } = await client.must('readCard', { cardId: card.cardId });
    expect(record.certificate).toBeUndefined();
  });
});

describe('enrolments that come at the same moment', () => {
  it('are answered each for itself, and the same one twice with the same certificate', async () => {
    const customers = ['C-100007', 'C-100008', 'C-100009', 'C-100010'] as const;
    const [one, two, three, four] = await Promise.all(
      customers.map((customerId) => reserve(bank, client, customerId)),
    );
    const requestOf = (soft: SoftCard, key = soft.privateKey) => certificateRequest(key, subjectOf(soft));
    const answers = await Promise.all(
      [
        requestOf(one!),
        requestOf(two!),
        requestOf(three!, card.privateKey), // a key that is another card's
        requestOf(one!),
        requestOf(four!),
        certificateRequest(newKey('p-256'), subject({ type: 'serialNumber', value: 'CW-NOBODY' })),
      ].map((der) => simpleEnrol(client, 'card-p256', der)),
    );
    expect(answers.map((each) => (each.status === 200 ? 'certificate' : reasonOf(each)))).toEqual([
      'certificate',
      'certificate',
      'csr-refused: key-in-use',
      'certificate',
      'certificate',
      'csr-refused: card-unknown',
    ]);
    const certificates = [0, 1, 3, 4].map((at) => new X509Certificate(certificatesIn(answers[at]!)[0]!));
    const owners = [one!, two!, one!, four!];
    for (const [at, certificate] of certificates.entries()) {
      expect(certificate.checkPrivateKey(owners[at]!.privateKey)).toBe(true);
      expect(certificate.subject).toContain(owners[at]!.cardId);
    }
    expect(new Set(certificates.map((each) => each.serialNumber)).size).toBe(3);
    for (const soft of [one!, two!, four!]) {
      const { card: record } = await client.must('readCard', { cardId: soft.cardId });
      expect(record.state).toBe('certified');
      expect(record.certificate?.publicKeySha256).toBe(soft.publicKeySha256);
    }
    expect((await client.must('readCard', { cardId: three!.cardId })).card.state).toBe('reserved');
  });
});

describe('enrolments that come at the same moment, one of them not signed with its own key', () => {
  it('are answered each for itself, and nothing stays of that one', async () => {
    const cards = await Promise.all(
      ['C-100007', 'C-100008', 'C-100009'].map((customerId) =>
        reserve(bank, client, customerId, { kind: 'sim' }),
      ),
    );
    const requests = cards.map((soft) => certificateRequest(soft.privateKey, subjectOf(soft)));
    const unproven = Buffer.from(requests[1]!);
    unproven.writeUInt8(unproven.readUInt8(unproven.length - 1) ^ 1, unproven.length - 1);
    const answers = await Promise.all(
      [requests[0]!, unproven, requests[2]!].map((der) => simpleEnrol(client, 'card-p256', der)),
    );
    expect(answers.map((each) => (each.status === 200 ? 'certificate' : reasonOf(each)))).toEqual([
      'certificate',
      'csr-refused: proof-of-possession',
      'certificate',
    ]);
    expect((await client.must('readCard', { cardId: cards[1]!.cardId })).card.state).toBe('reserved');
    expect((await simpleEnrol(client, 'card-p256', requests[1]!)).status).toBe(200);
  });
});

describe('enrolment over EST', () => {
  it('gives the same certificate to the same key again, and none to another key', async () => {
    const first = await certify(client, card);
    const request = certificateRequest(card.privateKey, subjectOf(card));
    const again = await simpleEnrol(client, 'card-p256', request);
    expect(again.headers['content-type']).toBe('application/pkcs7-mime; smime-type=certs-only');
    expect(again.headers['content-transfer-encoding']).toBe('base64');
    expect(certificatesIn(again)).toEqual([first]);
    const other = await simpleEnrol(
      client,
      'card-p256',
      certificateRequest(newKey('p-256'), subjectOf(card)),
    );
    expect(reasonOf(other)).toBe('csr-refused: card-state');
  });

  it('reads one long line and an RFC 4514 name written in reading order', async () => {
    const soft = await reserve(bank, client, 'C-100004');
    const inReadingOrder = subject(
      { type: 'C', value: 'CN' },
      { type: 'O', value: 'Qingyu Bank (Training)' },
      { type: 'serialNumber', value: soft.cardId },
      { type: 'CN', value: 'Zhao Yutong' },
    );
    const answer = await client.send(
      'POST',
      '/.well-known/est/card-p256/simpleenroll',
      certificateRequest(soft.privateKey, inReadingOrder).toString('base64'),
      { 'Content-Type': 'application/pkcs10' },
    );
    expect(answer.status).toBe(200);
    const { subject: issued } = new X509Certificate(certificatesIn(answer)[0]!);
    expect(issued.split('\n').map((each) => each.split('=')[0])).toEqual(['C', 'O', 'serialNumber', 'CN']);
  });

  it('answers cacerts in lines, with and without a label, and nothing for an unknown label', async () => {
    const caPem = readFileSync(join(bank.stationFolder, 'bank-ca.pem'));
    for (const path of ['/.well-known/est/cacerts', '/.well-known/est/card-rsa2048/cacerts']) {
      const answer = await client.send('GET', path);
      expect(answer.status).toBe(200);
      expect(answer.body.toString().trimEnd().split('\n').length).toBeGreaterThan(3);
      expect(certificatesIn(answer)).toEqual([new X509Certificate(caPem).raw]);
    }
    const wanted = await client.send('GET', '/.well-known/est/card-rsa2048/csrattrs');
    expect([wanted.status, wanted.headers['content-type']]).toEqual([200, 'application/csrattrs']);
    // SEQUENCE { SEQUENCE { rsaEncryption, SET { 2048 } }, sha256WithRSAEncryption }
    expect(Buffer.from(wanted.body.toString(), 'base64').toString('hex')).toBe(
      '301e301106092a864886f70d01010131040202080006092a864886f70d01010b',
    );
    expect((await client.send('GET', '/.well-known/est/server/cacerts')).status).toBe(404);
    const station = await simpleEnrol(
      client,
      'station',
      certificateRequest(newKey('p-256'), subjectOf(card)),
    );
    expect(station.status).toBe(404);
  });

  it('certifies what openssl asks for, and openssl reads the answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardwright-openssl-'));
    try {
      const soft = await reserve(bank, client, 'C-100005');
      const key = join(folder, 'key.pem');
      writeFileSync(key, soft.privateKey.export({ type: 'pkcs8', format: 'pem' }));
      const name = `/C=CN/O=Qingyu Bank (Training)/serialNumber=${soft.cardId}/CN=Ouyang Mingzhe`;
      const der = execFileSync('openssl', ['req', '-new', '-key', key, '-subj', name, '-outform', 'DER']);
      const answer = await simpleEnrol(client, 'card-p256', der);
      expect(answer.status).toBe(200);
      const p7 = join(folder, 'answer.p7');
      writeFileSync(p7, Buffer.from(answer.body.toString(), 'base64'));
      const printed = execFileSync('openssl', ['pkcs7', '-inform', 'DER', '-in', p7, '-print_certs'], {
        encoding: 'utf8',
      });
      expect(printed).toContain(soft.cardId);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('gives every certificate a serial number of its own, positive and at least 64 bits', async () => {
    const soft = await reserve(bank, client, 'C-100006', { kind: 'sim' });
    const one = new X509Certificate(await certify(client, soft));
    const { certificate } = await client.must('readCertificate', { cardId: card.cardId });
    const two = new X509Certificate(Buffer.from(certificate, 'base64'));
    expect(one.serialNumber).not.toBe(two.serialNumber);
    for (const each of [one, two]) expect(each.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    const { card: record } = await client.must('readCard', { cardId: card.cardId });
    expect(record.certificate?.sha256).toBe(createHash('sha256').update(two.raw).digest('hex'));
  });
});
