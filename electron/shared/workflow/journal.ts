import { z } from 'zod';
import { faultSchema, type Result } from '../result/index.ts';

const at = z.string();

/** What the journal keeps, in order. Written before and after each step; an entry is durable when `append` returns. */
export const journalEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('step-started'), at, step: z.string(), attempt: z.number().int() }),
  z.object({ kind: z.literal('step-done'), at, step: z.string(), output: z.unknown() }),
  z.object({
    kind: z.literal('step-failed'),
    at,
    step: z.string(),
    fault: faultSchema,
    definite: z.boolean(),
  }),
  z.object({ kind: z.literal('asked'), at, question: z.string() }),
  z.object({ kind: z.literal('answered'), at, question: z.string(), answer: z.unknown() }),
  z.object({ kind: z.literal('ask-reopened'), at, question: z.string() }),
  z.object({ kind: z.literal('cancelled'), at }),
  z.object({ kind: z.literal('resumed'), at }),
  z.object({ kind: z.literal('undo-began'), at }),
  z.object({ kind: z.literal('undo-done'), at, step: z.string() }),
  z.object({ kind: z.literal('undo-failed'), at, step: z.string(), fault: faultSchema }),
  z.object({ kind: z.literal('completed'), at, outcome: z.enum(['done', 'undone']) }),
]);
export type JournalEntry = z.infer<typeof journalEntry>;

export const runHeader = z.object({
  runId: z.string(),
  workflow: z.string(),
  input: z.unknown(),
  officerId: z.string(),
  startedAt: z.string(),
});
export type RunHeader = z.infer<typeof runHeader>;

/** Where runs are kept. Faults: journal-damaged, storage-full, database-locked. */
export interface Journal {
  open(header: RunHeader): Result<void>;
  append(runId: string, entry: JournalEntry): Result<void>;
  read(runId: string): Result<{ readonly header: RunHeader; readonly entries: readonly JournalEntry[] }>;
  /** Runs without a `completed` entry, oldest first. */
  unfinished(): Result<readonly RunHeader[]>;
}

/** For tests, and for work that may be forgotten with the process. */
export function memoryJournal(): Journal {
  const runs = new Map<string, { header: RunHeader; entries: JournalEntry[] }>();
  const missing = { ok: false, fault: { code: 'run-unknown', data: {} } } as const;
  return {
    open(header) {
      runs.set(header.runId, { header, entries: [] });
      return { ok: true, value: undefined };
    },
    append(runId, entry) {
      const run = runs.get(runId);
      if (!run) return missing;
      run.entries.push(JSON.parse(JSON.stringify(entry)) as JournalEntry); // as a file would keep it
      return { ok: true, value: undefined };
    },
    read(runId) {
      const run = runs.get(runId);
      return run ? { ok: true, value: { header: run.header, entries: [...run.entries] } } : missing;
    },
    unfinished() {
      const open = [...runs.values()].filter(
        (run) => !run.entries.some((entry) => entry.kind === 'completed'),
      );
      return { ok: true, value: open.map((run) => run.header) };
    },
  };
}
