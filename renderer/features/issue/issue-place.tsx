import { useState } from 'react';
import type { CustomerSummary } from '../../../electron/shared/domain/index.ts';
import { useRun } from '../../bridge/index.ts';
import { ActionButton, Loading, Page, useCardPanel, useKept } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { CheckIdentity } from './check-identity.tsx';
import { FindCustomer } from './find-customer.tsx';
import classes from './issue-place.module.css';
import { RunStages } from './run-stages.tsx';
import { StageList } from './stage-list.tsx';
import { stageOfRun } from './stage-of-run.ts';

/** One card for one customer: five decisions, the first of them before there is a run. */
export function IssuePlace({ onOpenDrawer }: { onOpenDrawer: (() => void) | undefined }) {
  const { t } = useWords();
  const [runId, setRunId] = useKept<string | undefined>('issue.run', undefined);
  const [customer, setCustomer] = useState<CustomerSummary>();
  const run = useRun(runId);
  useCardPanel({ runId });

  const startOver = () => {
    setRunId(undefined);
    setCustomer(undefined);
  };

  if (run)
    return (
      <div className={classes.place}>
        <StageList at={stageOfRun(run)} how={howItStands(run.state)} />
        <RunStages run={run} onNext={startOver} onOpenDrawer={onOpenDrawer} />
      </div>
    );
  return (
    <div className={classes.place}>
      <StageList at="customer" how="working" />
      {runId !== undefined ? (
        // Started, and not told of yet: nothing may be pressed a second time.
        <Page
          testId="run-starting"
          actions={
            <ActionButton rank="plain" shortcut="Escape" onAct={startOver}>
              {t('common.back')}
            </ActionButton>
          }
        >
          <Loading>{t('common.loading')}</Loading>
        </Page>
      ) : customer ? (
        <CheckIdentity
          summary={customer}
          onBack={() => {
            setCustomer(undefined);
          }}
          onStarted={setRunId}
        />
      ) : (
        <FindCustomer onChoose={setCustomer} onOpenRun={setRunId} />
      )}
    </div>
  );
}

function howItStands(
  state: NonNullable<ReturnType<typeof useRun>>['state'],
): 'working' | 'failed' | 'done' | 'undone' {
  switch (state.kind) {
    case 'failed':
      return 'failed';
    case 'completed':
      return state.outcome === 'done' ? 'done' : 'undone';
    case 'undoing':
      return 'undone';
    case 'working':
    case 'asking':
      return 'working';
  }
}
