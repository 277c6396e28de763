import { useState } from 'react';
import type { RunView } from '../../../electron/shared/contract/index.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, FaultNotice } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './stop-run.module.css';

/** The safe way back: asks once, then the run stops at its next boundary and can be undone there. */
export function StopRun({ run }: { run: RunView }) {
  const { t } = useWords();
  const cancel = useCall('runs.cancel');
  const [asked, setAsked] = useState(false);
  const [stopping, setStopping] = useState(false);
  const working = run.state.kind === 'working';

  if (stopping && !cancel.fault) return <span className={classes.question}>{t('issue.write.stopping')}</span>;
  if (!asked)
    return (
      <ActionButton
        rank="plain"
        shortcut="Escape"
        testId="stop-run"
        onAct={() => {
          setAsked(true);
        }}
      >
        {working ? t('issue.write.stop') : t('common.cancel')}
      </ActionButton>
    );
  return (
    <>
      {cancel.fault ? <FaultNotice fault={cancel.fault} /> : null}
      <span className={classes.question} role="alert">
        {t('issue.write.stopQuestion')}
      </span>
      <ActionButton
        testId="stop-run-yes"
        onAct={() => {
          setStopping(true);
          void cancel.run({ runId: run.runId });
        }}
      >
        {t('issue.write.stopYes')}
      </ActionButton>
      <ActionButton
        rank="next"
        shortcut="Escape"
        focus
        testId="stop-run-no"
        onAct={() => {
          setAsked(false);
        }}
      >
        {t('issue.write.stopNo')}
      </ActionButton>
    </>
  );
}
