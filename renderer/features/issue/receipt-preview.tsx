import type { Receipt } from '../../../electron/shared/contract/index.ts';
import { CodeText } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './receipt-preview.module.css';

/** The receipt as it will be printed. */
export function ReceiptPreview({ receipt }: { receipt: Receipt }) {
  const { t, shared, locale, dateTime, date } = useWords();
  const english = locale === 'en';
  const rows: readonly (readonly [string, string, ('code' | undefined)?])[] = [
    [t('receipt.customer'), receipt.customerName],
    [t('receipt.document'), receipt.documentNumberMasked, 'code'],
    [t('receipt.account'), receipt.accountMasked, 'code'],
    [t('receipt.login'), receipt.loginName],
    [t('receipt.medium'), shared.mediumKinds[receipt.mediumKind]],
    [t('receipt.serial'), receipt.serial, 'code'],
    [t('receipt.card'), receipt.cardId, 'code'],
    [t('receipt.certificate'), receipt.certificateSerial, 'code'],
    [t('receipt.notAfter'), date(receipt.certificateNotAfter)],
    [t('receipt.fingerprint'), receipt.certificateSha256, 'code'],
    [t('receipt.officer'), receipt.officerName],
  ];
  return (
    <article className={classes.paper} aria-label={t('issue.handOver.receipt')} data-testid="receipt">
      {receipt.training ? <p className={classes.training}>{t('receipt.training')}</p> : null}
      <header className={classes.head}>
        <div>
          <p className={classes.bank}>{english ? receipt.bankNameLatin : receipt.bankName}</p>
          <p className={classes.branch}>{english ? receipt.branchLatin : receipt.branch}</p>
        </div>
        <div className={classes.number}>
          <p>{t('receipt.title')}</p>
          <CodeText value={receipt.receiptNumber} grouped={false} copy={false} />
          <time dateTime={receipt.issuedAt}>{dateTime(receipt.issuedAt)}</time>
        </div>
      </header>
      <dl className={classes.rows}>
        {rows.map(([label, value, as]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{as === 'code' ? <CodeText value={value} copy={false} ends={12} /> : value}</dd>
          </div>
        ))}
      </dl>
      <p className={classes.signature}>{t('receipt.signature')}</p>
    </article>
  );
}
