import { z } from 'zod';
import { fail, ok, type Result } from '../../result/index.ts';
import { parseBase64, toBase64 } from '../base64.ts';

const base64 = z.string().max(20_000);

/** AES-256-GCM with its nonce, or HPKE with its encapsulated key; base64. */
export const sealedBoxSchema = z.object({ enc: base64.optional(), nonce: base64, ciphertext: base64 });
export type SealedBox = z.infer<typeof sealedBoxSchema>;

interface Parts {
  /** 12 bytes. */
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export const sealedBox = {
  write: ({ nonce, ciphertext }: Parts): SealedBox => ({
    nonce: toBase64(nonce),
    ciphertext: toBase64(ciphertext),
  }),
  /** Fault: operator-message-unreadable. */
  read: (box: SealedBox): Result<Parts> => {
    const [nonce, ciphertext] = [parseBase64(box.nonce), parseBase64(box.ciphertext)];
    if (!nonce.ok || !ciphertext.ok || nonce.value.length !== 12) return fail('operator-message-unreadable');
    return ok({ nonce: nonce.value, ciphertext: ciphertext.value });
  },
};
