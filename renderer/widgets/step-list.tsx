import { useEffect, useRef } from 'react';
import type { StepProgress } from '../../electron/shared/workflow/index.ts';
import { useWords } from '../words/index.ts';
import { StateMark } from './state-mark.tsx';
import classes from './step-list.module.css';

/** Every step of a run: what it is, what it touches, how it stands, how long it took. */
export function StepList({ steps }: { steps: readonly StepProgress[] }) {
  const { t, step, duration } = useWords();
  const current = useRef<HTMLLIElement>(null);
  const at = steps.find((progress) => progress.state === 'working' || progress.state === 'failed')?.step;
  useEffect(() => {
    current.current?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <ol className={classes.list} aria-label={t('issue.write.steps')} data-testid="step-list">
      {steps.map((progress) => (
        <li
          key={progress.step}
          ref={progress.step === at ? current : undefined}
          className={classes.step}
          data-state={progress.state}
          data-testid={`step-${progress.step}`}
          aria-current={progress.state === 'working' ? 'step' : undefined}
        >
          <StateMark mark={progress.state} size={17} />
          <span className={classes.name}>{step(progress.step).name}</span>
          <span className={classes.touches}>{t(`touches.${progress.touches}`)}</span>
          <span className={classes.took} data-figures="">
            {progress.state === 'done' && progress.tookMs !== undefined
              ? duration(progress.tookMs)
              : progress.state === 'waiting' || progress.state === 'done'
                ? ''
                : t(`state.${progress.state}`)}
          </span>
        </li>
      ))}
    </ol>
  );
}
