import type { CardRecord } from '../../shared/domain/index.ts';
import { ok, type Result } from '../../shared/result/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { mediumOf } from '../issuance/inspect-medium.ts';
import type { ChosenMedium } from '../issuance/issued-card.ts';
import type { Readers, Recognised } from '../readers/readers.ts';
import { bankRecordOf } from './bank-record.ts';
import type { InspectedCard } from './inspected-card.ts';

/** What is in the reader is this run's card from here on: what it is, and the bank's record of it. */
export async function lookAtCard(
  { bank, readers }: { readonly bank: BankClient; readonly readers: Readers },
  reader: string,
  runId: string,
): Promise<Result<{ readonly seen: Recognised; readonly card: CardRecord | undefined }>> {
  readers.choose(reader, runId);
  const seen = await readers.recognise({ reader, runId });
  if (!seen.ok) return seen;
  const record = await bankRecordOf(bank, seen.value);
  return record.ok ? ok({ seen: seen.value, card: record.value }) : record;
}

/** Keeps the reader for the run, which works on this card in it. Fault: reader-busy. */
export function holdCard(readers: Readers, seen: Recognised, runId: string): Result<ChosenMedium> {
  const { reader } = seen;
  const held = readers.hold(reader, runId);
  return held.ok ? ok({ reader, medium: mediumOf(seen) }) : held;
}

/** Of the bank's record what a run writes down about its card. */
export const factsOf = ({ cardId, customerId, customerName, state }: CardRecord) => ({
  cardId,
  customerId,
  customerName,
  cardState: state,
  unfinished: unfinishedStates.includes(state),
});

/** A card that the bank knows nothing of. */
export const noFacts: Omit<InspectedCard, 'place'> = { unfinished: false };

/** Its issuance has not come to its end. */
export const unfinishedStates: readonly CardRecord['state'][] = [
  'reserved',
  'keyed',
  'certified',
  'written',
  'verified',
  'registered',
  'delivered',
  'broken',
];
