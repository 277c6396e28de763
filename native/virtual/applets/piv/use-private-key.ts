import { agree, ecdsaSign, RSA_2048, RSA_3072, rsaOperation } from './private-key.ts';
import type { StoredKey } from './piv-state.ts';

/**
 * What GENERAL AUTHENTICATE asks of a private key: sign or decipher what 81 holds, or agree with the point
 * in 85. `undefined`: the template asks for nothing that this key can do.
 */
export const usePrivateKey = (
  key: StoredKey,
  field: (tag: number) => Uint8Array | undefined,
): Uint8Array | undefined => {
  if (field(0x82)?.length !== 0) return undefined;
  const input = field(0x81);
  const point = field(0x85);
  if (key.algorithm === RSA_2048 || key.algorithm === RSA_3072)
    return input && rsaOperation(key.pkcs8, input);
  if (point !== undefined) return agree(key.pkcs8, point);
  return input && ecdsaSign(key.pkcs8, input);
};
