import { concatBytes, parseBase64, parseUtf8, toBase64, utf8 } from '../../../electron/shared/codec/index.ts';
import { hkdfSha256 } from '../../../electron/shared/codec/hkdf/index.ts';
import { deriveChainKeys } from '../../../electron/shared/codec/otp-chain/chain-keys.ts';
import type {
  ChainAnswer,
  ChainChallenge,
  MediumChain,
} from '../../../electron/shared/codec/otp-chain/chain-schemas.ts';
import {
  seedInfo,
  seedMaterial,
  type ChainSeed,
} from '../../../electron/shared/codec/otp-chain/chain-seed.ts';
import { answerChallenge, newMediumChain } from '../../../electron/shared/codec/otp-chain/medium-chain.ts';
import type { Card } from '../credential/load-card.ts';
import type { CryptoEngine, SigningKey } from '../unlock/crypto-engine.ts';
import type { TextStore } from '../unlock/pin-delay.ts';

/** The card's chain of one-time passwords on this phone (S1). */
export interface Chain {
  /**
   * The one-time password for a challenge, its link kept on this phone before it is given away.
   * untrusted: not the bank's challenge. other-phone: the chain was continued elsewhere; `alarm` says so to the bank.
   */
  answer(challenge: ChainChallenge): Promise<ChainReply>;
}

export type ChainReply =
  | { readonly kind: 'answer'; readonly answer: ChainAnswer }
  | { readonly kind: 'other-phone'; readonly alarm: ChainAnswer }
  | { readonly kind: 'untrusted' };

/**
 * Opens the seed with the unlocked key and finds the chain where this phone left it.
 * `undefined`: the seed is not for this card.
 */
export const openChain = async (
  card: Card,
  seed: Uint8Array,
  key: SigningKey,
  engine: CryptoEngine,
  store: TextStore,
): Promise<Chain | undefined> => {
  const certificate = parseBase64(card.credential.certificate);
  if (!certificate.ok || seed.length < 65 + 16) return undefined;
  const opened = await openSeed(seed, certificate.value, key, engine);
  if (opened === undefined) return undefined;
  const secret = parseBase64(opened.secret);
  if (!secret.ok) return undefined;
  const keys = await deriveChainKeys(engine.hmac, seedMaterial(opened, secret.value, certificate.value));
  const stored = await openState(card, secret.value, engine, store);
  return {
    answer: async (challenge) => {
      const chain = (await stored.read()) ?? newMediumChain(card.userInfo.cardId, keys);
      const answered = await answerChallenge(engine.hmac, keys, chain, challenge);
      if (!answered.ok) return { kind: 'untrusted' };
      const { answer } = answered.value;
      if (answer.alarm) return { kind: 'other-phone', alarm: answer };
      await stored.write(answered.value.chain);
      return { kind: 'answer', answer };
    },
  };
};

const openSeed = async (
  sealed: Uint8Array,
  certificate: Uint8Array,
  key: SigningKey,
  engine: CryptoEngine,
): Promise<ChainSeed | undefined> => {
  const [point, ciphertext] = [sealed.slice(0, 65), sealed.slice(65)];
  const derived = await hkdfSha256(engine.hmac, {
    secret: await key.agree(point),
    salt: await engine.sha256(certificate),
    info: concatBytes(seedInfo, point),
    length: 44,
  });
  const plain = await engine.open(derived.slice(0, 32), derived.slice(32), ciphertext);
  const text = plain && parseUtf8(plain);
  // Sealed by the bank to this very card: its form is the bank's.
  return text === undefined ? undefined : (JSON.parse(text) as ChainSeed);
};

/** The chain's state, sealed under a key of the seed's own: other files on this phone may read the same storage. */
const openState = async (card: Card, secret: Uint8Array, engine: CryptoEngine, store: TextStore) => {
  const name = `cardwright.chain.${card.userInfo.bankId}.${card.userInfo.cardId}`;
  const key = await hkdfSha256(engine.hmac, {
    secret,
    salt: utf8('cardwright/otp-chain/v1'),
    info: utf8('state-on-phone'),
    length: 32,
  });
  return {
    read: async (): Promise<MediumChain | undefined> => {
      const sealed = parseBase64(store.get(name) ?? '');
      if (!sealed.ok || sealed.value.length < 28) return undefined;
      const plain = await engine.open(key, sealed.value.slice(0, 12), sealed.value.slice(12));
      const text = plain && parseUtf8(plain);
      // Written by this program under a key nobody else has.
      return text === undefined ? undefined : (JSON.parse(text) as MediumChain);
    },
    write: async (chain: MediumChain): Promise<void> => {
      const nonce = crypto.getRandomValues(new Uint8Array(12));
      const sealed = await engine.seal(key, nonce, utf8(JSON.stringify(chain)));
      store.set(name, toBase64(concatBytes(nonce, sealed)));
    },
  };
};
