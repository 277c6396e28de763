import type { Result } from '../../shared/result/index.ts';
import type { JournalEntry, RunHeader } from '../../shared/workflow/index.ts';
import type { AuditLog, NewAuditRecord } from '../audit/audit-log.ts';
import type { AuditEvent } from '../audit/audit-events.ts';
import { plannedApplet } from '../reprovision/upgrade-applet.ts';
import { subjectOf, type RunSubject } from './run-subject.ts';

/** Writes an audit record for every journal entry, with what is known of the run by then. */
export interface RunAudit {
  record(header: RunHeader, entry: JournalEntry | undefined): Result<void>;
  /** A run from an earlier start: its entries are in the log already. */
  recall(header: RunHeader, entries: readonly JournalEntry[]): void;
}

interface Facts {
  readonly steps: Map<string, unknown>;
  readonly answers: Map<string, unknown>;
}

export function runAudit(audit: AuditLog): RunAudit {
  const facts = new Map<string, Facts>();
  const factsOf = (runId: string): Facts => {
    const known = facts.get(runId) ?? { steps: new Map<string, unknown>(), answers: new Map() };
    facts.set(runId, known);
    return known;
  };
  const learn = ({ runId }: RunHeader, entry: JournalEntry) => {
    if (entry.kind === 'step-done') factsOf(runId).steps.set(entry.step, entry.output);
    if (entry.kind === 'answered') factsOf(runId).answers.set(entry.question, entry.answer);
  };
  return {
    record(header, entry) {
      if (entry) learn(header, entry);
      const subject = subjectOf(header, factsOf(header.runId));
      const written = audit.append(recordOf(header, entry, subject, appletOf(factsOf(header.runId))));
      if (entry?.kind === 'completed') facts.delete(header.runId);
      return written;
    },
    recall(header, entries) {
      for (const entry of entries) learn(header, entry);
    },
  };
}

/** Which applet a run brings, and what it replaces. */
function appletOf({ steps }: Facts): Readonly<Record<string, string>> {
  const planned = plannedApplet.safeParse(steps.get('inspect-card')).data;
  if (!planned) return {};
  const { before, package: applet } = planned;
  return { applet: applet.packageAid, from: before?.version ?? 'none', to: applet.version };
}

function recordOf(
  header: RunHeader,
  entry: JournalEntry | undefined,
  { customerId, cardId, serial, reader }: RunSubject,
  applet: Readonly<Record<string, string>>,
): NewAuditRecord<AuditEvent> {
  const { runId, officerId, workflow } = header;
  const common = { runId, officerId, customerId, cardId, serial, reader, outcome: 'ok' } as const;
  if (!entry) return { ...common, event: 'run.started', data: { workflow } };
  switch (entry.kind) {
    case 'step-started':
      return { ...common, event: 'step.started', step: entry.step, data: { attempt: entry.attempt } };
    case 'step-done':
      return { ...common, event: 'step.done', step: entry.step };
    case 'step-failed':
      return {
        ...common,
        event: 'step.failed',
        outcome: 'failed',
        step: entry.step,
        faultCode: entry.fault.code,
        data: { definite: entry.definite },
      };
    case 'asked':
      return { ...common, event: 'question.asked', data: { question: entry.question } };
    case 'answered':
      return { ...common, event: 'question.answered', data: { question: entry.question } };
    case 'ask-reopened':
      return { ...common, event: 'question.reopened', data: { question: entry.question } };
    case 'cancelled':
      return { ...common, event: 'run.cancelled' };
    case 'resumed':
      return { ...common, event: 'run.resumed' };
    case 'undo-began':
      return { ...common, event: 'run.undo-began' };
    case 'undo-done':
      return { ...common, event: 'step.undone', step: entry.step };
    case 'undo-failed':
      return {
        ...common,
        event: 'step.undo-failed',
        outcome: 'failed',
        step: entry.step,
        faultCode: entry.fault.code,
      };
    case 'completed': {
      const tookMs = Date.parse(entry.at) - Date.parse(header.startedAt);
      const data = { workflow, outcome: entry.outcome, tookMs, ...applet };
      return { ...common, event: 'run.completed', outcome: entry.outcome === 'done' ? 'ok' : 'failed', data };
    }
  }
}
