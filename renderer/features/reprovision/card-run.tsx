import type { RunView } from '../../../electron/shared/contract/index.ts';
import { ActionButton, FaultPanel, Page, RunProgress, StateMark, useShortcut } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './card-run.module.css';

/** A run of this place: a wipe, or a newer phone client. */
export function CardRun({ run, onNext }: { run: RunView; onNext: () => void }) {
  const { t } = useWords();
  const { state } = run;
  const completed = state.kind === 'completed';
  const upgrade = run.workflow === 'upgrade-client';
  const doing = t(upgrade ? 'reprovision.upgrading' : 'reprovision.wiping');
  useShortcut('Enter', onNext, completed);
  if (state.kind === 'failed')
    return (
      <Page eyebrow={doing} testId="run-failed">
        <FaultPanel run={run} />
      </Page>
    );
  if (!completed)
    return (
      <Page eyebrow={doing} testId={upgrade ? 'upgrade-run' : 'wipe-run'}>
        <RunProgress run={run} />
      </Page>
    );
  const done = state.outcome === 'done';
  const title = !done
    ? t('reprovision.undoneTitle')
    : t(upgrade ? 'reprovision.upgradedTitle' : 'reprovision.wipedTitle');
  const body = !done
    ? t('reprovision.undoneBody')
    : t(upgrade ? 'reprovision.upgradedBody' : 'reprovision.wipedBody');
  return (
    <Page
      testId={`${upgrade ? 'upgrade' : 'wipe'}-${done ? 'finished' : 'undone'}`}
      title={
        <span className={classes.title}>
          <StateMark mark={done ? 'good' : 'undone'} size={32} />
          {title}
        </span>
      }
      body={body}
      actions={
        <ActionButton rank="next" shortcut="F9" focus testId="wipe-next" onAct={onNext}>
          {t('reprovision.another')}
        </ActionButton>
      }
    />
  );
}
