import { fail, ok, type Result } from '../../result/index.ts';
import { parseBase64, toBase64 } from '../base64.ts';
import { concatBytes, utf8 } from '../bytes.ts';
import { derive } from './derive.ts';
import type { OperatorPrimitives } from './primitives.ts';

/** Seals secrets that lie in a database; `name` says which row and column, so that none can be moved to another. */
export interface AtRest {
  /** base64 of nonce (12) | ciphertext | tag (16). */
  seal(name: string, secret: Uint8Array): Promise<string>;
  /** Fault: database-damaged. */
  open(name: string, sealed: string): Promise<Result<Uint8Array>>;
}

/** `key`: 32 bytes that are not in the database. */
export const atRest = (primitives: OperatorPrimitives, key: Uint8Array): AtRest => {
  const derived = derive(primitives.hmac, key, 'at-rest', []);
  return {
    async seal(name, secret) {
      const nonce = primitives.random(12);
      return toBase64(concatBytes(nonce, primitives.seal(await derived, nonce, secret, utf8(name))));
    },
    async open(name, sealed) {
      const bytes = parseBase64(sealed);
      if (!bytes.ok || bytes.value.length < 28) return damaged();
      const [nonce, rest] = [bytes.value.slice(0, 12), bytes.value.slice(12)];
      const secret = primitives.open(await derived, nonce, rest, utf8(name));
      return secret ? ok(secret) : damaged();
    },
  };
};

const damaged = () => fail('database-damaged', { where: 'operator-keys' });
