import { fail, ok, type Result } from '../../result/index.ts';
import { concatBytes, parseUtf8, utf8 } from '../bytes.ts';
import type { DynamicKeys } from './dynamic-keys.ts';
import type { OperatorPrimitives } from './primitives.ts';
import { sealedBox, type SealedBox } from './sealed-box.ts';

/**
 * The payer's password: always 16 bytes, so that its length does not show, and bound to the account like
 * an ISO 9564 block to its PAN.
 *
 * ```
 *   length (1) | digits (4 to 12, ASCII) | zeros
 * ```
 */
export const sealPinField = (
  primitives: OperatorPrimitives,
  keys: DynamicKeys,
  header: Uint8Array,
  pin: { readonly account: string; readonly digits: string },
): SealedBox => {
  if (!digitsOnly.test(pin.digits)) throw new Error('A password of 4 to 12 digits was to be sealed');
  const nonce = primitives.random(12);
  const digits = utf8(pin.digits);
  const block = concatBytes(Uint8Array.of(digits.length), digits, new Uint8Array(15 - digits.length));
  return sealedBox.write({
    nonce,
    ciphertext: primitives.seal(keys.pin, nonce, block, boundTo(header, pin.account)),
  });
};

/** Fault: operator-message-unreadable. */
export const openPinField = (
  primitives: OperatorPrimitives,
  keys: DynamicKeys,
  header: Uint8Array,
  account: string,
  box: SealedBox,
): Result<string> => {
  const read = sealedBox.read(box);
  if (!read.ok) return read;
  const block = primitives.open(keys.pin, read.value.nonce, read.value.ciphertext, boundTo(header, account));
  if (block?.length !== 16) return unreadable();
  const digits = parseUtf8(block.slice(1, 1 + (block[0] ?? 0)));
  return digits !== undefined && digitsOnly.test(digits) ? ok(digits) : unreadable();
};

const digitsOnly = /^[0-9]{4,12}$/;

const boundTo = (header: Uint8Array, account: string): Uint8Array =>
  concatBytes(header, utf8(JSON.stringify([account])));

const unreadable = () => fail('operator-message-unreadable');
