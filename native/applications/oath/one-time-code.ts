/** The digits of a one-time password from a truncated hash of 4 bytes (RFC 4226 §5.3). */
export const codeOf = (truncated: Uint8Array, digits: number): string => {
  const [first = 0, second = 0, third = 0, fourth = 0] = truncated;
  const number = (first & 0x7f) * 0x1000000 + (second << 16) + (third << 8) + fourth;
  return String(number % 10 ** digits).padStart(digits, '0');
};

/** Dynamic truncation of a whole HMAC of at least 20 bytes to 4 bytes (RFC 4226 §5.4). */
export const truncated = (hmac: Uint8Array): Uint8Array => {
  const offset = (hmac.at(-1) ?? 0) & 0x0f;
  return hmac.subarray(offset, offset + 4);
};

/** The moving factor of TOTP, 8 bytes (RFC 6238 §4.2). `time` in seconds since 1970-01-01 UTC. */
export const timeChallenge = (time: number, stepSeconds = 30): Uint8Array => {
  const challenge = new Uint8Array(8);
  new DataView(challenge.buffer).setBigUint64(0, BigInt(Math.floor(time / stepSeconds)));
  return challenge;
};
