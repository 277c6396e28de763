import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { letterInfo } from '../shared/online-api/index.ts';
import { fail, ok, type Result } from '../shared/result/index.ts';
import type { PivSession } from '../../native/applications/piv/index.ts';
import type { BankOnCard } from './banks-on-card.ts';

/**
 * Opens what the bank sealed to the key on the card, after `verifyPin`: the card deciphers (RSA) or agrees on
 * a key (EC), the host does the rest. Faults: those of the card, envelope-unreadable.
 */
export const openLetter = async (
  piv: PivSession,
  { slot, algorithm }: Pick<BankOnCard, 'slot' | 'algorithm'>,
  from: { readonly bankId: string; readonly cardId: string },
  letter: { readonly key: string; readonly box: string },
): Promise<Result<string>> => {
  const sent = new Uint8Array(Buffer.from(letter.key, 'base64'));
  const answer = algorithm === 'rsa-2048' ? await piv.decipher(slot, sent) : await piv.agreeKey(slot, sent);
  if (!answer.ok) return answer;
  const key =
    algorithm === 'rsa-2048'
      ? removeOaep(answer.value)
      : Buffer.from(
          hkdfSync('sha256', answer.value, Buffer.alloc(0), letterInfo(from.bankId, from.cardId), 32),
        );
  const box = Buffer.from(letter.box, 'base64');
  if (key?.length !== 32 || box.length < 28) return unreadable();
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, 12), { authTagLength: 16 });
    decipher.setAuthTag(box.subarray(-16));
    return ok(decipher.update(box.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8'));
  } catch {
    return unreadable();
  }
};

/** EME-OAEP decoding (RFC 8017, 7.1.2) with SHA-256 and an empty label. */
const removeOaep = (block: Uint8Array): Buffer | undefined => {
  const seed = xor(block.subarray(1, 33), mask(block.subarray(33), 32));
  const data = xor(block.subarray(33), mask(seed, block.length - 33));
  const label = createHash('sha256').update('').digest();
  const start = data.indexOf(1, 32);
  const filling = data.subarray(32, start);
  const isRight =
    block[0] === 0 && start > 0 && data.subarray(0, 32).equals(label) && filling.every((byte) => byte === 0);
  return isRight ? data.subarray(start + 1) : undefined;
};

/** MGF1 (RFC 8017, B.2.1) with SHA-256. */
const mask = (seed: Uint8Array, length: number): Buffer => {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, counter) =>
    createHash('sha256')
      .update(seed)
      .update(new Uint8Array([0, 0, counter >> 8, counter & 0xff]))
      .digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
};

const xor = (left: Uint8Array, right: Uint8Array): Buffer =>
  Buffer.from(left.map((byte, at) => byte ^ (right[at] ?? 0)));

const unreadable = () => fail('envelope-unreadable', { reason: 'content' });
