import { useState } from 'react';
import type { AuditFilter, AuditRecord } from '../../../electron/shared/contract/index.ts';
import { ActionButton, EmptyState, FaultNotice, Loading, useKept } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { AuditFilters, isFiltered } from './audit-filters.tsx';
import classes from './audit-place.module.css';
import { AuditSummary } from './audit-summary.tsx';
import { AuditTable } from './audit-table.tsx';
import { BankKeys } from './bank-keys.tsx';
import { CardStory } from './card-story.tsx';
import { useAuditRecords } from './use-audit-records.ts';
import { VerificationBadge } from './verification-badge.tsx';

/** What happened at this station, and what happened to the bank's keys. */
export function AuditPlace() {
  const [view, setView] = useKept<'log' | 'bank-keys'>('audit.view', 'log');
  return view === 'bank-keys' ? (
    <BankKeys
      onBack={() => {
        setView('log');
      }}
    />
  ) : (
    <Log
      onBankKeys={() => {
        setView('bank-keys');
      }}
    />
  );
}

/** Everything that happened at this station, in order, sealed. */
function Log({ onBankKeys }: { onBankKeys: () => void }) {
  const { t, number } = useWords();
  const [filter, setFilter] = useState<AuditFilter>({});
  const [selected, setSelected] = useState<AuditRecord>();
  const log = useAuditRecords(filter);

  return (
    <div className={classes.place} data-story={selected !== undefined} data-testid="audit">
      <div className={classes.main}>
        <header className={classes.head}>
          <div>
            <div className={classes.views}>
              <h1 className={classes.title}>{t('audit.title')}</h1>
              <ActionButton
                small
                rank="plain"
                icon="key"
                shortcut="F6"
                testId="open-bank-keys"
                onAct={onBankKeys}
              >
                {t('audit.bankKeys.open')}
              </ActionButton>
            </div>
            <p className={classes.total} role="status" data-testid="audit-total">
              {log.loading ? t('audit.loading') : t('audit.total', { count: number(log.total) })}
            </p>
          </div>
          <VerificationBadge />
        </header>
        <AuditSummary />
        <AuditFilters filter={filter} onChange={setFilter} />
        {log.fault ? (
          <div className={classes.fault}>
            <FaultNotice fault={log.fault} />
            <ActionButton onAct={log.again}>{t('app.reload')}</ActionButton>
          </div>
        ) : log.loading ? (
          <Loading>{t('audit.loading')}</Loading>
        ) : log.records.length === 0 ? (
          <EmptyState icon="audit" title={t('audit.emptyTitle')} testId="audit-empty">
            {t(isFiltered(filter) ? 'audit.emptyBody' : 'audit.emptyAllBody')}
          </EmptyState>
        ) : (
          <AuditTable
            records={log.records}
            selected={selected?.sequence}
            onSelect={setSelected}
            onEnd={log.more}
          />
        )}
      </div>
      {selected ? (
        <CardStory
          record={selected}
          onClose={() => {
            setSelected(undefined);
          }}
        />
      ) : null}
    </div>
  );
}
