import type { RunView } from '../../../electron/shared/contract/index.ts';
import { ActionButton, CodeText, Page, StateMark, useShortcut } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './finished.module.css';

/** The card is out of the door. */
export function Finished({ run, onNext }: { run: RunView; onNext: () => void }) {
  const { t, shared, duration } = useWords();
  useShortcut('Enter', onNext);
  const took = run.steps.reduce((sum, step) => sum + (step.tookMs ?? 0), 0);
  const medium = shared.mediumKinds[run.subject.mediumKind ?? 'unknown'];
  return (
    <Page
      testId="issue-finished"
      title={
        <span className={classes.title}>
          <StateMark mark="good" size={32} />
          {t('issue.done.title')}
        </span>
      }
      actions={
        <ActionButton rank="next" shortcut="F9" focus testId="next-customer" onAct={onNext}>
          {t('issue.done.next')}
        </ActionButton>
      }
    >
      <p className={classes.body}>
        {t('issue.done.body', { customer: run.subject.customerName ?? '', medium })}
      </p>
      <dl className={classes.facts}>
        {run.subject.receiptNumber ? (
          <div>
            <dt>{t('receipt.number')}</dt>
            <dd>
              <CodeText value={run.subject.receiptNumber} grouped={false} />
            </dd>
          </div>
        ) : null}
        {run.subject.cardId ? (
          <div>
            <dt>{t('receipt.card')}</dt>
            <dd>
              <CodeText value={run.subject.cardId} />
            </dd>
          </div>
        ) : null}
        {run.subject.certificateSerial ? (
          <div>
            <dt>{t('receipt.certificate')}</dt>
            <dd>
              <CodeText value={run.subject.certificateSerial} ends={10} />
            </dd>
          </div>
        ) : null}
        <div>
          <dt>{t('issue.write.elapsed')}</dt>
          <dd>{duration(took)}</dd>
        </div>
      </dl>
    </Page>
  );
}
