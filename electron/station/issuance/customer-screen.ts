import { isDeepStrictEqual } from 'node:util';
import type { CustomerPrompt } from '../../shared/contract/index.ts';
import { fail, type Fault, type Result } from '../../shared/result/index.ts';
import type { Run } from '../../shared/workflow/index.ts';
import type { BankStatus } from '../bank/bank-connection.ts';
import type { Runs } from '../runs/runs.ts';
import { subjectOf } from '../runs/run-subject.ts';
import { issueInput } from './issue-input.ts';
import { customerSecrets, type CustomerSecret } from './issue-questions.ts';
import { masked } from './masked.ts';

/** What the customer's own screen shows and takes. It keeps what was typed only until no step needs it any more. */
export interface CustomerScreen {
  prompt(): CustomerPrompt;
  /** Tells the listeners when what is to be shown has changed. */
  show(): void;
  onChange(listener: (prompt: CustomerPrompt) => void): () => void;
  /** Faults: run-unknown, run-not-asking, bad-input {fields}. */
  answer(runId: string, askId: string, typed: CustomerSecret): Result<void>;
}

export interface CustomerScreenOptions {
  readonly runs: Runs;
  bankStatus(): BankStatus | undefined;
}

type Field = Extract<CustomerPrompt, { kind: 'enter-secrets' }>['fields'][number];

interface Held {
  accountPin?: CustomerSecret['accountPin'];
  loginPassword?: CustomerSecret['loginPassword'];
  cardPin?: CustomerSecret['cardPin'];
  /** Told with the next question. */
  triesLeft?: number | undefined;
}

export function customerScreen({ runs, bankStatus }: CustomerScreenOptions): CustomerScreen {
  const held = new Map<string, Held>();
  const listeners = new Set<(prompt: CustomerPrompt) => void>();
  const heldFor = (runId: string): Held => {
    const known = held.get(runId) ?? {};
    held.set(runId, known);
    return known;
  };

  /** What a step that is still to come needs and nobody holds. */
  const wanted = (run: Run): Field[] => {
    const { steps } = run.records();
    const has = heldFor(run.runId);
    const fields: Field[] = [];
    if (!steps.has('check-account-pin') && !has.accountPin) fields.push('account-pin');
    // Who has a card already has chosen the other two.
    if (run.header.workflow !== 'issue-card') return fields;
    if (!steps.has('reserve-card') && !has.loginPassword) fields.push('login-password');
    if (!steps.has('prove') && has.cardPin === undefined) fields.push('card-pin');
    return fields;
  };

  const prompt = (): CustomerPrompt => {
    const run = runOfCustomer(runs);
    const input = run && customerInput.safeParse(run.header.input).data;
    if (!run || !input) return { kind: 'idle' };
    const { customerId, customerName, account, loginName } = input;
    const state = run.state();
    if (state.kind === 'asking' && state.ask.kind === 'hand-over') {
      const { mediumKind = 'smart-card' } = subjectOf(run.header, run.records());
      return { kind: 'take-card', customerName, mediumKind };
    }
    if (state.kind === 'working' && state.atReader === 'type-pin')
      return { kind: 'type-at-reader', customerName };
    const status = bankStatus();
    if (state.kind !== 'asking' || state.ask.kind !== customerSecrets.name || !status)
      return { kind: 'wait', customerName };
    const { triesLeft } = heldFor(run.runId);
    return {
      kind: 'enter-secrets',
      runId: run.runId,
      askId: state.ask.askId,
      customerId,
      customerName,
      accountMasked: masked(account),
      loginName,
      fields: wanted(run),
      ...(triesLeft !== undefined && { triesLeft }),
      envelopeKey: status.envelopeKey,
    };
  };

  let shown: CustomerPrompt = { kind: 'idle' };
  const show = () => {
    const now = prompt();
    if (isDeepStrictEqual(now, shown)) return;
    shown = now;
    for (const listener of listeners) listener(now);
  };

  runs.onChange((run) => {
    const state = run.state();
    if (state.kind === 'completed') held.delete(run.runId);
    else if (held.has(run.runId)) forgetSpent(heldFor(run.runId), run);
    if (state.kind === 'failed' && held.has(run.runId)) forgetRefused(heldFor(run.runId), state.fault);
    show();
  });

  return {
    prompt,
    show,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    answer(runId, askId, typed) {
      const run = runs.find(runId);
      if (!run.ok) return run;
      const state = run.value.state();
      if (state.kind !== 'asking' || state.ask.askId !== askId || state.ask.kind !== customerSecrets.name)
        return fail('run-not-asking', { askId });
      const missing = wanted(run.value).filter((field) => typed[keyOf[field]] === undefined);
      if (missing.length > 0) return fail('bad-input', { fields: missing.join(', ') });
      const merged = { ...heldFor(runId), ...typed, triesLeft: undefined };
      held.set(runId, merged);
      const { accountPin, loginPassword, cardPin } = merged;
      return run.value.answer(askId, { entered: true }, { accountPin, loginPassword, cardPin });
    },
  };
}

const keyOf = {
  'account-pin': 'accountPin',
  'login-password': 'loginPassword',
  'card-pin': 'cardPin',
} as const satisfies Record<Field, keyof CustomerSecret>;

/** Who is asked, in every workflow that asks a customer. */
const customerInput = issueInput.pick({
  customerId: true,
  customerName: true,
  account: true,
  loginName: true,
});

const withCustomer: readonly string[] = ['issue-card', 'restart-chain'];

/** The one customer at the counter: of the newest run with a customer that is going on. */
function runOfCustomer(runs: Runs): Run | undefined {
  return runs
    .live()
    .filter((run) => withCustomer.includes(run.header.workflow) && run.state().kind !== 'failed')
    .sort((one, other) => other.header.startedAt.localeCompare(one.header.startedAt))[0];
}

function forgetSpent(has: Held, run: Run): void {
  const { steps } = run.records();
  if (steps.has('check-account-pin')) delete has.accountPin;
  if (steps.has('reserve-card')) delete has.loginPassword;
  if (steps.has('prove')) delete has.cardPin;
}

/** A refused secret is asked for again; the others need not be typed twice. */
function forgetRefused(has: Held, { code, data }: Fault): void {
  has.triesLeft = undefined;
  switch (code) {
    case 'account-pin-wrong':
    case 'account-pin-blocked':
      delete has.accountPin;
      if (typeof data.triesLeft === 'number') has.triesLeft = data.triesLeft;
      break;
    case 'pin-check-expired':
      delete has.accountPin;
      break;
    case 'login-password-weak':
      delete has.loginPassword;
      break;
    case 'envelope-unreadable':
      delete has.accountPin;
      delete has.loginPassword;
      break;
    case 'card-pin-wrong':
    case 'card-pin-format':
      delete has.cardPin;
      break;
    default:
  }
}
