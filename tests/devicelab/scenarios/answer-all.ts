import type { RunView } from '../../../electron/shared/contract/index.ts';
import type { TestBank } from '../../harness/start-bank.ts';
import { moved, settled, typeSecrets, type TestStation } from '../../harness/start-station.ts';

/** Answers every question of the run with this medium, until the run stands still for another reason. */
export async function answerAll(
  station: TestStation,
  bank: TestBank,
  runId: string,
  medium: { readonly reader: string; readonly kind: 'sd-card' | 'sim' },
): Promise<RunView> {
  const { teller } = station;
  let view = await settled(teller, runId);
  let choices = 0;
  while (view.state.kind === 'asking') {
    const { askId, kind } = view.state.ask;
    if (kind === 'choose-medium' && (choices += 1) > 1) return view; // refused: nobody has another card
    view = await moved(teller, runId, () => {
      if (kind === 'customer-secrets') return typeSecrets(station, bank);
      const answer = kind === 'hand-over' ? { customerConfirmed: true } : { ...medium, algorithm: 'p-256' };
      return teller.call('runs.answer', { runId, askId, answer });
    });
  }
  return view;
}
