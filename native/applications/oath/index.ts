export { oath, type ImportLeave, type OathSession } from './oath-session.ts';
export { oathAccess, type OathAccess } from './access-key.ts';
export type { OathAlgorithm, OathCredential, OathKind, OathListing } from './credential.ts';
export { codeOf, timeChallenge, truncated } from './one-time-code.ts';
