import type { X509Certificate } from 'node:crypto';
import type { BankClient } from '../bank/bank-client.ts';
import type { Readers } from '../readers/readers.ts';

/** What the steps of an issuance work with. */
export interface IssueTools {
  readonly bank: BankClient;
  readonly readers: Readers;
  /** The bank's CA certificate, PEM. */
  readonly bankCaPem: () => string;
  /** Makers whose cards vouch for the keys they have made. */
  readonly attestationRoots: readonly X509Certificate[];
  /** The phone client as built, without a customer in it. */
  phoneClient(): Promise<string>;
  /** Whether another unfinished run of this station is making this card. */
  isOfAnotherRun(cardId: string, runId: string): boolean;
  now(): Date;
}
