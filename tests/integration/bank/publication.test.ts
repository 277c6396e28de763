import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BankClient } from '../../harness/bank-client.ts';
import { issueCard, type IssuedCard } from '../../harness/issue-card.ts';
import { openssl } from '../../harness/openssl.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

/* Everybody who has a certificate finds out about it where the certificate says. openssl does the fetching. */

let bank: TestBank;
let client: BankClient;
let card: IssuedCard;
const file = (name: string): string => join(bank.dataFolder, name);
const ca = (): string => join(bank.stationFolder, 'bank-ca.pem');

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
  card = await issueCard(bank, client, 'C-100001');
  writeFileSync(file('card.pem'), new X509Certificate(card.certificate).toString());
});
afterAll(() => bank.stop());

const urls = async (): Promise<{ crl: string; ocsp: string; issuer: string }> => {
  const text = await openssl('x509', '-in', file('card.pem'), '-noout', '-text');
  const [, crl = ''] = /CRL Distribution Points:[^]*?URI:(\S+)/.exec(text) ?? [];
  const [, ocsp = ''] = /OCSP - URI:(\S+)/.exec(text) ?? [];
  const [, issuer = ''] = /CA Issuers - URI:(\S+)/.exec(text) ?? [];
  return { crl, ocsp, issuer };
};
/** With the list that openssl fetches itself. */
const verify = () =>
  openssl('verify', '-x509_strict', '-crl_check', '-crl_download', '-CAfile', ca(), file('card.pem'));
const status = async () => {
  const { ocsp } = await urls();
  const about = ['-issuer', ca(), '-cert', file('card.pem')];
  return openssl('ocsp', '-url', ocsp, ...about, '-CAfile', ca());
};
const officer = { officerId: 'manager-1', reason: 'missing' };

it('is reached over plain HTTP at what the certificate names', async () => {
  const { crl, ocsp, issuer } = await urls();
  for (const url of [crl, ocsp, issuer]) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
  const fetched = Buffer.from(await (await fetch(issuer)).arrayBuffer());
  expect(fetched).toEqual(new X509Certificate(readFileSync(ca())).raw);
  const list = await fetch(crl);
  expect(list.headers.get('content-type')).toBe('application/pkix-crl');
  writeFileSync(file('list.crl'), Buffer.from(await list.arrayBuffer()));
  expect(
    await openssl('crl', '-in', file('list.crl'), '-inform', 'DER', '-noout', '-CAfile', ca()),
  ).toContain('verify OK');
  expect((await fetch(crl.replace(/\w{8}\.crl$/, '00000000.crl'))).status).toBe(404);
});

it('follows hold, release and revocation, the list as well as the responder', async () => {
  expect(await verify()).toContain('card.pem: OK');
  expect(await status()).toMatch(/Response verify OK[^]*card\.pem: good/);
  await client.must('holdCard', { cardId: card.cardId }, officer);
  expect(await verify()).toContain('certificate revoked');
  expect(await status()).toMatch(/card\.pem: revoked[^]*Reason: certificateHold/);
  await client.must('releaseCard', { cardId: card.cardId }, officer);
  expect(await verify()).toContain('card.pem: OK');
  await client.must('revokeCard', { cardId: card.cardId }, { ...officer, reason: 'lost' });
  expect(await verify()).toContain('certificate revoked');
  expect(await status()).toMatch(/card\.pem: revoked[^]*Reason: keyCompromise/);
});

it('is in the same place after a restart', async () => {
  await bank.restart();
  expect(await verify()).toContain('certificate revoked');
});
