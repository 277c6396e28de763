import { fromHex } from '../../../electron/shared/codec/index.ts';
import { firstSessions, moreSessions } from './vectors.ts';
import { keySetFromBytes } from '../../../native/applications/globalplatform/channel/static-keys.ts';
import type { SecurityLevel } from '../../../electron/shared/secure-channel/security-level.ts';

/** All nine sessions of a real card: AES-128, -192 and -256 at levels 03, 11 and 33. */
export const recordedSessions = [
  ...firstSessions.sessions.map((session) => ({
    ...session,
    domainAid: session.parsed.card_challenge_aid,
  })),
  ...moreSessions.sessions.map((session) => ({
    ...session,
    domainAid: session.card_challenge_aid,
    computed: undefined,
  })),
].map((session) => ({
  ...session,
  commands: session.commands_in_order,
  level: Number.parseInt(session.security_level, 16) as SecurityLevel,
  hostChallenge: fromHex(session.init_update).slice(5, -1),
  answer: fromHex(session.init_update_response),
  keys: keySetFromBytes(session.key_version, 'aes', {
    enc: fromHex(session.key_enc),
    mac: fromHex(session.key_mac),
    dek: fromHex(session.key_dek),
  }),
}));

export type RecordedSession = (typeof recordedSessions)[number];
