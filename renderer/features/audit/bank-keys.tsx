import { useState } from 'react';
import type { BankKeysPage } from '../../../electron/shared/contract/index.ts';
import {
  ActionButton,
  CodeText,
  EmptyState,
  FaultNotice,
  Loading,
  Notice,
  StateMark,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { AcceptKeyRecord } from './accept-key-record.tsx';
import classes from './audit-place.module.css';
import badge from './verification-badge.module.css';
import { BankKeysTable } from './bank-keys-table.tsx';
import { useBankKeys } from './use-bank-keys.ts';

/** What happened to the bank's own keys, and whether its record of it can be believed. */
export function BankKeys({ onBack }: { onBack: () => void }) {
  const { t, number } = useWords();
  const { page, busy, fault, more, again } = useBankKeys();
  const [answered, setAnswered] = useState<'asked' | 'accepted'>();
  const beginning = page !== undefined && !busy && mayBegin(page) ? page : undefined;
  const isAnswering = beginning !== undefined && answered === 'asked';
  return (
    <div className={classes.place} data-testid="bank-keys">
      <div className={classes.main} data-view="bank-keys">
        <header className={classes.head}>
          <div>
            <div className={classes.views}>
              <h1 className={classes.title}>{t('audit.bankKeys.title')}</h1>
              <ActionButton
                small
                rank="plain"
                icon="audit"
                shortcut="F6"
                testId="bank-keys-back"
                onAct={onBack}
              >
                {t('audit.bankKeys.back')}
              </ActionButton>
            </div>
            <p className={classes.total} role="status">
              {page === undefined
                ? busy
                  ? t('audit.bankKeys.loading')
                  : null
                : // The bank that says it has lost some does not say how many there were.
                  page.size === 0 && page.finding !== undefined
                  ? null
                  : t('audit.bankKeys.total', { count: number(page.size) })}
            </p>
          </div>
          <Check
            page={page}
            busy={busy}
            onAgain={() => {
              setAnswered(undefined);
              again();
            }}
          />
        </header>
        <div className={classes.fault}>
          {fault ? <FaultNotice fault={fault} testId="bank-keys-fault" /> : null}
          {page?.finding === undefined || isAnswering ? null : <Finding page={page} finding={page.finding} />}
          {beginning && !isAnswering ? (
            <ActionButton
              small
              rank="plain"
              icon="seal"
              testId="accept-key-record"
              onAct={() => {
                setAnswered('asked');
              }}
            >
              {t('audit.bankKeys.accept.open')}
            </ActionButton>
          ) : null}
          {answered === 'accepted' && !busy && page?.finding === undefined ? (
            <Notice tone="good" title={t('audit.bankKeys.accept.done')} testId="key-record-accepted">
              <p>{t('audit.bankKeys.accept.doneBody')}</p>
            </Notice>
          ) : null}
        </div>
        {beginning && isAnswering ? (
          <div className={classes.decision}>
            <AcceptKeyRecord
              size={beginning.size}
              headHash={beginning.headHash}
              onDone={() => {
                setAnswered('accepted');
                again();
              }}
              onBack={() => {
                setAnswered(undefined);
              }}
            />
          </div>
        ) : page === undefined ? (
          busy ? (
            <Loading>{t('audit.bankKeys.loading')}</Loading>
          ) : null
        ) : page.events.length === 0 ? (
          page.finding === undefined ? (
            <EmptyState icon="key" title={t('audit.bankKeys.emptyTitle')} testId="bank-keys-empty">
              {t('audit.bankKeys.emptyBody')}
            </EmptyState>
          ) : null
        ) : (
          <BankKeysTable events={page.events} brokenAt={page.brokenAt} onEnd={more} />
        )}
      </div>
    </div>
  );
}

/** Nothing else is wrong with it than that it does not go on from what was seen here. */
const mayBegin = (page: BankKeysPage): page is BankKeysPage & { headHash: string } =>
  (page.finding === 'shrank' || page.finding === 'rewritten') && page.size > 0 && page.headHash !== undefined;

function Check({
  page,
  busy,
  onAgain,
}: {
  page: BankKeysPage | undefined;
  busy: boolean;
  onAgain: () => void;
}) {
  const { t, number, date, dateTime } = useWords();
  const isGood = page && page.finding === undefined;
  return (
    <div
      className={badge.badge}
      data-intact={page && !busy ? isGood : undefined}
      data-testid="bank-keys-check"
    >
      <StateMark
        mark={busy ? 'working' : page === undefined ? 'quiet' : isGood ? 'good' : 'stop'}
        size={24}
      />
      <div className={badge.text} role="status">
        {busy ? (
          <p>{t('audit.bankKeys.checking')}</p>
        ) : page === undefined ? (
          <p>{t('audit.notVerified')}</p>
        ) : isGood ? (
          <>
            <p className={badge.verdict}>{t('audit.bankKeys.good')}</p>
            <p className={badge.small}>
              {t('audit.bankKeys.goodBody', {
                count: number(page.size),
                time: page.signedAt === undefined ? '–' : dateTime(page.signedAt),
              })}
              {' · '}
              {page.seenBefore
                ? t('audit.bankKeys.goesOn', { date: date(page.seenBefore.at) })
                : t('audit.bankKeys.firstSight')}
              {page.headHash === undefined ? null : (
                <>
                  {' · '}
                  <CodeText value={page.headHash} ends={4} copy={false} />
                </>
              )}
            </p>
          </>
        ) : (
          <p className={badge.verdict}>{t('audit.bankKeys.bad')}</p>
        )}
      </div>
      <ActionButton small shortcut="F4" busy={busy} testId="bank-keys-again" onAct={onAgain}>
        {t('audit.bankKeys.check')}
      </ActionButton>
    </div>
  );
}

function Finding({ page, finding }: { page: BankKeysPage; finding: NonNullable<BankKeysPage['finding']> }) {
  const { t, number, dateTime } = useWords();
  const { seenBefore, size } = page;
  return (
    <Notice tone="stop" title={t(`audit.bankKeys.finding.${finding}`)} testId="bank-keys-finding">
      <p>
        {t(`audit.bankKeys.findingBody.${finding}`, {
          count: number(size),
          before: number(seenBefore?.size ?? 0),
          date: seenBefore ? dateTime(seenBefore.at) : '–',
        })}
      </p>
    </Notice>
  );
}
