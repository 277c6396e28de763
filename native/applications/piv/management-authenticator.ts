import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { equalBytesConstantTime, fromHex } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { ManagementAlgorithm } from './algorithms.ts';

/**
 * Whoever holds the card management key (9B), which is the bank: the session carries the messages and
 * never sees the key.
 *
 *     card → encrypted witness → begin → witness, challenge → card → encrypted challenge → finish
 */
export interface ManagementAuthenticator {
  readonly algorithm: ManagementAlgorithm;
  /** Opens the card's witness and gives a challenge of the same length for it. */
  begin(encryptedWitness: Uint8Array): Promise<Result<{ witness: Uint8Array; challenge: Uint8Array }>>;
  /** Compares the card's answer. Fault: card-management-key-refused, when this is not the card it says it is. */
  finish(cardResponse: Uint8Array): Promise<Result<void>>;
}

/** Whoever holds the key, towards a card that knows single authentication only: the card stays unproven. */
export interface SingleAuthenticator {
  readonly algorithm: ManagementAlgorithm;
  /** The card's challenge, encrypted. */
  respond(challenge: Uint8Array): Promise<Result<Uint8Array>>;
}

/** What cards leave the factory with: 3DES, 0102030405060708 three times. Public. */
export const factoryManagementKey = fromHex('0102030405060708 0102030405060708 0102030405060708');

/**
 * Stands in for the bank with a key in hand: factory keys and tests. A key of the wrong length throws.
 * @param drawChallenge gives this many random bytes.
 */
export const managementKeyAuthenticator = (
  algorithm: ManagementAlgorithm,
  key: Uint8Array,
  drawChallenge: (length: number) => Uint8Array = randomBytes,
): ManagementAuthenticator => {
  const { cipher, blockLength } = blockCiphers[algorithm];
  let expected: Uint8Array | undefined;
  return {
    algorithm,
    async begin(encryptedWitness) {
      if (encryptedWitness.length !== blockLength) return fail('card-bad-answer', { what: 'witness' });
      const challenge = drawChallenge(blockLength);
      expected = applyBlock(createCipheriv(cipher, key, new Uint8Array(blockLength)), challenge);
      const witness = applyBlock(
        createDecipheriv(cipher, key, new Uint8Array(blockLength)),
        encryptedWitness,
      );
      return ok({ witness, challenge });
    },
    async finish(cardResponse) {
      const genuine = expected !== undefined && equalBytesConstantTime(expected, cardResponse);
      expected = undefined; // one answer for one challenge
      return genuine ? ok() : fail('card-management-key-refused');
    },
  };
};

/** The same for single authentication. */
export const singleAuthenticator = (algorithm: ManagementAlgorithm, key: Uint8Array): SingleAuthenticator => {
  const { cipher, blockLength } = blockCiphers[algorithm];
  return {
    algorithm,
    respond: async (challenge) =>
      challenge.length === blockLength
        ? ok(applyBlock(createCipheriv(cipher, key, new Uint8Array(blockLength)), challenge))
        : fail('card-bad-answer', { what: 'challenge' }),
  };
};

/** One block in CBC with a zero IV is ECB, which BoringSSL does not have for 3DES. */
const blockCiphers: Record<ManagementAlgorithm, { cipher: string; blockLength: number }> = {
  '3des': { cipher: 'des-ede3-cbc', blockLength: 8 },
  'aes-128': { cipher: 'aes-128-cbc', blockLength: 16 },
  'aes-192': { cipher: 'aes-192-cbc', blockLength: 16 },
  'aes-256': { cipher: 'aes-256-cbc', blockLength: 16 },
};

interface BlockOperation {
  setAutoPadding(on: boolean): unknown;
  update(block: Uint8Array): Uint8Array;
}

const applyBlock = (operation: BlockOperation, block: Uint8Array): Uint8Array => {
  operation.setAutoPadding(false);
  return new Uint8Array(operation.update(block));
};
