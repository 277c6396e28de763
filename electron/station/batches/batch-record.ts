import { z } from 'zod';
import {
  batchCard,
  batchHold,
  batchPolicy,
  batchWork,
  type BatchCard,
  type BatchCounts,
  type BatchHold,
  type BatchView,
} from '../../shared/contract/index.ts';
import { wipeReason } from '../reprovision/wipe-reason.ts';

/** What a batch begins with. */
export const batchHeader = z.object({
  batchId: z.string(),
  work: batchWork,
  readers: z.array(z.string()).min(1),
  reason: wipeReason.optional(),
  policy: batchPolicy,
  officerId: z.string(),
  bankId: z.string(),
  startedAt: z.string(),
});
export type BatchHeader = z.infer<typeof batchHeader>;

/** What a batch's record keeps, in order. A card that ended twice, because its run was resumed, ended as it did last. */
export const batchEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('card-ended'), card: batchCard }),
  z.object({ kind: z.literal('held'), hold: batchHold }),
  z.object({ kind: z.literal('went-on'), at: z.string(), officerId: z.string() }),
  z.object({ kind: z.literal('stopped'), at: z.string(), officerId: z.string() }),
  z.object({ kind: z.literal('ended'), at: z.string() }),
]);
export type BatchEntry = z.infer<typeof batchEntry>;

/** What the entries add up to. Pure: the same entries, the same record. */
export interface BatchRecord {
  readonly phase: BatchView['phase'];
  readonly hold: BatchHold | undefined;
  /** One for each run, in the order in which they first ended. */
  readonly cards: readonly BatchCard[];
  /** Endings since a person last said to go on, in order: what the breaker looks at. */
  readonly recent: readonly BatchCard[];
  readonly endedAt: string | undefined;
}

export function batchRecordOf(entries: readonly BatchEntry[]): BatchRecord {
  const cards = new Map<string, BatchCard>();
  let recent: BatchCard[] = [];
  let phase: BatchRecord['phase'] = 'running';
  let hold: BatchHold | undefined;
  let endedAt: string | undefined;
  for (const entry of entries) {
    switch (entry.kind) {
      case 'card-ended':
        cards.set(entry.card.runId, entry.card);
        recent.push(entry.card);
        break;
      case 'held':
        // A batch that is being stopped begins no card anyway.
        if (phase !== 'running') break;
        phase = 'held';
        hold = entry.hold;
        break;
      case 'went-on':
        recent = [];
        phase = 'running';
        hold = undefined;
        break;
      case 'stopped':
        phase = 'stopping';
        break;
      case 'ended':
        phase = 'ended';
        endedAt = entry.at;
    }
  }
  return { phase, hold, cards: [...cards.values()], recent, endedAt };
}

export function countsOf(cards: readonly BatchCard[]): BatchCounts {
  const counts = { good: 0, refused: 0, failed: 0, quarantined: 0, undone: 0 };
  for (const { outcome } of cards) counts[outcome] += 1;
  return counts;
}
