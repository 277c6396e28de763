import { z } from 'zod';
import { fail, ok, type Result } from '../../result/index.ts';
import { parseBase64, toBase64 } from '../base64.ts';
import { equalBytesConstantTime, parseUtf8, utf8 } from '../bytes.ts';
import { parseHex, toHex } from '../hex.ts';
import type { DynamicKeys } from './dynamic-keys.ts';
import { openPinField, sealPinField } from './pin-field.ts';
import type { OperatorPrimitives } from './primitives.ts';
import { sealedBox, sealedBoxSchema } from './sealed-box.ts';

/** The part of a transaction message that is read before its keys are known; all of it is under MAC and AAD. */
const header = z.object({
  version: z.literal(1),
  bankId: z.string().min(1).max(64),
  operatorId: z.string().min(1).max(64),
  epoch: z.number().int().positive(),
  serial: z.number().int().positive(),
  /** Counts the messages of the transaction from 1; the answer has the number of its question. */
  number: z.number().int().positive().max(99),
  direction: z.enum(['to-bank', 'to-operator']),
});
export type EnvelopeHeader = z.infer<typeof header>;

/** One message of a transaction between operator and bank. */
export const envelope = header.extend({
  /** Encapsulated key of the transaction's HPKE context, in the asymmetric form; base64. */
  enc: z.string().max(100).optional(),
  /** JSON under the data key. */
  data: sealedBoxSchema,
  /** The payer's password under the PIN key. */
  pin: sealedBoxSchema.optional(),
  /** HMAC-SHA256 under the MAC key over everything above, hex. */
  mac: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Envelope = z.infer<typeof envelope>;

export interface Content {
  /** Becomes JSON. */
  readonly data: unknown;
  readonly pin?: { readonly account: string; readonly digits: string };
  readonly enc?: Uint8Array;
}

export const sealEnvelope = async (
  primitives: OperatorPrimitives,
  keys: DynamicKeys,
  head: EnvelopeHeader,
  content: Content,
): Promise<Envelope> => {
  const nonce = primitives.random(12);
  const plaintext = utf8(JSON.stringify(content.data));
  const ciphertext = primitives.seal(keys.data, nonce, plaintext, headerBytes('data', head));
  const unsigned = {
    ...head,
    ...(content.enc === undefined ? {} : { enc: toBase64(content.enc) }),
    data: sealedBox.write({ nonce, ciphertext }),
    ...(content.pin === undefined
      ? {}
      : { pin: sealPinField(primitives, keys, headerBytes('pin', head), content.pin) }),
  };
  return { ...unsigned, mac: toHex(await primitives.hmac('sha256', keys.mac, macBytes(unsigned))) };
};

/** The JSON inside, after the MAC over everything. Fault: operator-message-unreadable. */
export const openEnvelope = async (
  primitives: OperatorPrimitives,
  keys: DynamicKeys,
  message: Envelope,
): Promise<Result<unknown>> => {
  const mac = parseHex(message.mac);
  const expected = await primitives.hmac('sha256', keys.mac, macBytes(message));
  if (!mac.ok || !equalBytesConstantTime(mac.value, expected)) return unreadable();
  const box = sealedBox.read(message.data);
  if (!box.ok) return box;
  const { nonce, ciphertext } = box.value;
  const plaintext = primitives.open(keys.data, nonce, ciphertext, headerBytes('data', message));
  const text = plaintext && parseUtf8(plaintext);
  if (text === undefined) return unreadable();
  try {
    return ok(JSON.parse(text));
  } catch {
    return unreadable();
  }
};

/** The digits of the password. Call `openEnvelope` first: it checks the MAC. Fault: operator-message-unreadable. */
export const openPin = (
  primitives: OperatorPrimitives,
  keys: DynamicKeys,
  message: Envelope,
  account: string,
): Result<string> =>
  message.pin
    ? openPinField(primitives, keys, headerBytes('pin', message), account, message.pin)
    : unreadable();

/** `enc` of a message, as `openDynamicKeys` takes it. Fault: operator-message-unreadable. */
export const encOf = (message: Envelope): Result<Uint8Array | undefined> => {
  if (message.enc === undefined) return ok(undefined);
  const enc = parseBase64(message.enc);
  return enc.ok ? enc : unreadable();
};

const headerBytes = (use: 'data' | 'pin', head: EnvelopeHeader): Uint8Array =>
  utf8(JSON.stringify([use, ...headerFields(head)]));

const headerFields = (head: EnvelopeHeader) => [
  head.version,
  head.bankId,
  head.operatorId,
  head.epoch,
  head.serial,
  head.number,
  head.direction,
];

const macBytes = (message: Omit<Envelope, 'mac'>): Uint8Array =>
  utf8(
    JSON.stringify([
      'mac',
      ...headerFields(message),
      message.enc ?? '',
      message.data.nonce,
      message.data.ciphertext,
      message.pin?.nonce ?? '',
      message.pin?.ciphertext ?? '',
    ]),
  );

const unreadable = () => fail('operator-message-unreadable');
