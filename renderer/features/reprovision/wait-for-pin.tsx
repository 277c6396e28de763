import type { RunView } from '../../../electron/shared/contract/index.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, FaultNotice, Page, ProgressLine, StateMark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './card-run.module.css';

/** The customer is at their own screen. Counts only; there is nothing else to know here. */
export function WaitForPin({ run, eyebrow }: { run: RunView; eyebrow: string }) {
  const { t } = useWords();
  const cancel = useCall('runs.cancel');
  const entry = run.customerEntry;
  const of = entry?.of;
  return (
    <Page
      testId="wait-for-pin"
      eyebrow={eyebrow}
      title={t('reprovision.pinTitle')}
      body={t('reprovision.pinBody', { name: run.subject.customerName ?? '' })}
      actions={
        <ActionButton
          rank="plain"
          shortcut="Escape"
          busy={cancel.busy}
          testId="stop-run"
          onAct={() => {
            void cancel.run({ runId: run.runId });
          }}
        >
          {t('common.cancel')}
        </ActionButton>
      }
    >
      {cancel.fault ? <FaultNotice fault={cancel.fault} /> : null}
      <p className={classes.title} aria-live="polite" data-testid="pin-typed">
        <StateMark mark="working" size={22} />
        {entry === undefined
          ? t('issue.secrets.waiting')
          : of === undefined
            ? t('issue.secrets.progressTyped', { typed: entry.typed })
            : t('issue.secrets.progressOf', { typed: entry.typed, of })}
      </p>
      {entry !== undefined && of !== undefined ? (
        <ProgressLine value={entry.typed} of={of} label={t('issue.secrets.field.account-pin')} />
      ) : null}
    </Page>
  );
}
