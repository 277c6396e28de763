import { concatBytes, fromHex } from '../../../electron/shared/codec/index.ts';

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2) of a SHA-256 hash: 00 01 FF… 00 DigestInfo, as long as the modulus. */
export const padDigest = (digest: Uint8Array, modulusLength: number): Uint8Array => {
  const info = concatBytes(sha256Prefix, digest);
  return concatBytes(
    new Uint8Array([0x00, 0x01]),
    new Uint8Array(modulusLength - info.length - 3).fill(0xff),
    new Uint8Array([0x00]),
    info,
  );
};

// DigestInfo { sha256, NULL } up to the hash itself (RFC 8017 §9.2, note 1)
const sha256Prefix = fromHex('3031300d060960864801650304020105000420');
