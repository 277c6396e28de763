import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpsSend, type BankClient, type HttpAnswer } from '../../harness/bank-client.ts';
import { issueCard, type IssuedCard } from '../../harness/issue-card.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

let bank: TestBank;
let client: BankClient;
let card: IssuedCard;
beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
  card = await issueCard(bank, client, 'C-100001');
  writeFileSync(inFolder('card.pem'), new X509Certificate(card.certificate).toString());
});
afterAll(() => bank.stop());

const inFolder = (name: string) => join(bank.dataFolder, name);
const ca = () => join(bank.stationFolder, 'bank-ca.pem');
const agent = new Agent({ rejectUnauthorized: false });

const post = (body: Buffer): Promise<HttpAnswer> =>
  httpsSend(agent, new URL('/ocsp', bank.server.portalOrigin), 'POST', body, {
    'Content-Type': 'application/ocsp-request',
  });

/** openssl asks and judges; the bank only sees and gives bytes. */
const ask = async (which: readonly string[], how: 'POST' | 'GET' = 'POST'): Promise<string> => {
  const [request, response] = [inFolder('ocsp.req'), inFolder('ocsp.resp')];
  execFileSync('openssl', ['ocsp', '-issuer', ca(), ...which, '-reqout', request], { stdio: 'pipe' });
  const der = readFileSync(request);
  const answer =
    how === 'POST'
      ? await post(der)
      : await httpsSend(
          agent,
          new URL(`/ocsp/${encodeURIComponent(der.toString('base64'))}`, bank.server.portalOrigin),
          'GET',
        );
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/ocsp-response']);
  writeFileSync(response, answer.body);
  const judged = execFileSync(
    'sh',
    [
      '-c',
      'openssl "$@" 2>&1 || true',
      'sh',
      'ocsp',
      '-issuer',
      ca(),
      ...which,
      // openssl would put another nonce into the request it reads; it is compared below
      '-no_nonce',
      '-reqin',
      request,
      '-respin',
      response,
      '-CAfile',
      ca(),
    ],
    { encoding: 'utf8' },
  );
  expect(judged).toContain('Response verify OK');
  expect(judged).not.toContain('WARNING');
  return judged;
};
const aboutCard = () => ['-cert', inFolder('card.pem')];
const officer = { officerId: 'manager-1' };

describe('the OCSP responder', () => {
  it('says good of a good certificate, by POST and GET, under SHA-1 and SHA-256', async () => {
    expect(await ask(aboutCard())).toContain('card.pem: good');
    expect(await ask(aboutCard(), 'GET')).toContain('card.pem: good');
    expect(await ask(['-sha256', ...aboutCard()])).toContain('card.pem: good');
  });

  it('says unknown of what this CA never issued', async () => {
    expect(await ask(['-serial', '0x4242'])).toContain('0x4242: unknown');
  });

  it('follows hold, release and revocation at once, with the reason', async () => {
    await client.must('holdCard', { cardId: card.cardId }, { reason: 'missing', ...officer });
    expect(await ask(aboutCard())).toMatch(/card\.pem: revoked[^]*Reason: certificateHold/);
    await client.must('releaseCard', { cardId: card.cardId }, { reason: 'found', ...officer });
    expect(await ask(aboutCard())).toContain('card.pem: good');
    await client.must('revokeCard', { cardId: card.cardId }, { reason: 'lost', ...officer });
    expect(await ask(aboutCard())).toMatch(/card\.pem: revoked[^]*Reason: keyCompromise/);
  });

  it('gives the nonce back, and signs each answer: one changed byte and it is refused', async () => {
    execFileSync('openssl', ['ocsp', '-issuer', ca(), ...aboutCard(), '-reqout', inFolder('n.req')], {
      stdio: 'pipe',
    });
    const answer = await post(readFileSync(inFolder('n.req')));
    const other = await post(readFileSync(inFolder('ocsp.req'))); // of another nonce
    const nonceOf = (der: Buffer) =>
      der.subarray(der.indexOf(Buffer.from('2b0601050507300102', 'hex'))).subarray(9, 29);
    const nonce = nonceOf(readFileSync(inFolder('n.req')));
    expect(nonce.subarray(0, 4).toString('hex')).toBe('04120410');
    expect(answer.body.includes(nonce)).toBe(true);
    expect(other.body.includes(nonce)).toBe(false);
    const judge = (file: string): string =>
      execFileSync(
        'sh',
        [
          '-c',
          'openssl "$@" 2>&1 || true',
          'sh',
          'ocsp',
          '-issuer',
          ca(),
          ...aboutCard(),
          '-no_nonce',
          '-reqin',
          inFolder('n.req'),
          '-respin',
          inFolder(file),
          '-CAfile',
          ca(),
        ],
        { encoding: 'utf8' },
      );
    writeFileSync(inFolder('right.resp'), answer.body);
    expect(judge('right.resp')).toContain('Response verify OK');
    const changed = Buffer.from(answer.body);
    const at = changed.indexOf(Buffer.from('Z')) - 1; // the last second of producedAt
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    writeFileSync(inFolder('changed.resp'), changed);
    expect(judge('changed.resp')).not.toContain('Response verify OK');
  });

  it('says malformed of what is no request, whatever it is', async () => {
    const request = readFileSync(inFolder('ocsp.req'));
    const malformed = Buffer.from('30030a0101', 'hex');
    for (const bad of [
      Buffer.alloc(0),
      Buffer.from('no'),
      request.subarray(0, -1),
      Buffer.concat([request, request]),
    ])
      expect((await post(bad)).body).toEqual(malformed);
  });
});
