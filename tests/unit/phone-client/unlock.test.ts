import { pbkdf2Sync, verify, webcrypto, X509Certificate, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSignedByCard } from '../../../electron/bank-server/authentication/card-signature.ts';
import { loginAssertion, loginAssertionPayload } from '../../../electron/shared/bank-api/index.ts';
import { algorithmNames } from '../../../electron/shared/domain/index.ts';
import { signMessage } from '../../../resources/phone-client/assertion/sign-message.ts';
import { clientVersion } from '../../../resources/phone-client/client-version.ts';
import { loadCard, type Card } from '../../../resources/phone-client/credential/load-card.ts';
import type { CryptoEngine, SigningKey } from '../../../resources/phone-client/unlock/crypto-engine.ts';
import { deriveInSlices } from '../../../resources/phone-client/unlock/derive-in-slices.ts';
import { pickEngine } from '../../../resources/phone-client/unlock/pick-engine.ts';
import { pureEngine } from '../../../resources/phone-client/unlock/pure-engine.ts';
import { webCryptoEngine } from '../../../resources/phone-client/unlock/web-crypto-engine.ts';
import { issueContent, type IssuedContent } from '../sd/issued-content.ts';
import { openOpensslAuthority, type OpensslAuthority } from '../sd/openssl-authority.ts';
import { blockOf } from './issued-block.ts';

let authority: OpensslAuthority;
let content: IssuedContent;
let card: Card;
let publicKey: KeyObject;

beforeAll(async () => {
  authority = openOpensslAuthority();
  content = await issueContent(authority, authority.issue({ name: 'Bank signing' }));
  const loaded = await loadCard(blockOf(content.client), pureEngine, new Date());
  if (!loaded.ok) throw new Error(loaded.problem.kind);
  card = loaded.value;
  publicKey = new X509Certificate(content.certificate).publicKey;
});
afterAll(() => {
  authority.close();
});

const unlocked = async (engine: CryptoEngine, pin: string): Promise<SigningKey> => {
  const key = await engine.unlock(card.key, pin, card.algorithm, () => undefined);
  if (key === 'wrong-pin') throw new Error('wrong PIN');
  return key;
};

const engines: readonly (readonly [string, CryptoEngine])[] = [
  ['the browser', webCryptoEngine(webcrypto.subtle as SubtleCrypto)],
  ['plain JavaScript', pureEngine],
];

describe.each(engines)('the key opened by %s', (_, engine) => {
  it('signs what the bank’s schema and the certificate’s key accept, and nothing once forgotten', async () => {
    const key = await unlocked(engine, '271828');
    const assertion = await signMessage(
      card,
      key,
      { type: 'cardwright-login' },
      new Uint8Array(32).fill(7),
      1_800_000_000,
    );
    expect(loginAssertion.parse(assertion)).toEqual(assertion);
    const payload = loginAssertionPayload.parse(JSON.parse(assertion.payload));
    expect(payload).toEqual({
      type: 'cardwright-login',
      version: 1,
      audience: 'https://127.0.0.1:8443',
      bankId: 'yunshan',
      cardId: 'CW-2026-000001',
      nonce: Buffer.alloc(32, 7).toString('base64url'),
      issuedAt: 1_800_000_000,
      expiresAt: 1_800_000_180,
      clientVersion,
      certificateSha256: content.userInfo.certificateSha256,
    });
    const signature = Buffer.from(assertion.signature, 'base64url');
    expect(signature).toHaveLength(64);
    const p1363 = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', Buffer.from(assertion.payload), p1363, signature)).toBe(true);
    expect(verify('sha256', Buffer.from(`${assertion.payload} `), p1363, signature)).toBe(false);
    key.forget();
    await expect(key.sign(new Uint8Array(1))).rejects.toThrow('forgotten');
  }, 20_000);

  it('does not open with another PIN', async () => {
    expect(await engine.unlock(card.key, '271829', card.algorithm, () => undefined)).toBe('wrong-pin');
  }, 20_000);
});

describe.each(['p-256', 'p-384', 'rsa-2048'] as const)(
  'a card of a bank whose algorithm is %s (S4)',
  (algorithm) => {
    let own: IssuedContent;
    let loaded: Card;
    beforeAll(async () => {
      own = await issueContent(authority, authority.issue({ name: 'Bank signing' }), { algorithm });
      const read = await loadCard(blockOf(own.client), pureEngine, new Date());
      if (!read.ok) throw new Error(read.problem.kind);
      loaded = read.value;
    });

    it.each(engines)(
      'signs by %s what the bank finds good, and no other message',
      async (_, engine) => {
        const key = await engine.unlock(loaded.key, '271828', algorithm, () => undefined);
        if (key === 'wrong-pin') throw new Error('wrong PIN');
        const message = 'cardwright-login|v1|bank|card|random';
        const signature = Buffer.from(await key.sign(new TextEncoder().encode(message)));
        expect(signature).toHaveLength(algorithmNames[algorithm].signatureBytes);
        expect(isSignedByCard(own.certificate, message, signature, 'p1363')).toBe(true);
        expect(isSignedByCard(own.certificate, `${message}!`, signature, 'p1363')).toBe(false);
        expect(isSignedByCard(content.certificate, message, signature, 'p1363')).toBe(false);
        expect(isSignedByCard(own.certificate, message, signature.subarray(1), 'p1363')).toBe(false);
        if (algorithm !== 'p-256')
          await expect(key.agree(new Uint8Array(65))).rejects.toThrow('agrees on nothing');
        key.forget();
        await expect(key.sign(new Uint8Array(1))).rejects.toThrow('forgotten');
      },
      20_000,
    );

    it('does not open as a key of another algorithm', async () => {
      const [, engine] = engines[0] ?? ['', pureEngine];
      const other = algorithm === 'rsa-2048' ? 'p-256' : 'rsa-2048';
      expect(await engine.unlock(loaded.key, '271828', other, () => undefined)).toBe('wrong-pin');
    }, 20_000);
  },
);

describe('the derivation in slices', () => {
  it('is PBKDF2, and tells how far it is', async () => {
    const salt = Uint8Array.from({ length: 16 }, (_, at) => at);
    for (const rounds of [1, 2, 4_999, 5_001, 12_000]) {
      const shares: number[] = [];
      const derived = await deriveInSlices(new TextEncoder().encode('271828'), salt, rounds, (share) =>
        shares.push(share),
      );
      expect(Buffer.from(derived)).toEqual(pbkdf2Sync('271828', salt, rounds, 32, 'sha256'));
      expect(shares).toHaveLength(Math.floor((rounds - 1) / 5_000));
      expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    }
  });
});

describe('the choice of cryptography', () => {
  const crypto = webcrypto as Crypto;
  it('is the browser’s own in a secure page, plain JavaScript elsewhere, none without random numbers', () => {
    expect(pickEngine({ isSecureContext: true, crypto })).not.toBe(pureEngine);
    expect(pickEngine({ isSecureContext: false, crypto })).toBe(pureEngine);
    const getRandomValues = crypto.getRandomValues.bind(crypto);
    expect(pickEngine({ isSecureContext: true, crypto: { getRandomValues } })).toBe(pureEngine);
    expect(pickEngine({ isSecureContext: true, crypto: {} })).toBeUndefined();
    expect(pickEngine({ isSecureContext: true })).toBeUndefined();
  });
});
