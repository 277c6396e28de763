import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuedCard } from './issue-at-counter.ts';
import type { Proof } from './proof.ts';

export interface Outcome {
  readonly version: string;
  readonly took: string;
  readonly cards: readonly IssuedCard[];
  readonly screenshots: readonly string[];
  readonly receipts: readonly string[];
  readonly logWords: string;
  readonly inspection: readonly string[];
  readonly proofs: readonly Proof[];
}

/** What lies in the folder and what was proven with it, on one page. */
export function writeReadme(folder: string, outcome: Outcome): void {
  const { cards, proofs } = outcome;
  const held = proofs.filter((each) => each.holds).length;
  const lines = [
    `Cardwright ${outcome.version}: the guided demonstration`,
    `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, ${outcome.took}`,
    '',
    'TRAINING. Invented people, invented accounts, a CA of this machine only.',
    '',
    'What happened, at the real screens of the station:',
    ...cards.map(
      ({ customer, medium }) =>
        `  ${customer.record.nameLatin} (${customer.record.customerId}) showed a document, typed account PIN, login password and card PIN\n  on their own screen, and was handed ${medium.name === 'sim' ? 'a SIM' : 'an SD card'}.`,
    ),
    `  The manager opened the log: ${outcome.logWords}`,
    '  The technician put the SIM beside the bank’s and the CA’s records:',
    ...outcome.inspection.map((line) => `    ${line}`),
    '',
    `Proven afterwards from the cards themselves (${held} of ${proofs.length}):`,
    ...proofs.map(
      ({ claim, holds, detail }) =>
        `  ${holds ? 'yes' : 'NO '}  ${claim}${detail === undefined ? '' : ` (${detail})`}`,
    ),
    '',
    'What lies here:',
    '  screens/      what was on the screens, numbered in order, in both languages',
    '  receipts/     the receipts as PDF, in both languages',
    '  sd-card/      the whole SD card; its owner’s own files are untouched beside BANKCARD/',
    '  sim/          what the SIM lets anybody read: certificate, signed user information, identity, marker',
    '  bank-ca.pem   the CA both certificates hang from',
    '',
    'To look again:',
    '  openssl verify -CAfile bank-ca.pem sim/certificate.pem',
    `  the phone client: sd-card/BANKCARD/<bank>/client.html; card PIN ${cards[0]?.customer.cardPin ?? ''} (training)`,
    '',
    ...outcome.screenshots.map((name) => `  screens/${name}`),
    ...outcome.receipts.map((name) => `  receipts/${name}`),
    '',
  ];
  writeFileSync(join(folder, 'README.txt'), lines.join('\n'));
}
