import { fail, ok, type Fault, type Result } from '../result/index.ts';
import { historyOf, isDefinite, type History } from './history.ts';
import type { Journal, JournalEntry, RunHeader } from './journal.ts';
import type { Ask, RunState, StepProgress } from './run-state.ts';
import { transferMeter, type TransferMeter } from './transfer-meter.ts';
import type { AnyQuestion, AnyStep, Flow, Question, Step, StepContext, Workflow } from './workflow.ts';

/** A run as the station holds it. Commands return at once; what happens shows in `state`. */
export interface Run {
  readonly runId: string;
  readonly header: RunHeader;
  state(): RunState;
  progress(): readonly StepProgress[];
  /** Recorded outcomes by step and answers by question, for views and receipts. Never secrets. */
  records(): { readonly steps: ReadonlyMap<string, unknown>; readonly answers: ReadonlyMap<string, unknown> };
  /** Called after every change of state or progress. Returns how to stop listening. */
  onChange(listener: (run: Run) => void): () => void;
  /** Faults: run-not-asking, bad-input. */
  answer(askId: string, answer: unknown, secret?: unknown): Result<void>;
  /** Stops at the next boundary between steps. With nothing to take back the run is completed as undone. */
  cancel(): Result<void>;
  /** Goes on where it stopped. Faults: run-busy. */
  resume(): Result<void>;
  /** Takes back every step that began, newest first; goes on past one that cannot be taken back. Faults: run-busy. */
  undo(): Result<void>;
  /** Resolves when the run next stands still: asking, failed or completed. */
  settled(): Promise<RunState>;
}

export interface RunnerOptions {
  readonly journal: Journal;
  now(): Date;
  /** Every journal entry, after it is durable: the audit log listens here. */
  onEntry?(header: RunHeader, entry: JournalEntry): void;
  /** A step or workflow threw. Gets names only, never inputs. */
  onBug(where: string, error: unknown): void;
}

export interface Runner {
  start<Input>(
    workflow: Workflow<Input>,
    input: Input,
    header: { runId: string; officerId: string },
  ): Result<Run>;
  /** A run from the journal, standing still at 'run-interrupted', ready for resume or undo. */
  reopen<Input>(workflow: Workflow<Input>, runId: string): Result<Run>;
}

export function createRunner(options: RunnerOptions): Runner {
  return {
    start(workflow, input, { runId, officerId }) {
      const header: RunHeader = {
        runId,
        workflow: workflow.name,
        input,
        officerId,
        startedAt: options.now().toISOString(),
      };
      const opened = options.journal.open(header);
      if (!opened.ok) return opened;
      const run = openRun(options, workflow, header, []);
      run.begin();
      return ok(run);
    },
    reopen(workflow, runId) {
      const read = options.journal.read(runId);
      if (!read.ok) return read;
      if (!workflow.input.safeParse(read.value.header.input).success)
        return fail('journal-damaged', { runId });
      return ok(openRun(options, workflow, read.value.header, read.value.entries));
    },
  };
}

/** How a fault leaves the workflow's linear code. Never seen outside this file. */
class Stop extends Error {
  readonly at: string;
  readonly fault: Fault;
  constructor(at: string, fault: Fault) {
    super('stop');
    this.at = at;
    this.fault = fault;
  }
}

/** The end of what is recorded, while inputs are being rebuilt for an undo. */
class EndOfRecord extends Error {}

interface Waiting {
  readonly ask: Ask;
  readonly question: AnyQuestion;
  resolve(answer: unknown): void;
  reject(stop: Stop): void;
}

function openRun<Input>(
  options: RunnerOptions,
  workflow: Workflow<Input>,
  header: RunHeader,
  earlier: readonly JournalEntry[],
): Run & { begin(): void } {
  const entries: JournalEntry[] = [...earlier];
  const listeners = new Set<(run: Run) => void>();
  const secrets = new Map<string, unknown>();
  const timings = new Map<string, { startedAt: string; tookMs?: number }>();
  for (const entry of earlier) {
    if (entry.kind === 'step-started') timings.set(entry.step, { startedAt: entry.at });
    if (entry.kind === 'step-done') {
      const startedAt = timings.get(entry.step)?.startedAt ?? entry.at;
      timings.set(entry.step, { startedAt, tookMs: Date.parse(entry.at) - Date.parse(startedAt) });
    }
  }
  let history: History = historyOf(entries);
  let plan: readonly (AnyStep | AnyQuestion)[] = [];
  let waiting: Waiting | undefined;
  let cancelled = false;
  let active = false;
  let askNumber = 0;
  /** The question that a new answer may cure, by the fault the run stands at. */
  let reopenOnResume: string | undefined;
  let state: RunState;
  /** Of the step at work. */
  let meter: TransferMeter | undefined;

  const now = () => options.now().toISOString();
  const isStep = (part: AnyStep | AnyQuestion): part is AnyStep => 'touches' in part;
  const indexOf = (name: string) => plan.findIndex((part) => part.name === name);

  const show = (next: RunState) => {
    state = next;
    for (const listener of listeners) listener(run);
  };

  const write = (entry: JournalEntry): Result<void> => {
    const written = options.journal.append(header.runId, entry);
    if (!written.ok) return written;
    entries.push(entry);
    history = historyOf(entries);
    options.onEntry?.(header, entry);
    return ok();
  };
  const writeOrStop = (at: string, entry: JournalEntry) => {
    const written = write(entry);
    if (!written.ok) throw new Stop(at, written.fault);
  };

  const undoable = (): string[] => history.begun.toReversed();
  /** Of these, the ones that have changed something somewhere. */
  const standing = (): string[] => undoable().filter((name) => touchesOf(name) !== 'nothing');
  const touchesOf = (name: string) => plan.filter(isStep).find((step) => step.name === name)?.touches;

  const failed = (at: string, fault: Fault, mayResume: boolean): RunState => ({
    kind: 'failed',
    at,
    fault,
    left: standing(),
    mayResume,
    mayUndo: true,
  });

  const putQuestion = (question: AnyQuestion, data: Readonly<Record<string, unknown>>): Promise<unknown> => {
    askNumber += 1;
    const ask: Ask = {
      askId: `${question.name}-${askNumber.toString()}`,
      kind: question.name,
      of: question.of,
      data,
    };
    return new Promise((resolve, reject) => {
      waiting = { ask, question, resolve, reject };
      show({ kind: 'asking', ask, index: Math.max(0, indexOf(question.name)), of: plan.length });
    });
  };

  const askedData = new Map<string, Readonly<Record<string, unknown>>>();

  const contextOf = (step: AnyStep): StepContext => ({
    runId: header.runId,
    idempotencyKey: `${header.runId}/${step.name}/${((history.attempts.get(step.name) ?? 0) + 1).toString()}`,
    stands: (name) => history.begun.includes(name),
    report(part) {
      if (state.kind !== 'working' || state.step !== step.name) return;
      meter ??= transferMeter();
      show({ ...state, transfer: meter(part, options.now().getTime()) });
    },
    waitAtReader(deed) {
      if (state.kind !== 'working' || state.step !== step.name) return;
      const { atReader: _before, ...working } = state;
      show(deed === undefined ? working : { ...working, atReader: deed });
    },
    async secret<Answer, Secret>(question: Question<Answer, Secret>): Promise<Secret> {
      if (!secrets.has(question.name)) {
        const before = state;
        const answer = await putQuestion(question, askedData.get(question.name) ?? {});
        writeOrStop(question.name, { kind: 'answered', at: now(), question: question.name, answer });
        show(before);
      }
      // Parsed with the question's schema when it was answered.
      return secrets.get(question.name) as Secret;
    },
  });

  const flow: Flow = {
    plan(parts) {
      plan = parts;
    },
    async step<I, O>(step: Step<I, O>, input: I): Promise<O> {
      if (history.done.has(step.name)) return recorded(step);
      if (cancelled) throw new Stop(step.name, { code: 'run-cancelled', data: { step: step.name } });
      const startedAt = now();
      writeOrStop(step.name, {
        kind: 'step-started',
        at: startedAt,
        step: step.name,
        attempt: (history.attempts.get(step.name) ?? 0) + 1,
      });
      timings.set(step.name, { startedAt });
      meter = undefined;
      show({
        kind: 'working',
        step: step.name,
        index: Math.max(0, indexOf(step.name)),
        of: plan.length,
        touches: step.touches,
        since: startedAt,
      });
      const result = await guarded(step.name, () => step.run(input, contextOf(step)));
      if (!result.ok) {
        const again = step.asksAgain?.[result.fault.code];
        reopenOnResume = again;
        const mistyped = step.asksSecretAgain?.[result.fault.code];
        if (mistyped !== undefined) secrets.delete(mistyped);
        write({
          kind: 'step-failed',
          at: now(),
          step: step.name,
          fault: result.fault,
          definite: isDefinite(result.fault.code),
        });
        throw new Stop(step.name, result.fault);
      }
      const endedAt = now();
      writeOrStop(step.name, { kind: 'step-done', at: endedAt, step: step.name, output: result.value });
      timings.set(step.name, { startedAt, tookMs: Date.parse(endedAt) - Date.parse(startedAt) });
      return result.value;
    },
    async ask<Answer, Secret>(
      question: Question<Answer, Secret>,
      data: Readonly<Record<string, unknown>> = {},
    ): Promise<Answer> {
      askedData.set(question.name, data);
      if (history.answers.has(question.name))
        return question.answer.parse(history.answers.get(question.name));
      if (cancelled) throw new Stop(question.name, { code: 'run-cancelled', data: { step: question.name } });
      writeOrStop(question.name, { kind: 'asked', at: now(), question: question.name });
      const answer = await putQuestion(question, data);
      writeOrStop(question.name, { kind: 'answered', at: now(), question: question.name, answer });
      return question.answer.parse(answer);
    },
  };

  function recorded<I, O>(step: Step<I, O>): O {
    const parsed = step.record.safeParse(history.done.get(step.name));
    if (!parsed.success)
      throw new Stop(step.name, { code: 'journal-damaged', data: { runId: header.runId } });
    return parsed.data;
  }

  async function guarded<T>(where: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Stop) return { ok: false, fault: error.fault };
      options.onBug(`${workflow.name}/${where}`, error);
      return fail('internal-error', { call: where });
    }
  }

  async function work(): Promise<void> {
    active = true;
    try {
      await workflow.run(flow, workflow.input.parse(header.input));
      const written = write({ kind: 'completed', at: now(), outcome: 'done' });
      if (!written.ok) throw new Stop('completed', written.fault);
      secrets.clear();
      active = false;
      show({ kind: 'completed', outcome: 'done' });
    } catch (error) {
      active = false;
      if (!(error instanceof Stop)) options.onBug(workflow.name, error);
      const stop =
        error instanceof Stop ? error : new Stop(workflow.name, { code: 'internal-error', data: {} });
      const nothingBegun = history.begun.length === 0;
      if (
        stop.fault.code === 'run-cancelled' &&
        nothingBegun &&
        write({ kind: 'completed', at: now(), outcome: 'undone' }).ok
      ) {
        secrets.clear();
        show({ kind: 'completed', outcome: 'undone' });
        return;
      }
      show(failed(stop.at, stop.fault, true));
    }
  }

  /** Runs the workflow's code over the record alone, to get back each begun step with its input. */
  async function rebuild(): Promise<Map<string, { step: AnyStep; input: unknown; output: unknown }>> {
    const begun = new Map<string, { step: AnyStep; input: unknown; output: unknown }>();
    const reading: Flow = {
      plan: flow.plan,
      step(step, input) {
        const isDone = history.done.has(step.name);
        begun.set(step.name, { step, input, output: isDone ? recorded(step) : undefined });
        return isDone ? Promise.resolve(recorded(step)) : Promise.reject(new EndOfRecord());
      },
      ask(question, data = {}) {
        askedData.set(question.name, data);
        return history.answers.has(question.name)
          ? Promise.resolve(question.answer.parse(history.answers.get(question.name)))
          : Promise.reject(new EndOfRecord());
      },
    };
    try {
      await workflow.run(reading, workflow.input.parse(header.input));
    } catch (error) {
      if (!(error instanceof EndOfRecord)) throw error;
    }
    return begun;
  }

  async function undoAll(): Promise<void> {
    active = true;
    let first: { at: string; fault: Fault } | undefined;
    try {
      const begun = await rebuild();
      for (const name of undoable()) {
        const part = begun.get(name);
        // A step that a reopened question made the workflow leave out touched nothing.
        const undo = part?.step.undo ?? 'nothing';
        if (part && undo !== 'nothing') {
          show({ kind: 'undoing', step: name, touches: part.step.touches });
          const result = await guarded(name, () => undo(part.input, part.output, contextOf(part.step)));
          if (!result.ok) {
            first ??= { at: name, fault: result.fault };
            write({ kind: 'undo-failed', at: now(), step: name, fault: result.fault });
            continue;
          }
        }
        writeOrStop(name, { kind: 'undo-done', at: now(), step: name });
      }
      if (!first) writeOrStop('completed', { kind: 'completed', at: now(), outcome: 'undone' });
    } catch (error) {
      if (!(error instanceof Stop)) options.onBug(`${workflow.name}/undo`, error);
      first =
        error instanceof Stop
          ? { at: error.at, fault: error.fault }
          : { at: 'undo', fault: { code: 'internal-error', data: {} } };
    }
    active = false;
    if (first) show(failed(first.at, first.fault, false));
    else {
      secrets.clear();
      show({ kind: 'completed', outcome: 'undone' });
    }
  }

  const standsStill = () => !active || waiting !== undefined;

  const run: Run & { begin(): void } = {
    runId: header.runId,
    header,
    state: () => state,
    records: () => ({ steps: history.done, answers: history.answers }),
    progress: () => plan.filter(isStep).map((step) => progressOf(step)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    answer(askId, answer, secret) {
      if (waiting?.ask.askId !== askId) return fail('run-not-asking', { askId });
      const { question, resolve } = waiting;
      const parsed = question.answer.safeParse(answer);
      const parsedSecret = question.secret?.safeParse(secret);
      if (!parsed.success || parsedSecret?.success === false)
        return fail('bad-input', { fields: question.name });
      if (parsedSecret) secrets.set(question.name, parsedSecret.data);
      waiting = undefined;
      resolve(parsed.data);
      return ok();
    },
    cancel() {
      if (history.completed) return fail('run-busy', { runId: header.runId });
      cancelled = true;
      const written = write({ kind: 'cancelled', at: now() });
      if (!written.ok) return written;
      const asking = waiting;
      waiting = undefined;
      if (asking)
        asking.reject(new Stop(asking.ask.kind, { code: 'run-cancelled', data: { step: asking.ask.kind } }));
      else if (!active && history.begun.length === 0) void undoAll();
      return ok();
    },
    resume() {
      if (active || history.completed || history.undoBegan) return fail('run-busy', { runId: header.runId });
      const reopened = reopenOnResume;
      const written = write({ kind: 'resumed', at: now() });
      if (!written.ok) return written;
      if (reopened !== undefined) {
        const reopenWritten = write({ kind: 'ask-reopened', at: now(), question: reopened });
        if (!reopenWritten.ok) return reopenWritten;
        secrets.delete(reopened);
      }
      reopenOnResume = undefined;
      cancelled = false;
      void work();
      return ok();
    },
    undo() {
      if (active || history.completed) return fail('run-busy', { runId: header.runId });
      if (!history.undoBegan) {
        const written = write({ kind: 'undo-began', at: now() });
        if (!written.ok) return written;
      }
      void undoAll();
      return ok();
    },
    settled() {
      if (standsStill()) return Promise.resolve(state);
      return new Promise((resolve) => {
        const stop = run.onChange(() => {
          if (!standsStill()) return;
          stop();
          resolve(state);
        });
      });
    },
    begin() {
      void work();
    },
  };

  function progressOf(step: AnyStep): StepProgress {
    const base = { step: step.name, touches: step.touches, ...timings.get(step.name) };
    if (history.done.has(step.name)) {
      const undone = history.undoBegan && !history.begun.includes(step.name);
      return { ...base, state: undone ? 'undone' : 'done' };
    }
    if (state.kind === 'working' && state.step === step.name) return { ...base, state: 'working' };
    if (state.kind === 'failed' && state.at === step.name) return { ...base, state: 'failed' };
    return { ...base, state: 'waiting' };
  }

  const interrupted = (): RunState =>
    failed(
      history.begun.at(-1) ?? workflow.name,
      { code: 'run-interrupted', data: { runId: header.runId } },
      !history.undoBegan,
    );
  state = history.completed ? { kind: 'completed', outcome: history.completed } : interrupted();
  // A run from the journal shows its plan, and what stands of it, before anybody resumes it.
  if (earlier.length > 0) {
    void rebuild().then(
      () => show(history.completed || active ? state : interrupted()),
      (error: unknown) => options.onBug(`${workflow.name}/reopen`, error),
    );
  }
  return run;
}
