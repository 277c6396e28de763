import { concatBytes } from '../codec/index.ts';
import type { BlockCipher, CipherFromKey } from './block-cipher.ts';
import type { KeyBytes } from './key-bytes.ts';
import type { KeyChange, KeyChangeRequest } from './key-change.ts';
import { keyCheckValue } from './key-set.ts';

/**
 * PUT KEY for the three keys of a channel (GPCS 2.3.1 11.8, Amendment D 7.2), each under the card's
 * present DEK, each with its check value:
 *
 *     new version | AES   88 | length | key length | encrypted key | 03 | check value
 *                 | 3DES  80 | 10 | encrypted key | 03 | check value      … three times
 */
export const putKey = (
  { replacedVersion, newVersion }: KeyChangeRequest,
  type: 'aes' | '3des',
  next: KeyBytes,
  cipherFromKey: CipherFromKey,
  dataEncryption: BlockCipher,
): KeyChange => {
  const keys = [next.enc, next.mac, next.dek];
  const checks = keys.map((key) => keyCheckValue(cipherFromKey(key)));
  const components = keys.map((key, at) =>
    concatBytes(
      type === 'aes' ? aesComponent(key, dataEncryption) : desComponent(key, dataEncryption),
      new Uint8Array([3]),
      checks[at] ?? new Uint8Array(3),
    ),
  );
  const version = new Uint8Array([newVersion]);
  return {
    command: {
      cla: 0x80,
      ins: INS_PUT_KEY,
      p1: replacedVersion,
      p2: SEVERAL_KEYS | FIRST_KEY,
      data: concatBytes(version, ...components),
      le: 256,
    },
    expectedAnswer: concatBytes(version, ...checks),
  };
};

const INS_PUT_KEY = 0xd8;
const SEVERAL_KEYS = 0x80;
const FIRST_KEY = 0x01;

const aesComponent = (key: Uint8Array, dek: BlockCipher): Uint8Array => {
  // A key of 24 bytes is filled up to whole blocks; the card takes its first 24 (Amendment D 7.2).
  const blocks = new Uint8Array(Math.ceil(key.length / 16) * 16);
  blocks.set(key);
  return concatBytes(new Uint8Array([0x88, blocks.length + 1, key.length]), dek.encrypt(blocks));
};

const desComponent = (key: Uint8Array, dek: BlockCipher): Uint8Array =>
  concatBytes(new Uint8Array([0x80, key.length]), dek.encrypt(key));
