import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

let bank: TestBank;
let client: BankClient;

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});

afterAll(() => bank.stop());

const algorithms = {
  '3des': { cipher: 'des-ede3-cbc', block: 8, key: 24 },
  'aes-128': { cipher: 'aes-128-cbc', block: 16, key: 16 },
  'aes-192': { cipher: 'aes-192-cbc', block: 16, key: 24 },
  'aes-256': { cipher: 'aes-256-cbc', block: 16, key: 32 },
} as const;
type Algorithm = keyof typeof algorithms;

const factory = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, (_, i) => (i % 8) + 1));

/** A card with a management key: the other side of SP 800-73-4 part 2, 3.2.4. */
const softCard = (algorithm: Algorithm, key: Buffer) => {
  const { cipher, block } = algorithms[algorithm];
  const witness = randomBytes(block);
  const encrypt = (plain: Buffer) =>
    createCipheriv(cipher, key, Buffer.alloc(block)).setAutoPadding(false).update(plain);
  const decrypt = (sealed: Buffer) =>
    createDecipheriv(cipher, key, Buffer.alloc(block)).setAutoPadding(false).update(sealed);
  return { witness, encryptedWitness: encrypt(witness), answer: encrypt, decrypt };
};

const begin = (
  algorithm: Algorithm,
  encryptedWitness: Buffer,
  keyVersion: 'factory' | 'diversified' = 'factory',
  mediumIdentity = 'a1b2c3d4',
) =>
  client.must(
    'beginManagementAuthentication',
    {},
    {
      mediumIdentity,
      keyVersion,
      algorithm,
      encryptedWitness: encryptedWitness.toString('base64'),
    },
  );

const finish = (authenticationId: string, response: Buffer) =>
  client.call(
    'finishManagementAuthentication',
    { authenticationId },
    { response: response.toString('base64') },
  );

describe('the card-management key', () => {
  it.each(Object.keys(algorithms) as Algorithm[])('authenticates both sides with %s', async (algorithm) => {
    const card = softCard(algorithm, factory(algorithms[algorithm].key));
    const { authenticationId, witness, challenge } = await begin(algorithm, card.encryptedWitness);
    expect(Buffer.from(witness, 'base64')).toEqual(card.witness);
    const response = card.answer(Buffer.from(challenge, 'base64'));
    expect(await finish(authenticationId, response)).toEqual({
      ok: true,
      value: { genuine: true, key: 'factory', outdated: false },
    });
  });

  it('finds out a card that does not have it, and answers each authentication once, for two minutes', async () => {
    const card = softCard('aes-192', factory(24));
    const wrong = await begin('aes-192', card.encryptedWitness);
    expect(await finish(wrong.authenticationId, randomBytes(16))).toEqual({
      ok: true,
      value: { genuine: false, key: 'factory', outdated: false },
    });
    const right = card.answer(Buffer.from(wrong.challenge, 'base64'));
    const spent = { problem: { fault: { code: 'challenge-unknown' } } };
    expect(await finish(wrong.authenticationId, right)).toMatchObject(spent);

    const late = await begin('aes-192', card.encryptedWitness, 'factory', 'another');
    bank.advance(121);
    expect(
      await finish(late.authenticationId, card.answer(Buffer.from(late.challenge, 'base64'))),
    ).toMatchObject(spent);
  });

  it('is another one for each medium, the same after a restart', async () => {
    const sealed = randomBytes(16);
    const ask = async (mediumIdentity: string) =>
      (
        await client.must(
          'beginManagementAuthentication',
          {},
          {
            mediumIdentity,
            keyVersion: 'diversified',
            algorithm: 'aes-256',
            encryptedWitness: sealed.toString('base64'),
          },
        )
      ).witness;
    const one = await ask('card-one');
    expect(await ask('card-two')).not.toBe(one);
    expect(await ask('card-one')).toBe(one);
    await bank.restart();
    client = bank.client();
    expect(await ask('card-one')).toBe(one);
  });

  it('refuses a witness of the wrong length', async () => {
    const short = await client.call(
      'beginManagementAuthentication',
      {},
      {
        mediumIdentity: 'another',
        keyVersion: 'factory',
        algorithm: 'aes-128',
        encryptedWitness: randomBytes(8).toString('base64'),
      },
    );
    expect(short).toMatchObject({ problem: { status: 400, fault: { code: 'request-malformed' } } });
  });
});
