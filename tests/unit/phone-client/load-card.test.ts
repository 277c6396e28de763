import { webcrypto } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCard } from '../../../resources/phone-client/credential/load-card.ts';
import { pureEngine } from '../../../resources/phone-client/unlock/pure-engine.ts';
import { webCryptoEngine } from '../../../resources/phone-client/unlock/web-crypto-engine.ts';
import { issueContent, type IssuedContent } from '../sd/issued-content.ts';
import {
  openOpensslAuthority,
  type IssuedCertificate,
  type OpensslAuthority,
} from '../sd/openssl-authority.ts';
import { blockOf, blockWith } from './issued-block.ts';

let authority: OpensslAuthority;
let bank: IssuedCertificate;
let content: IssuedContent;
let other: IssuedContent;
const day = 86_400_000;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

beforeAll(async () => {
  authority = openOpensslAuthority();
  bank = authority.issue({ name: 'Bank signing' });
  content = await issueContent(authority, bank);
  other = await issueContent(authority, bank, { cardId: 'CW-2026-000002' });
});
afterAll(() => {
  authority.close();
});

const load = (block: string, today = new Date()) => loadCard(block, pureEngine, today);
const stopped = (problem: object) => ({ ok: false, problem });

describe('the card in the file', () => {
  it('is read, by both kinds of cryptography', async () => {
    for (const engine of [pureEngine, webCryptoEngine(webcrypto.subtle as SubtleCrypto)]) {
      const card = await loadCard(blockOf(content.client), engine, new Date());
      expect(card.ok && card.value.userInfo).toEqual(content.userInfo);
      expect(card.ok && card.value.certificateSha256).toBe(content.userInfo.certificateSha256);
      expect(card.ok && card.value.key.iterations).toBe(600_000);
    }
  });

  it.each([
    ['', 'credential'],
    ['null', 'credential'],
    ['{"bankId":"yunshan"', 'credential'],
    ['{"bankId":"yunshan"}', 'credential'],
    ['[1,2]', 'credential'],
  ])('is damaged: %s', async (block, part) => {
    expect(await load(block)).toEqual(stopped({ kind: 'damaged', part }));
  });

  it.each([
    ['certificate', 'certificate'],
    ['userInfo', 'user-info'],
    ['key', 'key'],
  ] as const)('is damaged when its %s was cut short or is no base64', async (field, part) => {
    const whole = base64(content.credential[field]);
    for (const value of ['', 'AA', '!!!!', whole.slice(0, 200), `${whole}AAAA`])
      expect(await load(blockWith(content, { [field]: value }))).toEqual(stopped({ kind: 'damaged', part }));
  });

  it('is damaged when its certificate is for a kind of key that this client cannot use', async () => {
    const rsa = authority.issue({ name: 'RSA', key: 'rsa-2048' });
    const block = blockWith(content, { certificate: base64(rsa.certificateDer) });
    expect(await load(block)).toEqual(stopped({ kind: 'damaged', part: 'certificate' }));
  });

  it('does not match with the certificate, user information, card or bank of another', async () => {
    for (const changes of [
      { certificate: base64(other.certificate) },
      { userInfo: base64(other.userInfoCms) },
      { cardId: 'CW-2026-000002' },
      { bankId: 'haihe' },
      { portalOrigin: 'https://127.0.0.1:9999' },
    ])
      expect(await load(blockWith(content, changes))).toEqual(stopped({ kind: 'mismatch' }));
  });

  it.each([
    'http://127.0.0.1:8443',
    'https://127.0.0.1:8443/',
    'https://user@127.0.0.1:8443',
    'javascript:alert(1)',
    'x',
  ])('does not match with an address that is no secure origin, even a signed one: %s', async (origin) => {
    const userInfo = { ...content.userInfo, portalOrigin: origin };
    const cms = authority.sign(new TextEncoder().encode(JSON.stringify(userInfo)), bank);
    const block = blockWith(content, { portalOrigin: origin, userInfo: base64(cms) });
    expect(await load(block)).toEqual(stopped({ kind: 'mismatch' }));
  });

  it('has expired', async () => {
    const today = new Date(Date.now() + 21 * day);
    const expired = await load(blockOf(content.client), today);
    expect(expired).toMatchObject(stopped({ kind: 'expired', today }));
    expect(!expired.ok && expired.problem.kind === 'expired' && expired.problem.notAfter < today).toBe(true);
  });

  it('was made after the date on the phone', async () => {
    const today = new Date('2019-03-01T00:00:00Z');
    expect(await load(blockOf(content.client), today)).toMatchObject(stopped({ kind: 'clock', today }));
  });

  it('is used although the phone is some hours late', async () => {
    expect((await load(blockOf(content.client), new Date(Date.now() - day))).ok).toBe(true);
  });
});
