import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/**
 * PBKDF2-HMAC-SHA-256 (RFC 8018, 5.2), one block of 32 bytes, in slices that let the page paint: the
 * library's own asynchronous form only yields to other promises, so a phone would look frozen.
 * @param onProgress share of the rounds done, 0 to 1.
 */
export const deriveInSlices = async (
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  onProgress: (share: number) => void,
): Promise<Uint8Array> => {
  const keyed = hmac.create(sha256, password);
  const work = keyed.clone();
  const firstBlock = new Uint8Array(salt.length + 4);
  firstBlock.set(salt);
  firstBlock[salt.length + 3] = 1; // INT(1), big endian
  const round = new Uint8Array(32);
  keyed._cloneInto(work).update(firstBlock).digestInto(round);
  const derived = round.slice();
  for (let done = 1; done < iterations; done += 1) {
    keyed._cloneInto(work).update(round).digestInto(round);
    for (let byte = 0; byte < 32; byte += 1) derived[byte] = (derived[byte] ?? 0) ^ (round[byte] ?? 0);
    if (done % roundsPerSlice === 0) {
      onProgress(done / iterations);
      await painted();
    }
  }
  keyed.destroy();
  work.destroy();
  round.fill(0);
  return derived;
};

/** About 10 ms on a desktop, 50 ms on a small phone. */
const roundsPerSlice = 5_000;

const painted = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
