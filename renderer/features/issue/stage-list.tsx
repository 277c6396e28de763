import { StateMark, type Mark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './stage-list.module.css';
import { stages, type Stage } from './stage-of-run.ts';

/** The five decisions, on the left: which are made, which one is now. */
export function StageList({ at, how }: { at: Stage; how: 'working' | 'failed' | 'done' | 'undone' }) {
  const { t } = useWords();
  const current = stages.indexOf(at);
  const markOf = (index: number): Mark =>
    how === 'done' || index < current ? 'done' : index === current ? how : 'waiting';
  return (
    <ol className={classes.list} aria-label={t('issue.stagesLabel')} data-testid="stages">
      {stages.map((stage, index) => (
        <li
          key={stage}
          className={classes.stage}
          data-mark={markOf(index)}
          aria-current={index === current && how !== 'done' ? 'step' : undefined}
          data-testid={`stage-${stage}`}
        >
          {index === current && how === 'working' ? (
            <span className={classes.number}>{index + 1}</span>
          ) : markOf(index) === 'waiting' ? (
            <span className={classes.number}>{index + 1}</span>
          ) : (
            <StateMark mark={markOf(index)} size={22} />
          )}
          <span>{t(`issue.stages.${stage}`)}</span>
        </li>
      ))}
    </ol>
  );
}
