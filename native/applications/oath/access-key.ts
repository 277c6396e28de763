import { createHmac } from 'node:crypto';
import { equalBytesConstantTime } from '../../../electron/shared/codec/index.ts';
import { ok, type Result } from '../../../electron/shared/result/index.ts';

/** Who holds the key that opens a protected OATH application: the bank, or this process in tests. */
export interface OathAccess {
  /** HMAC-SHA-1 of the card's challenge, 20 bytes. */
  respond(challenge: Uint8Array): Promise<Result<Uint8Array>>;
  /** Whether the card knows the key as well. */
  verify(challenge: Uint8Array, response: Uint8Array): Promise<Result<boolean>>;
}

/** A key in hand. 16 bytes, as the card takes it. */
export const oathAccess = (key: Uint8Array): OathAccess => {
  const hmac = (challenge: Uint8Array) => new Uint8Array(createHmac('sha1', key).update(challenge).digest());
  return {
    respond: async (challenge) => ok(hmac(challenge)),
    verify: async (challenge, response) => ok(equalBytesConstantTime(hmac(challenge), response)),
  };
};
