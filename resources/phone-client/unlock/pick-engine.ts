import type { CryptoEngine } from './crypto-engine.ts';
import { pureEngine } from './pure-engine.ts';
import { webCryptoEngine } from './web-crypto-engine.ts';

/** `undefined`: not even random numbers, so nothing can be signed here. */
export const pickEngine = (scope: {
  readonly isSecureContext: boolean;
  readonly crypto?: Partial<Crypto>;
}): CryptoEngine | undefined => {
  if (typeof scope.crypto?.getRandomValues !== 'function') return undefined;
  const subtle = scope.isSecureContext ? scope.crypto.subtle : undefined;
  return subtle === undefined ? pureEngine : webCryptoEngine(subtle);
};
