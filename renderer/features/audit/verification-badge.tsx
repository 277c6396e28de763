import { useEffect, useState } from 'react';
import type { AuditVerification } from '../../../electron/shared/contract/index.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, CodeText, StateMark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './verification-badge.module.css';

/** Whether the log is still the log that was written; looked at when the manager comes, and on demand. */
export function VerificationBadge() {
  const { t, number, time, fault } = useWords();
  const verify = useCall('audit.verify');
  const [last, setLast] = useState<AuditVerification>();
  const { run } = verify;

  /** The verification itself is recorded after the bank was asked, so all means all but the newest few. */
  const anchored = ({ anchored: upTo, records }: AuditVerification): string =>
    upTo === undefined
      ? t('audit.notAnchored')
      : upTo === records
        ? t('audit.anchored')
        : t('audit.anchoredUpTo', { count: number(upTo) });

  useEffect(() => {
    void run({}).then((result) => {
      if (result.ok) setLast(result.value);
    });
  }, [run]);

  return (
    <div className={classes.badge} data-intact={last?.intact} data-testid="verification">
      <StateMark
        mark={verify.busy ? 'working' : last === undefined ? 'quiet' : last.intact ? 'good' : 'stop'}
        size={24}
      />
      <div className={classes.text} role="status">
        {verify.busy ? (
          <p>{t('audit.verifying')}</p>
        ) : verify.fault ? (
          <p>{fault(verify.fault).happened}</p>
        ) : last === undefined ? (
          <p>{t('audit.notVerified')}</p>
        ) : last.intact ? (
          <>
            <p className={classes.verdict}>{t('audit.intact')}</p>
            <p className={classes.small}>
              {t('audit.intactBody', { count: number(last.records), time: time(last.verifiedAt) })}
              {' · '}
              <span data-testid="anchored">{anchored(last)}</span>
              {last.headHash === '' ? null : (
                <>
                  {' · '}
                  <CodeText value={last.headHash} ends={4} copy={false} />
                </>
              )}
            </p>
          </>
        ) : (
          <>
            <p className={classes.verdict}>
              {last.bankHasAnother
                ? t('audit.bankHasAnother')
                : t('audit.broken', { sequence: number(last.brokenAt ?? 0) })}
            </p>
            <p className={classes.small}>
              {last.bankHasAnother
                ? t('audit.bankHasAnotherBody', { count: number(last.anchored ?? 0) })
                : t('audit.brokenBody')}
            </p>
          </>
        )}
      </div>
      <ActionButton
        small
        shortcut="F4"
        busy={verify.busy}
        testId="verify-again"
        onAct={() => {
          void verify.run({}).then((result) => {
            if (result.ok) setLast(result.value);
          });
        }}
      >
        {t('audit.verify')}
      </ActionButton>
    </div>
  );
}
