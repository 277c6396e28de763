import type { Logger } from 'pino';
import type { AtRest } from '../shared/codec/operator-keys/index.ts';
import type { AppletCatalogue } from './applets/applet-catalogue.ts';
import type { Authority } from './authority/authority.ts';
import type { SecretHashes } from './authentication/secret-hashes.ts';
import type { Envelopes } from './authentication/envelopes.ts';
import type { CoreBanking } from './core-banking/core-banking.ts';
import type { RequestLimits } from './http/limit-requests.ts';
import type { Metrics } from './http/metrics.ts';
import type { CardSecrets } from './key-service/card-secrets.ts';
import type { Store } from './store/store.ts';
import type { Ledger } from './transactions/index.ts';

/** Who this bank is, in every certificate, message and page. */
export interface BankIdentity {
  readonly bankId: string;
  readonly bankName: string;
  readonly bankNameLatin: string;
}

/**
 * How phones with an SD card sign in: with a chained one-time password (S1; cards whose key cannot open a chain
 * by signature alone, S0), or with name, password and a random number that the card answers (S4).
 */
export const phoneLogins = ['one-time-password', 'random-number'] as const;
export type PhoneLogin = (typeof phoneLogins)[number];

/** What every room of the bank works with. Holds no state of its own: that is all in the store. */
export interface Bank {
  readonly identity: BankIdentity;
  readonly training: boolean;
  readonly portalOrigin: string;
  /** Where a browser shows the card in the customer's own reader; absent: this bank has no such door. */
  readonly onlineOrigin?: string | undefined;
  readonly phoneLogin: PhoneLogin;
  readonly store: Store;
  readonly authority: Authority;
  readonly envelopes: Envelopes;
  readonly hashes: SecretHashes;
  /** Who customers are, and whether a PIN is right. */
  readonly coreBanking: CoreBanking;
  readonly cardSecrets: CardSecrets;
  /** The applets that it supplies for its cards. */
  readonly applets: AppletCatalogue;
  /** Seals secrets that lie in the database. */
  readonly atRest: AtRest;
  readonly ledger: Ledger;
  readonly limits: RequestLimits;
  /** Fewer processes serve than there are cores: what can be computed beside them, is. */
  readonly hasCoreToSpare: boolean;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
}

export type Clock = () => Date;

/** Who asks, for the transition table: every move has a station, an officer, a time and a request. */
export interface Actor {
  readonly stationId: string;
  readonly officerId: string;
  readonly requestId: string;
  readonly at: Date;
}

export const after = (at: Date, seconds: number): string =>
  new Date(at.getTime() + seconds * 1000).toISOString();
