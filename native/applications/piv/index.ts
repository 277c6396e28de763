export { piv } from './piv.ts';
export { managementCommands } from './management-commands.ts';
export type { PivAnswers, PivCommand, PivCommands } from './commands/piv-command.ts';
export type { PivAtPad, PivSession, TryDecision } from './piv-session.ts';
export type { PadTerms } from './commands/at-pad.ts';
export type { PinCounter } from './commands/verify.ts';
export type { Metadata } from './commands/yubico.ts';
export type { ApplicationProperty } from './commands/select.ts';
export { encodePin, type Reference } from './pin.ts';
export {
  factoryManagementKey,
  managementKeyAuthenticator,
  singleAuthenticator,
  type ManagementAuthenticator,
  type SingleAuthenticator,
} from './management-authenticator.ts';
export {
  keyAlgorithms,
  managementAlgorithms,
  type KeyAlgorithm,
  type ManagementAlgorithm,
} from './algorithms.ts';
export { certificateObject, retiredSlots, type PivSlot, type RetiredSlot } from './slots.ts';
export { verifyAttestation, type AttestationChain } from './attestation.ts';
export {
  attestationObject,
  cccObject,
  chuidObject,
  discoveryObject,
  keyHistoryObject,
  markerObject,
  printedInformationObject,
  securityObject,
  userInfoObject,
} from './data-objects.ts';
export { encodeCertificate, parseCertificate } from './objects/certificate.ts';
export { encodeChuid, parseChuid, type Chuid } from './objects/chuid.ts';
export { encodeFascn, nonFederalFascn, parseFascn, type Fascn } from './objects/fascn.ts';
export { encodeCcc, parseCcc } from './objects/ccc.ts';
export { encodeDiscovery } from './objects/discovery.ts';
export { encodeKeyHistory, parseKeyHistory, type KeyHistory } from './objects/key-history.ts';
export { encodeMarker, parseMarker, type Marker } from './objects/marker.ts';
export {
  containers,
  encodeSecurityObject,
  objectHash,
  objectsThatDiffer,
  parseSecurityObject,
  type SecurityObject,
} from './objects/security-object.ts';
