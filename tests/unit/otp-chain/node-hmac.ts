import { createHmac } from 'node:crypto';
import type { Hmac } from '../../../electron/shared/codec/hkdf/index.ts';

export const nodeHmac: Hmac = (algorithm, key, message) =>
  createHmac(algorithm, key).update(message).digest();

/** The same, remembered: a model that visits every state asks the same questions over and over. */
export const rememberedHmac = (): Hmac => {
  const known = new Map<string, Uint8Array>();
  return (algorithm, key, message) => {
    const asked = `${algorithm} ${Buffer.from(key).toString('base64')} ${Buffer.from(message).toString('base64')}`;
    const found = known.get(asked) ?? nodeHmac(algorithm, key, message);
    known.set(asked, found as Uint8Array);
    return found;
  };
};
