import type { RunView } from '../../electron/shared/contract/index.ts';
import { useRuns } from '../bridge/index.ts';
import { useWords } from '../words/index.ts';
import { expectedMs } from './expected-time.ts';
import { ProgressLine } from './progress-line.tsx';
import { RemovalNotice } from './removal-notice.tsx';
import classes from './run-progress.module.css';
import { StepList } from './step-list.tsx';
import { TransferFigures } from './transfer-figures.tsx';
import { useNow } from './use-now.ts';

/** A run at work: which step of how many, what it does to what, how long so far, and the card's safety. */
export function RunProgress({ run }: { run: RunView }) {
  const { t, step, duration } = useWords();
  const runs = useRuns();
  const { state } = run;
  const working = state.kind === 'working';
  const now = useNow(250, working);
  const done = run.steps.filter((progress) => progress.state === 'done').length;
  const elapsed = working ? Math.max(0, now - Date.parse(state.since)) : 0;
  const usual = working ? expectedMs(runs, run, state.step) : undefined;
  const total = Math.max(0, now - Date.parse(run.startedAt));
  const transfer = working ? state.transfer : undefined;
  const within =
    transfer !== undefined && transfer.ofBytes > 0
      ? transfer.doneBytes / transfer.ofBytes
      : usual === undefined
        ? 0
        : elapsed / usual;

  return (
    <div className={classes.progress} data-testid="run-progress">
      <div className={classes.head}>
        <div className={classes.now} aria-live="polite">
          <h1 className={classes.doing}>
            {working
              ? state.atReader === undefined
                ? step(state.step).doing
                : t(`issue.write.atReader.${state.atReader}`)
              : state.kind === 'undoing'
                ? t('issue.undo.doing', { step: step(state.step).name })
                : state.kind === 'asking'
                  ? step(state.ask.kind).doing
                  : ''}
          </h1>
          <p className={classes.count} data-figures="">
            {working ? (
              <>
                <span>
                  {t('issue.write.step', { n: Math.min(done + 1, run.steps.length), m: run.steps.length })}
                </span>
                {transfer ? (
                  <TransferFigures transfer={transfer} />
                ) : (
                  <span>
                    {duration(elapsed)}
                    {usual === undefined ? '' : ` · ${t('issue.write.expected', { time: duration(usual) })}`}
                  </span>
                )}
                <span>{t('issue.write.total', { time: duration(total) })}</span>
              </>
            ) : null}
          </p>
          <ProgressLine
            value={done + Math.min(0.95, within)}
            of={run.steps.length}
            label={t('issue.write.step', { n: done, m: run.steps.length })}
          />
        </div>
        <RemovalNotice removal={run.removal} />
      </div>
      <StepList steps={run.steps} />
    </div>
  );
}
