import type { FaultCode } from '../result/index.ts';
import { faultTable } from '../result/index.ts';
import type { JournalEntry } from './journal.ts';

/** What the entries of one run add up to. Pure: the same entries, the same history. */
export interface History {
  /** Finished steps with their recorded outcome. */
  readonly done: ReadonlyMap<string, unknown>;
  /** Steps that began and neither finished nor were undone, in order of their first beginning; includes `done`. */
  readonly begun: readonly string[];
  readonly answers: ReadonlyMap<string, unknown>;
  /** Attempts that got a definite answer, by step. */
  readonly attempts: ReadonlyMap<string, number>;
  readonly undoBegan: boolean;
  readonly completed: 'done' | 'undone' | undefined;
}

export function historyOf(entries: readonly JournalEntry[]): History {
  const done = new Map<string, unknown>();
  const begun: string[] = [];
  const answers = new Map<string, unknown>();
  const attempts = new Map<string, number>();
  const order: { kind: 'step' | 'question'; name: string }[] = [];
  let undoBegan = false;
  let completed: History['completed'];
  for (const entry of entries) {
    switch (entry.kind) {
      case 'step-started':
        if (!begun.includes(entry.step)) begun.push(entry.step);
        break;
      case 'step-done':
        done.set(entry.step, entry.output);
        order.push({ kind: 'step', name: entry.step });
        break;
      case 'step-failed':
        if (entry.definite) attempts.set(entry.step, (attempts.get(entry.step) ?? 0) + 1);
        break;
      case 'answered':
        answers.set(entry.question, entry.answer);
        order.push({ kind: 'question', name: entry.question });
        break;
      case 'ask-reopened': {
        // Everything recorded after the question rests on its old answer. A secret that was only typed
        // again stands later in the order and does not count: nothing rests on that.
        const from = order.findIndex((part) => part.kind === 'question' && part.name === entry.question);
        for (const part of from < 0 ? [] : order.splice(from)) {
          if (part.kind === 'step') done.delete(part.name);
          else answers.delete(part.name);
        }
        break;
      }
      case 'undo-began':
        undoBegan = true;
        break;
      case 'undo-done':
        if (begun.includes(entry.step)) begun.splice(begun.indexOf(entry.step), 1);
        break;
      case 'completed':
        completed = entry.outcome;
        break;
      case 'asked':
      case 'cancelled':
      case 'resumed':
      case 'undo-failed':
        break;
    }
  }
  return { done, begun, answers, attempts, undoBegan, completed };
}

/**
 * Whether the other side certainly did not do it, so that a repetition is a new attempt.
 * A network or station failure leaves that open: the next try must carry the same idempotency key.
 */
export function isDefinite(code: FaultCode): boolean {
  const { blame } = faultTable[code];
  return (
    blame !== 'network' &&
    blame !== 'station' &&
    blame !== 'bug' &&
    code !== 'bank-internal-error' &&
    code !== 'bank-busy'
  );
}
