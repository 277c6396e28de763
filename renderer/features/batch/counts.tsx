import type { BatchCounts, BatchOutcome, BatchWork } from '../../../electron/shared/contract/index.ts';
import { StateMark, type Mark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './counts.module.css';

/** How many cards ended how: always shape, word and number. What never happened is quiet. */
export function Counts({
  counts,
  work,
  small = false,
}: {
  counts: BatchCounts;
  work: BatchWork;
  small?: boolean;
}) {
  const { shared, number } = useWords();
  const shown = (['good', 'refused', 'failed', 'quarantined', 'undone'] as const).filter(
    (outcome) => counts[outcome] > 0 || (!small && outcome !== 'undone') || outcome === 'good',
  );
  return (
    <ul className={classes.counts} data-small={small} data-testid={small ? undefined : 'batch-counts'}>
      {shown.map((outcome) => (
        <li
          key={outcome}
          data-none={counts[outcome] === 0}
          data-testid={small ? undefined : `count-${outcome}`}
        >
          <StateMark mark={counts[outcome] === 0 ? 'quiet' : marks[outcome]} size={small ? 14 : 18} />
          <strong data-figures="">{number(counts[outcome])}</strong>
          <span>
            {outcome === 'good' ? shared.batches.works[work].done : shared.batches.outcomes[outcome]}
          </span>
        </li>
      ))}
    </ul>
  );
}

export const marks: Readonly<Record<BatchOutcome, Mark>> = {
  good: 'good',
  refused: 'careful',
  failed: 'stop',
  quarantined: 'stop',
  undone: 'undone',
};
