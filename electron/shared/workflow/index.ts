export type { AnyQuestion, AnyStep, Flow, Question, Step, StepContext, Workflow } from './workflow.ts';
export {
  ask,
  runState,
  stepProgress,
  touches,
  atReader,
  type Ask,
  type AtReader,
  type RunState,
  transferState,
  type StepProgress,
  type Touches,
  type TransferState,
} from './run-state.ts';
export {
  journalEntry,
  memoryJournal,
  runHeader,
  type Journal,
  type JournalEntry,
  type RunHeader,
} from './journal.ts';
export type { CopiedPart } from './transfer-meter.ts';
export { createRunner, type Run, type Runner, type RunnerOptions } from './runner.ts';
