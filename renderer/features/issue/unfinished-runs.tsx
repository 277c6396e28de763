import type { RunView } from '../../../electron/shared/contract/index.ts';
import { isUnfinished, useRuns, useStationSnapshot } from '../../bridge/index.ts';
import { EmptyState, Icon, Loading, StateMark, type Mark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './unfinished-runs.module.css';

/** What was begun and is not done: after a power cut, after a break, after another officer. */
export function UnfinishedRuns({ onOpen }: { onOpen: (runId: string) => void }) {
  const { t } = useWords();
  const { runsLoaded } = useStationSnapshot();
  const waiting = useRuns().filter((run) => run.workflow === 'issue-card' && isUnfinished(run));
  if (!runsLoaded) return <Loading>{t('common.loading')}</Loading>;
  if (waiting.length === 0)
    return (
      <EmptyState icon="issue" title={t('issue.open.none')} testId="nothing-unfinished">
        {t('issue.find.empty')}
      </EmptyState>
    );
  return (
    <section className={classes.section} data-testid="unfinished">
      <h2 className={classes.title}>{t('issue.open.title')}</h2>
      <p className={classes.body}>{t('issue.open.body')}</p>
      <ul className={classes.list}>
        {waiting.map((run) => (
          <li key={run.runId}>
            <button
              type="button"
              className={classes.run}
              onClick={() => {
                onOpen(run.runId);
              }}
              data-testid={`unfinished-${run.runId}`}
            >
              <RunLine run={run} />
              <Icon name="chevron" size={18} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RunLine({ run }: { run: RunView }) {
  const { t, shared, step, fault, dateTime } = useWords();
  const { state } = run;
  const [mark, word, where] = ((): readonly [Mark, string, string] => {
    switch (state.kind) {
      case 'failed':
        return ['stop', t('issue.open.failed'), fault(state.fault).happened];
      case 'asking':
        return ['careful', t('issue.open.asking'), step(state.ask.kind).name];
      case 'undoing':
        return ['working', t('issue.open.undoing'), step(state.step).name];
      case 'working':
        return ['working', t('issue.open.running'), step(state.step).name];
      case 'completed':
        return ['done', t('state.done'), ''];
    }
  })();
  return (
    <>
      <StateMark mark={mark} size={20} />
      <span className={classes.who}>
        <span className={classes.name}>
          {run.subject.customerName ?? run.subject.customerId ?? run.runId}
        </span>
        <span className={classes.small}>
          {run.subject.mediumKind ? `${shared.mediumKinds[run.subject.mediumKind]} · ` : ''}
          {dateTime(run.startedAt)}
        </span>
      </span>
      <span className={classes.where}>
        <strong>{word}</strong> · {where}
      </span>
    </>
  );
}
