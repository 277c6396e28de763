import type { RunView } from '../../../electron/shared/contract/index.ts';
import { ActionButton, FaultPanel, Page, RunProgress, StateMark, useShortcut } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './card-run.module.css';
import { WaitForPin } from './wait-for-pin.tsx';

/** A run of this place: a wipe, a newer phone client or card program, one-time passwords that begin anew. */
export function CardRun({ run, onNext }: { run: RunView; onNext: () => void }) {
  const { t } = useWords();
  const { state } = run;
  const completed = state.kind === 'completed';
  const said = saidOf(run.workflow);
  const { name } = said;
  const doing = t(`reprovision.${said.doing}`);
  useShortcut('Enter', onNext, completed);
  if (state.kind === 'failed')
    return (
      <Page eyebrow={doing} testId="run-failed">
        <FaultPanel run={run} />
      </Page>
    );
  if (state.kind === 'asking') return <WaitForPin run={run} eyebrow={doing} />;
  if (!completed)
    return (
      <Page eyebrow={doing} testId={`${name}-run`}>
        <RunProgress run={run} />
      </Page>
    );
  const done = state.outcome === 'done';
  const title = t(`reprovision.${done ? said.title : 'undoneTitle'}`);
  const body = t(`reprovision.${done ? said.body : said.undone}`);
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

const wiping = {
  name: 'wipe',
  doing: 'wiping',
  title: 'wipedTitle',
  body: 'wipedBody',
  undone: 'undoneBody',
} as const;

/** The words of a workflow, by their keys. */
function saidOf(workflow: RunView['workflow']) {
  switch (workflow) {
    case 'upgrade-client':
      return {
        name: 'upgrade',
        doing: 'upgrading',
        title: 'upgradedTitle',
        body: 'upgradedBody',
        undone: 'undoneBody',
      } as const;
    case 'upgrade-applet':
      return {
        name: 'applet',
        doing: 'upgradingApplet',
        title: 'appletUpgradedTitle',
        body: 'appletUpgradedBody',
        undone: 'appletUndoneBody',
      } as const;
    case 'prepare-card':
      return {
        name: 'prepare',
        doing: 'preparing',
        title: 'preparedTitle',
        body: 'preparedBody',
        undone: 'undoneBody',
      } as const;
    case 'restart-chain':
      return {
        name: 'restart',
        doing: 'restarting',
        title: 'restartedTitle',
        body: 'restartedBody',
        undone: 'restartUndoneBody',
      } as const;
    default:
      return wiping;
  }
}
