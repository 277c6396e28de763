export { hashLength, type Hmac, type HmacAlgorithm } from './hmac.ts';
export { hkdfSha256, type HkdfInput } from './hkdf.ts';
