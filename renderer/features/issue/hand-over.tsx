import type { RunView } from '../../../electron/shared/contract/index.ts';
import { useCall, useQuery } from '../../bridge/index.ts';
import {
  ActionButton,
  FaultNotice,
  Icon,
  Loading,
  Page,
  RemovalNotice,
  StateMark,
  useShortcut,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { aboutRun } from './about-run.ts';
import classes from './hand-over.module.css';
import { ReceiptPreview } from './receipt-preview.tsx';
import { usePrintedPath } from './use-printed-path.ts';

/** What the customer gets, the receipt, and the customer's word that they have it. */
export function HandOver({ run }: { run: RunView }) {
  const { t, shared, locale, step } = useWords();
  const receipt = useQuery('issuance.receipt', { runId: run.runId });
  const print = useCall('issuance.printReceipt');
  const answer = useCall('runs.answer');
  const ask = run.state.kind === 'asking' ? run.state.ask : undefined;
  const kind = run.subject.mediumKind ?? 'unknown';
  const printed = usePrintedPath(print);

  const confirm = () => {
    if (!ask || answer.busy) return;
    void answer.run({ runId: run.runId, askId: ask.askId, answer: { customerConfirmed: true } });
  };
  useShortcut('Enter', confirm, ask !== undefined);

  return (
    <Page
      testId="hand-over"
      eyebrow={aboutRun(t('issue.title'), run)}
      title={t('issue.handOver.title')}
      body={t('issue.handOver.body')}
      actions={
        ask ? (
          <>
            <ActionButton
              rank="next"
              shortcut="F9"
              busy={answer.busy}
              testId="customer-has-card"
              onAct={confirm}
            >
              {t('issue.handOver.confirm')}
            </ActionButton>
            <ActionButton
              shortcut="F8"
              icon="print"
              busy={print.busy}
              disabled={receipt.state.kind !== 'ready'}
              testId="print-receipt"
              onAct={() => {
                printed.start(run.runId, locale);
              }}
            >
              {t('issue.handOver.print')}
            </ActionButton>
          </>
        ) : undefined
      }
    >
      {answer.fault ? <FaultNotice fault={answer.fault} /> : null}
      {print.fault ? <FaultNotice fault={print.fault} /> : null}
      {printed.path === undefined ? null : (
        <p className={classes.printed} role="status" data-testid="receipt-saved">
          <StateMark mark="good" />
          {t('issue.handOver.printed')} <code>{printed.path}</code>
        </p>
      )}
      {run.state.kind === 'working' ? (
        <p className={classes.working} role="status">
          <StateMark mark="working" />
          {step(run.state.step).doing}
        </p>
      ) : (
        <RemovalNotice removal={run.removal} />
      )}
      <section className={classes.gets}>
        <h2 className={classes.title}>{t('issue.handOver.gets')}</h2>
        <ul>
          <li>
            <Icon name={kind === 'sd-card' ? 'sd' : kind === 'sim' ? 'sim' : 'issue'} />
            {t('issue.handOver.getsCard', { medium: shared.mediumKinds[kind] })}
          </li>
          <li>
            <Icon name="lock" />
            {t('issue.handOver.getsPin')}
          </li>
          {receipt.state.kind === 'ready' ? (
            <li>
              <Icon name="person" />
              {t('issue.handOver.getsLogin', { login: receipt.state.value.loginName })}
            </li>
          ) : null}
        </ul>
      </section>
      {receipt.state.kind === 'loading' ? <Loading>{t('issue.handOver.loading')}</Loading> : null}
      {receipt.state.kind === 'failed' ? <FaultNotice fault={receipt.state.fault} /> : null}
      {receipt.state.kind === 'ready' ? <ReceiptPreview receipt={receipt.state.value} /> : null}
    </Page>
  );
}
