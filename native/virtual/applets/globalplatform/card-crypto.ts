import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concatBytes } from '../../../../electron/shared/codec/index.ts';

/** What a card's chip computes with its keys. Written apart from the client's code, so that the two test each other. */
export type CipherName = 'aes' | '3des';

export const encryptCbc = (
  name: CipherName,
  key: Uint8Array,
  data: Uint8Array,
  iv?: Uint8Array,
): Uint8Array => {
  const { algorithm, whole, blockLength } = parts(name, key);
  const cipher = createCipheriv(algorithm, whole, iv ?? new Uint8Array(blockLength)).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([cipher.update(data), cipher.final()]));
};

export const decryptCbc = (
  name: CipherName,
  key: Uint8Array,
  data: Uint8Array,
  iv?: Uint8Array,
): Uint8Array => {
  const { algorithm, whole, blockLength } = parts(name, key);
  const decipher = createDecipheriv(algorithm, whole, iv ?? new Uint8Array(blockLength)).setAutoPadding(
    false,
  );
  return new Uint8Array(Buffer.concat([decipher.update(data), decipher.final()]));
};

const parts = (name: CipherName, key: Uint8Array) =>
  name === 'aes'
    ? { algorithm: `aes-${key.length * 8}-cbc`, whole: key, blockLength: 16 }
    : {
        algorithm: 'des-ede3-cbc',
        // K1 K2 K1, and K K K for single DES
        whole: concatBytes(key, key, key).subarray(0, 24),
        blockLength: 8,
      };

/** RFC 4493, computed over numbers of 128 bits. */
export const aesCmac = (key: Uint8Array, message: Uint8Array): Uint8Array => {
  const double = (value: bigint): bigint => {
    const shifted = BigInt.asUintN(128, value << 1n);
    return value >> 127n === 1n ? shifted ^ 0x87n : shifted;
  };
  const k1 = double(numberOf(encryptCbc('aes', key, new Uint8Array(16))));
  const complete = message.length > 0 && message.length % 16 === 0;
  const filled = complete ? message : withPadding(message, 16);
  const head = filled.subarray(0, -16);
  const tail = bytesOf(numberOf(filled.subarray(-16)) ^ (complete ? k1 : double(k1)));
  return encryptCbc('aes', key, concatBytes(head, tail)).subarray(-16);
};

/** ISO/IEC 9797-1 algorithm 3: DES along the way, 3DES at the end. `key` 16 bytes. */
export const desRetailMac = (key: Uint8Array, message: Uint8Array, iv: Uint8Array): Uint8Array => {
  const blocks = withPadding(message, 8);
  const single = encryptCbc('3des', key.subarray(0, 8), blocks, iv);
  const before = blocks.length > 8 ? single.subarray(-16, -8) : iv;
  return encryptCbc('3des', key, blocks.subarray(-8), before);
};

export const desOnce = (key: Uint8Array, block: Uint8Array): Uint8Array =>
  encryptCbc('3des', key.subarray(0, 8), block);

export const withPadding = (data: Uint8Array, blockLength: number): Uint8Array => {
  const filled = new Uint8Array((Math.floor(data.length / blockLength) + 1) * blockLength);
  filled.set(data);
  filled[data.length] = 0x80;
  return filled;
};

export const withoutPadding = (data: Uint8Array): Uint8Array | undefined => {
  const mark = data.lastIndexOf(0x80);
  return mark >= 0 && data.subarray(mark + 1).every((byte) => byte === 0)
    ? data.subarray(0, mark)
    : undefined;
};

/** SP 800-108 as SCP03 uses it; `length` in bytes. */
export const scp03Derive = (
  key: Uint8Array,
  constant: number,
  context: Uint8Array,
  length: number,
): Uint8Array => {
  const block = (counter: number): Uint8Array =>
    aesCmac(
      key,
      concatBytes(
        new Uint8Array(11),
        new Uint8Array([constant, 0x00, (length * 8) >> 8, (length * 8) & 0xff, counter]),
        context,
      ),
    );
  return concatBytes(block(1), length > 16 ? block(2) : new Uint8Array(0)).subarray(0, length);
};

export const scp02Derive = (key: Uint8Array, constant: number, sequence: Uint8Array): Uint8Array =>
  encryptCbc(
    '3des',
    key,
    concatBytes(new Uint8Array([constant >> 8, constant & 0xff]), sequence, new Uint8Array(12)),
  );

export const checkValue = (name: CipherName, key: Uint8Array): Uint8Array =>
  encryptCbc(name, key, name === 'aes' ? new Uint8Array(16).fill(1) : new Uint8Array(8)).subarray(0, 3);

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const bytesOf = (value: bigint): Uint8Array =>
  new Uint8Array(Buffer.from(value.toString(16).padStart(32, '0'), 'hex'));
