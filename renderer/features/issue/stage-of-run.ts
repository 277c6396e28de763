import type { RunView } from '../../../electron/shared/contract/index.ts';

/** The five decisions of an issuance. */
export const stages = ['customer', 'secrets', 'medium', 'write', 'handOver'] as const;
export type Stage = (typeof stages)[number];

/** Where the run stands among the decisions, from what it says of itself. */
export function stageOfRun(run: RunView): Stage {
  const { state } = run;
  switch (state.kind) {
    case 'asking':
      return stageOfPart(state.ask.kind);
    case 'working':
      return stageOfPart(state.step);
    case 'failed':
      return stageOfPart(state.at);
    case 'undoing':
      return 'write';
    case 'completed':
      return state.outcome === 'done' ? 'handOver' : 'customer';
  }
}

function stageOfPart(name: string): Stage {
  switch (name) {
    case 'customer-secrets':
    case 'check-account-pin':
      return 'secrets';
    case 'choose-medium':
    case 'inspect-medium':
      return 'medium';
    case 'hand-over':
    case 'deliver':
    case 'activate':
      return 'handOver';
    default:
      return 'write';
  }
}
