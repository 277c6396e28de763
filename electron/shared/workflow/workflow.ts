import type { z } from 'zod';
import type { FaultCode, Result } from '../result/index.ts';
import type { AtReader, Touches } from './run-state.ts';
import type { CopiedPart } from './transfer-meter.ts';

/**
 * One recorded step. `run` must be safe to repeat after a crash in its middle: the bank gets the
 * same idempotency key, a card or medium is looked at before it is changed.
 */
export interface Step<Input, Output> {
  /** Unique in its workflow and stable over versions: the journal's key. */
  readonly name: string;
  readonly touches: Touches;
  /** What the journal keeps of the outcome; checked when it is read back. Never a secret. */
  readonly record: z.ZodType<Output>;
  run(input: Input, context: StepContext): Promise<Result<Output>>;
  /**
   * Takes the effects back, whether the step finished (`output` given) or only began.
   * Undoing twice, or what never happened, must succeed. 'nothing' where there is nothing to take back.
   */
  readonly undo:
    'nothing' | ((input: Input, output: Output | undefined, context: StepContext) => Promise<Result<void>>);
  /**
   * Faults that a new answer can cure: on resume the named question is put again.
   * Only steps that touch nothing may stand between the question and this step.
   */
  readonly asksAgain?: Partial<Record<FaultCode, string>>;
  /**
   * Faults of a secret that was typed wrongly: on resume only the secret of the named question is asked
   * for again; its answer, and what was done since, stands.
   */
  readonly asksSecretAgain?: Partial<Record<FaultCode, string>>;
}

export interface StepContext {
  readonly runId: string;
  /** `run id / step / attempt`. Stays the same until an attempt got a definite answer. */
  readonly idempotencyKey: string;
  /** Whether a step of this run began and was not undone: what it did, or half did, is there. */
  stands(step: string): boolean;
  /** Says how far its copying is, for the screen. */
  report(part: CopiedPart): void;
  /** Says that it waits for a person at the reader; `undefined`: not any more. For the screens. */
  waitAtReader(deed: AtReader | undefined): void;
  /** The secret part of an answer. Asked again when it is no longer in memory (after a restart). */
  secret<Answer, Secret>(question: Question<Answer, Secret>): Promise<Secret>;
}

/** A question to a person. The answer is journalled, its secret part only held in memory until the run ends. */
export interface Question<Answer, Secret = undefined> {
  readonly name: string;
  readonly of: 'officer' | 'customer';
  readonly answer: z.ZodType<Answer>;
  readonly secret?: z.ZodType<Secret>;
}

/** What a workflow's code sees. A step or question that fails ends the code right there; it never sees the fault. */
export interface Flow {
  /** All steps and questions of this run in order, for the screen; called again when an answer decides the rest. */
  plan(parts: readonly (AnyStep | AnyQuestion)[]): void;
  step<Input, Output>(step: Step<Input, Output>, input: Input): Promise<Output>;
  ask<Answer, Secret>(
    question: Question<Answer, Secret>,
    data?: Readonly<Record<string, unknown>>,
  ): Promise<Answer>;
}

/**
 * Linear code over recorded steps. It is run again from its beginning to resume or undo, with recorded
 * outcomes given back, so it must decide only by its input and by what steps and questions returned.
 */
export interface Workflow<Input> {
  readonly name: string;
  readonly input: z.ZodType<Input>;
  run(flow: Flow, input: Input): Promise<void>;
}

// The runner handles steps of all types; their own types are checked where a workflow is written.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyStep = Step<any, any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyQuestion = Question<any, any>;
