export type { Hpke, HpkeReceiver, HpkeSender, KeyPair, OperatorPrimitives } from './primitives.ts';
export type { Partners } from './derive.ts';
export { sealedBoxSchema, type SealedBox } from './sealed-box.ts';
export {
  controlProof,
  deriveWorkingKey,
  staticWorkingKey,
  unwrapKey,
  workingCheck,
  wrapKey,
  type KeyForm,
  type WorkingKey,
  type WrapContext,
} from './working-key.ts';
export { newDynamicKeys, openDynamicKeys, type DynamicContext, type DynamicKeys } from './dynamic-keys.ts';
export {
  encOf,
  envelope,
  openEnvelope,
  openPin,
  sealEnvelope,
  type Content,
  type Envelope,
  type EnvelopeHeader,
} from './envelope.ts';
export {
  initialAuthentication,
  openUnderStaticKey,
  sealUnderStaticKey,
  type InitialAuthentication,
} from './initial-authentication.ts';
export { atRest, type AtRest } from './at-rest.ts';
