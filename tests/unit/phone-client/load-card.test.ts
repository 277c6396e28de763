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

  it.each(['p-256', 'p-384', 'rsa-2048'] as const)(
    'is known by the algorithm of its key: %s',
    async (algorithm) => {
      const one = await issueContent(authority, bank, { algorithm, cardId: `CW-${algorithm}` });
      const card = await load(blockOf(one.client));
      expect(card.ok && card.value.algorithm).toBe(algorithm);
    },
  );

  it('is refused by name when its key is of an algorithm that this client has not learnt', async () => {
    // The certificate's own curve, with another last digit: secp256k1 is 1.3.132.0.10, here P-256 becomes 1.2.840.10045.3.1.9.
    const curve = Buffer.from('2a8648ce3d030107', 'hex');
    const der = Buffer.from(content.certificate);
    const at = der.indexOf(curve);
    der[at + curve.length - 1] = 9;
    expect(await load(blockWith(content, { certificate: base64(der) }))).toEqual(
      stopped({ kind: 'algorithm' }),
    );
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
