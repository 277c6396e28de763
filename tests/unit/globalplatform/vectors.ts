import { readFileSync } from 'node:fs';

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../vectors/${path}`, import.meta.url), 'utf8'));

export interface RecordedCommand {
  readonly plain: string;
  readonly wrapped: string;
  readonly response?: string;
  readonly sw?: string;
  readonly response_plain?: string;
}

interface Session {
  readonly name: string;
  readonly key_version: number;
  readonly key_enc: string;
  readonly key_mac: string;
  readonly key_dek: string;
  readonly security_level: string;
  readonly init_update: string;
  readonly init_update_response: string;
  readonly external_authenticate: string;
  readonly commands_in_order: readonly RecordedCommand[];
}

export const kdf = read('scp03/scp03-kdf.json') as {
  readonly vectors: readonly {
    readonly key: string;
    readonly constant: number;
    readonly context: string;
    readonly out: string;
  }[];
};

export const firstSessions = read('scp03/scp03-sessions.json') as {
  readonly kcv: readonly { readonly key: string; readonly kcv: string }[];
  readonly sessions: readonly (Session & {
    readonly parsed: { readonly card_challenge_aid: string };
    readonly computed: { readonly s_enc: string; readonly s_mac: string; readonly s_rmac: string };
  })[];
};

export const moreSessions = read('scp03/scp03-more-sessions.json') as {
  readonly sessions: readonly (Session & { readonly card_challenge_aid: string })[];
};

export const s16Sessions = read('scp03/scp03-s16-sessions.json') as { readonly sessions: readonly Session[] };

export const randomChallengeSessions = read('scp03/scp03-random-challenge-sessions.json') as {
  readonly sessions: readonly Session[];
};

export type Scp02Session = Omit<Session, 'name'> & {
  readonly data_encryption: readonly { readonly plain: string; readonly encrypted: string }[];
};

export const scp02 = read('scp02/scp02-sessions.json') as {
  readonly session: Scp02Session;
  readonly level_03: Scp02Session;
  readonly card_i55: Scp02Session & { readonly domain_aid: string };
};
