export {
  SM2_DEFAULT_USER_ID,
  sm2Identity,
  sm2PublicKey,
  sm2Sign,
  sm2Verify,
  sm2VerifyDigest,
  type Sm2Options,
} from './sm2.ts';
export { sm3 } from './sm3.ts';
