import { z } from 'zod';
import { fail, ok, type Result } from '../../result/index.ts';
import { parseUtf8, utf8 } from '../bytes.ts';
import { derive, type Partners } from './derive.ts';
import type { OperatorPrimitives } from './primitives.ts';
import { sealedBox, type SealedBox } from './sealed-box.ts';

/** What the operator binds at registration and the bank stores: SIM, number and the serial of the key. */
export const initialAuthentication = z.object({
  imsi: z.string().regex(/^[0-9]{14,15}$/),
  phoneNumber: z.string().regex(/^\+[0-9]{6,15}$/),
  epoch: z.number().int().positive(),
  serial: z.number().int().positive(),
  sentAt: z.string().max(40),
});
export type InitialAuthentication = z.infer<typeof initialAuthentication>;

/** Seals it under the static key; `toBank` false for the bank's answer. */
export const sealUnderStaticKey = async (
  primitives: OperatorPrimitives,
  partners: Partners,
  staticKey: Uint8Array,
  toBank: boolean,
  content: unknown,
): Promise<SealedBox> => {
  const context = contextOf(partners, toBank);
  const key = await derive(primitives.hmac, staticKey, 'initial-authentication', context);
  const nonce = primitives.random(12);
  const plaintext = utf8(JSON.stringify(content));
  return sealedBox.write({
    nonce,
    ciphertext: primitives.seal(key, nonce, plaintext, utf8(JSON.stringify(context))),
  });
};

/** The JSON inside. Fault: operator-message-unreadable. */
export const openUnderStaticKey = async (
  primitives: OperatorPrimitives,
  partners: Partners,
  staticKey: Uint8Array,
  toBank: boolean,
  box: SealedBox,
): Promise<Result<unknown>> => {
  const read = sealedBox.read(box);
  if (!read.ok) return read;
  const context = contextOf(partners, toBank);
  const key = await derive(primitives.hmac, staticKey, 'initial-authentication', context);
  const plaintext = primitives.open(
    key,
    read.value.nonce,
    read.value.ciphertext,
    utf8(JSON.stringify(context)),
  );
  const text = plaintext && parseUtf8(plaintext);
  if (text === undefined) return fail('operator-message-unreadable');
  try {
    return ok(JSON.parse(text));
  } catch {
    return fail('operator-message-unreadable');
  }
};

const contextOf = ({ bankId, operatorId }: Partners, toBank: boolean) => [
  bankId,
  operatorId,
  toBank ? 'to-bank' : 'to-operator',
];
