import { concatBytes } from '../bytes.ts';

/**
 * SM3 (GB/T 32905-2016), 32 bytes. No runtime that this product runs on gives it everywhere (BoringSSL has none), and
 * what is hashed here is a message of a login.
 */
export const sm3 = (message: Uint8Array): Uint8Array => {
  const padded = pad(message);
  let state: readonly number[] = initial;
  for (let at = 0; at < padded.length; at += 64) state = compress(state, padded.subarray(at, at + 64));
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => {
    digest.setUint32(at * 4, word);
  });
  return new Uint8Array(digest.buffer);
};

// 4.1
const initial = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
];

const rotate = (word: number, by: number): number => (word << (by % 32)) | (word >>> ((32 - by) % 32));
// 4.4
const p0 = (word: number): number => word ^ rotate(word, 9) ^ rotate(word, 17);
const p1 = (word: number): number => word ^ rotate(word, 15) ^ rotate(word, 23);

/** 5.2: a one, zeros, and the length in bits as 64. */
const pad = (message: Uint8Array): Uint8Array => {
  const zeros = (119 - (message.length % 64)) % 64;
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(message.length) * 8n);
  return concatBytes(message, Uint8Array.of(0x80), new Uint8Array(zeros), new Uint8Array(length.buffer));
};

/** 5.3: one block of 64 bytes. */
const compress = (state: readonly number[], block: Uint8Array): readonly number[] => {
  const words = new Int32Array(68);
  const view = new DataView(block.buffer, block.byteOffset, 64);
  const word = (at: number): number => words[at] ?? 0;
  for (let j = 0; j < 16; j++) words[j] = view.getInt32(j * 4);
  for (let j = 16; j < 68; j++)
    words[j] =
      p1(word(j - 16) ^ word(j - 9) ^ rotate(word(j - 3), 15)) ^ rotate(word(j - 13), 7) ^ word(j - 6);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let j = 0; j < 64; j++) {
    const constant = j < 16 ? 0x79cc4519 : 0x7a879d8a;
    const ss1 = rotate((rotate(a, 12) + e + rotate(constant, j)) | 0, 7);
    const ss2 = ss1 ^ rotate(a, 12);
    const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + ss2 + (word(j) ^ word(j + 4))) | 0;
    const tt2 = (gg + h + ss1 + word(j)) | 0;
    [d, c, b, a] = [c, rotate(b, 9), a, tt1];
    [h, g, f, e] = [g, rotate(f, 19), e, p0(tt2)];
  }
  return [a, b, c, d, e, f, g, h].map((value, at) => (value ^ (state[at] ?? 0)) >>> 0);
};
