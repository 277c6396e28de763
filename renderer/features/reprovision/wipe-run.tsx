import type { RunView } from '../../../electron/shared/contract/index.ts';
import { ActionButton, FaultPanel, Page, RunProgress, StateMark, useShortcut } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './wipe-run.module.css';

export function WipeRun({ run, onNext }: { run: RunView; onNext: () => void }) {
  const { t } = useWords();
  const { state } = run;
  const completed = state.kind === 'completed';
  useShortcut('Enter', onNext, completed);
  if (state.kind === 'failed')
    return (
      <Page eyebrow={t('reprovision.wiping')} testId="run-failed">
        <FaultPanel run={run} />
      </Page>
    );
  if (!completed)
    return (
      <Page eyebrow={t('reprovision.wiping')} testId="wipe-run">
        <RunProgress run={run} />
      </Page>
    );
  const done = state.outcome === 'done';
  return (
    <Page
      testId={done ? 'wipe-finished' : 'wipe-undone'}
      title={
        <span className={classes.title}>
          <StateMark mark={done ? 'good' : 'undone'} size={32} />
          {t(done ? 'reprovision.wipedTitle' : 'reprovision.undoneTitle')}
        </span>
      }
      body={t(done ? 'reprovision.wipedBody' : 'reprovision.undoneBody')}
      actions={
        <ActionButton rank="next" shortcut="F9" focus testId="wipe-next" onAct={onNext}>
          {t('reprovision.another')}
        </ActionButton>
      }
    />
  );
}
