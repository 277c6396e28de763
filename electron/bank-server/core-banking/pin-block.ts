import { createCipheriv, randomBytes } from 'node:crypto';

/**
 * An enciphered PIN block of format 4 (ISO 9564-1:2017, 9.4): bound to the account, different every time.
 *
 * ```
 *   PIN field      4 | length | digits | A…A (to 8 bytes) | 8 random bytes
 *   account field  digits - 12 | digits of the account | 0…0 (to 16 bytes)
 *   block          E(key, E(key, PIN field) xor account field)
 * ```
 *
 * @param key AES, 16 or 32 bytes, shared with the core for this and nothing else
 * @param account 12 to 19 digits; what is not a digit is left out
 */
export const pinBlock = (key: Buffer, pin: string, account: string, random = randomBytes(8)): Buffer => {
  const digits = account.replaceAll(/\D/g, '');
  if (!/^\d{4,12}$/.test(pin) || digits.length < 12 || digits.length > 19)
    throw new Error('a PIN block needs 4 to 12 digits and an account of 12 to 19');
  const pinField = Buffer.concat([
    Buffer.from(`4${pin.length.toString(16)}${pin}`.padEnd(16, 'a'), 'hex'),
    random,
  ]);
  const accountField = Buffer.from(`${digits.length - 12}${digits}`.padEnd(32, '0'), 'hex');
  const once = encipher(key, pinField);
  return encipher(key, Buffer.from(once.map((byte, at) => byte ^ accountField.readUInt8(at))));
};

const encipher = (key: Buffer, block: Buffer): Buffer => {
  const cipher = createCipheriv(key.length === 32 ? 'aes-256-ecb' : 'aes-128-ecb', key, null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
};
