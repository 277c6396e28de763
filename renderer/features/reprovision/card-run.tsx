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
  const prepare = run.workflow === 'prepare-card';
  const said = upgrade
    ? ({ doing: 'upgrading', title: 'upgradedTitle', body: 'upgradedBody' } as const)
    : prepare
      ? ({ doing: 'preparing', title: 'preparedTitle', body: 'preparedBody' } as const)
      : ({ doing: 'wiping', title: 'wipedTitle', body: 'wipedBody' } as const);
  const name = upgrade ? 'upgrade' : prepare ? 'prepare' : 'wipe';
  const doing = t(`reprovision.${said.doing}`);
  useShortcut('Enter', onNext, completed);
  if (state.kind === 'failed')
    return (
      <Page eyebrow={doing} testId="run-failed">
        <FaultPanel run={run} />
      </Page>
    );
  if (!completed)
    return (
      <Page eyebrow={doing} testId={`${name}-run`}>
        <RunProgress run={run} />
      </Page>
    );
  const done = state.outcome === 'done';
  const title = t(`reprovision.${done ? said.title : 'undoneTitle'}`);
  const body = t(`reprovision.${done ? said.body : 'undoneBody'}`);
  return (
    <Page
      testId={`${name}-${done ? 'finished' : 'undone'}`}
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
