import { z } from 'zod';
import { faultSchema } from '../result/index.ts';

/** What a step changes in the world; decides what the screen says about removing the card. */
export const touches = z.enum(['nothing', 'card', 'media', 'bank']);
export type Touches = z.infer<typeof touches>;

/** A question a run puts to a person. `kind` picks the form and the text; `data` holds what it shows. */
export const ask = z.object({
  askId: z.string(),
  kind: z.string(),
  /** Whose screen answers. */
  of: z.enum(['officer', 'customer']),
  data: z.record(z.string(), z.unknown()),
});
export type Ask = z.infer<typeof ask>;

/** How far the copying of a step is. Shown only; never kept. */
export const transferState = z.object({
  doing: z.enum(['writing', 'reading']),
  doneBytes: z.number(),
  ofBytes: z.number(),
  /** Over the last seconds; absent until it can be told. */
  bytesPerSecond: z.number().optional(),
  leftMs: z.number().optional(),
});
export type TransferState = z.infer<typeof transferState>;

/** What a person is to do at the reader while a step goes on: type the card PIN at its keys. */
export const atReader = z.enum(['type-pin']);
export type AtReader = z.infer<typeof atReader>;

/** The one union for long work (DESIGN.md §3.4). */
export const runState = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('working'),
    step: z.string(),
    index: z.number().int(),
    of: z.number().int(),
    touches,
    since: z.string(),
    transfer: transferState.optional(),
    atReader: atReader.optional(),
  }),
  z.object({ kind: z.literal('asking'), ask, index: z.number().int(), of: z.number().int() }),
  z.object({ kind: z.literal('undoing'), step: z.string(), touches }),
  z.object({ kind: z.literal('completed'), outcome: z.enum(['done', 'undone']) }),
  z.object({
    kind: z.literal('failed'),
    /** The step or ask it stopped at. */
    at: z.string(),
    fault: faultSchema,
    /** Steps whose effects stand and can be undone, newest first. */
    left: z.array(z.string()),
    mayResume: z.boolean(),
    mayUndo: z.boolean(),
  }),
]);
export type RunState = z.infer<typeof runState>;

export const stepProgress = z.object({
  step: z.string(),
  touches,
  state: z.enum(['waiting', 'working', 'done', 'failed', 'undone']),
  startedAt: z.string().optional(),
  /** Milliseconds it took, when done. */
  tookMs: z.number().optional(),
});
export type StepProgress = z.infer<typeof stepProgress>;
