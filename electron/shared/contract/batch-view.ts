import { z } from 'zod';
import { foundContent, mediumKind } from '../domain/index.ts';
import { faultCodeSchema, faultSchema } from '../result/index.ts';

/**
 * One kind of work over many cards, a lane to each reader. prepare: stock gets its own keys instead of the
 * factory's. wipe: returned cards that the bank has ended become blank. inspect: card, bank and CA are compared.
 */
export const batchWork = z.enum(['prepare', 'wipe', 'inspect']);
export type BatchWork = z.infer<typeof batchWork>;

/** A record outlives a code that a later version gave up. */
const faultCode = faultCodeSchema.catch('internal-error');

/** When all lanes stop and a person is asked. Kept with the batch: what was the rule then is told by its record. */
export const batchPolicy = z.object({
  /** So many cards one after another that end with the same fault. */
  sameFaultInARow: z.number().int().min(1).max(100),
  /** So many cards in quarantine since a person last said to go on. */
  quarantined: z.number().int().min(1).max(100),
  /** One of these is enough: the next card could only meet it too. */
  atOnce: z.array(faultCodeSchema).max(50),
});
export type BatchPolicy = z.infer<typeof batchPolicy>;

/**
 * good: done. refused: looked at and not touched. failed: something stands on it, its run is in the journal.
 * quarantined: it refused a key. undone: taken back by a person.
 */
export const batchOutcome = z.enum(['good', 'refused', 'failed', 'quarantined', 'undone']);
export type BatchOutcome = z.infer<typeof batchOutcome>;

export const batchCard = z.object({
  runId: z.string(),
  reader: z.string(),
  at: z.string(),
  tookMs: z.number(),
  outcome: batchOutcome,
  faultCode: faultCode.optional(),
  kind: mediumKind.optional(),
  identity: z.string().optional(),
  serial: z.string().optional(),
  /** Of an inspection. */
  content: foundContent.optional(),
  differing: z.number().int().optional(),
});
export type BatchCard = z.infer<typeof batchCard>;

export const batchLane = z.object({
  reader: z.string(),
  /**
   * empty: put a card in. working: its run goes on. decide: the run stands at a fault and a person says how it
   * goes on. take-out: it is over, next card please. paused: a card is in and no new one is begun. gone: the
   * reader is not there.
   */
  state: z.enum(['empty', 'working', 'decide', 'take-out', 'paused', 'gone']),
  runId: z.string().optional(),
  /** Why it stands, or ended as it did. */
  fault: faultSchema.optional(),
  /** The card in it when it is over, else the last one of this lane. */
  last: batchCard.optional(),
  /** Cards of this lane that are over. */
  ended: z.number().int(),
});
export type BatchLane = z.infer<typeof batchLane>;

export const batchHold = z.object({
  why: z.enum(['same-fault', 'quarantine', 'at-once', 'restart']),
  faultCode: faultCode.optional(),
  count: z.number().int().optional(),
  at: z.string(),
});
export type BatchHold = z.infer<typeof batchHold>;

export const batchCounts = z.object({
  good: z.number().int(),
  refused: z.number().int(),
  failed: z.number().int(),
  quarantined: z.number().int(),
  undone: z.number().int(),
});
export type BatchCounts = z.infer<typeof batchCounts>;

export const batchView = z.object({
  batchId: z.string(),
  work: batchWork,
  officerId: z.string(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  /** held: no new card until a person says so. stopping: the cards under way end, then the batch. */
  phase: z.enum(['running', 'held', 'stopping', 'ended']),
  hold: batchHold.optional(),
  policy: batchPolicy,
  lanes: z.array(batchLane),
  counts: batchCounts,
  /** The last ones, newest first. */
  cards: z.array(batchCard),
});
export type BatchView = z.infer<typeof batchView>;
