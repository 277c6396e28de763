import type { BatchCard, BatchOutcome } from '../../shared/contract/index.ts';
import { faultTable, type Fault } from '../../shared/result/index.ts';
import type { Run, RunState } from '../../shared/workflow/index.ts';
import { checkedCard } from '../reprovision/checked-card.ts';
import { subjectOf } from '../runs/run-subject.ts';

/** How one card ended, from its run, which stands still. */
export function cardOf(run: Run, reader: string, now: Date): BatchCard {
  const state = run.state();
  const { steps } = run.records();
  const { mediumKind, serial } = subjectOf(run.header, run.records());
  const checked = checkedCard.safeParse(steps.get('inspect-card')).data;
  const fault = state.kind === 'failed' ? state.fault : undefined;
  return {
    runId: run.runId,
    reader,
    at: now.toISOString(),
    tookMs: Math.max(0, now.getTime() - Date.parse(run.header.startedAt)),
    outcome: outcomeOf(run, state),
    ...(fault && { faultCode: fault.code }),
    ...(mediumKind && { kind: mediumKind }),
    ...(checked && { identity: checked.place.medium.identity }),
    ...(serial !== undefined && { serial }),
    ...(checked?.content !== undefined && { content: checked.content }),
    ...(checked?.differing !== undefined && { differing: checked.differing }),
  };
}

/** It only looked and asked: its run can be closed without a trace on card or bank. */
export const nothingStands = (run: Run): boolean => {
  const state = run.state();
  const left = state.kind === 'failed' ? state.left : [];
  return run.progress().every(({ step, touches }) => touches === 'nothing' || !left.includes(step));
};

function outcomeOf(run: Run, state: RunState): BatchOutcome {
  if (state.kind !== 'failed')
    return state.kind === 'completed' && state.outcome === 'done' ? 'good' : 'undone';
  if (refusedKey.includes(state.fault.code)) return 'quarantined';
  return nothingStands(run) && isUnsuited(state.fault) ? 'refused' : 'failed';
}

const refusedKey: readonly Fault['code'][] = ['card-quarantined', 'card-management-key-refused'];

/** It was looked at, and another card is wanted. */
const isUnsuited = ({ code }: Fault): boolean => {
  const { blame, remedy } = faultTable[code];
  return (blame === 'card' || blame === 'medium') && remedy !== 'insert-again';
};
