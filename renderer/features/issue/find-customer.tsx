import { TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type SyntheticEvent } from 'react';
import type { CustomerSummary } from '../../../electron/shared/domain/index.ts';
import { useCall, useStationSnapshot } from '../../bridge/index.ts';
import {
  EmptyState,
  FaultNotice,
  Icon,
  KeyHint,
  Loading,
  Notice,
  Page,
  useShortcut,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './find-customer.module.css';
import { UnfinishedRuns } from './unfinished-runs.tsx';

/** The first decision: for whom. A scanner types the number and presses Enter, like a hand would. */
export function FindCustomer({
  onChoose,
  onOpenRun,
}: {
  onChoose: (customer: CustomerSummary) => void;
  onOpenRun: (runId: string) => void;
}) {
  const { t } = useWords();
  const { connection } = useStationSnapshot();
  const find = useCall('customers.find');
  const [query, setQuery] = useState('');
  const [found, setFound] = useState<{ query: string; customers: readonly CustomerSummary[] }>();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const offline = connection !== undefined && ['unreachable', 'refused'].includes(connection.bank.state);

  useEffect(() => {
    field.current?.focus();
  }, []);
  useShortcut('F2', () => {
    field.current?.focus();
    field.current?.select();
  });

  const search = async (event: SyntheticEvent) => {
    event.preventDefault();
    const asked = query.trim();
    if (asked === '' || find.busy) return;
    const result = await find.run({ query: asked });
    if (!result.ok) {
      setFound(undefined);
      return;
    }
    const { customers } = result.value;
    setFound({ query: asked, customers });
    const [only] = customers;
    if (only && customers.length === 1 && only.documentNumber.toUpperCase() === asked.toUpperCase())
      onChoose(only);
    else
      requestAnimationFrame(() => {
        list.current?.querySelector('button')?.focus();
      });
  };

  return (
    <Page title={t('issue.find.title')} body={t('issue.find.body')} testId="find-customer">
      {offline && connection.bank.fault ? (
        <FaultNotice fault={connection.bank.fault} testId="offline" />
      ) : null}
      {offline && !connection.bank.fault ? (
        <Notice tone="stop" title={t('common.offlineTitle')} testId="offline">
          {t('common.offlineBody')}
        </Notice>
      ) : null}
      <form onSubmit={search} role="search" className={classes.search}>
        <TextInput
          ref={field}
          size="lg"
          aria-label={t('issue.find.label')}
          placeholder={t('issue.find.placeholder')}
          value={query}
          maxLength={80}
          autoComplete="off"
          spellCheck={false}
          leftSection={<Icon name="search" size={20} />}
          rightSection={<KeyHint keys="F2" />}
          rightSectionWidth={48}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
          }}
          data-testid="customer-query"
        />
      </form>
      {find.busy ? <Loading>{t('issue.find.searching')}</Loading> : null}
      {find.fault ? <FaultNotice fault={find.fault} /> : null}
      {!find.busy && found ? (
        found.customers.length === 0 ? (
          <EmptyState icon="search" title={t('issue.find.noneTitle')} testId="nobody-found">
            {t('issue.find.noneBody', { query: found.query })}
          </EmptyState>
        ) : (
          <section>
            <p className={classes.count} role="status">
              {t('issue.find.results', { count: found.customers.length })}
            </p>
            <ul className={classes.results} ref={list} onKeyDown={moveByArrows}>
              {found.customers.map((customer) => (
                <li key={customer.customerId}>
                  <Result
                    customer={customer}
                    onChoose={() => {
                      onChoose(customer);
                    }}
                  />
                </li>
              ))}
            </ul>
          </section>
        )
      ) : null}
      {!find.busy && !found && !find.fault ? <UnfinishedRuns onOpen={onOpenRun} /> : null}
    </Page>
  );
}

function Result({ customer, onChoose }: { customer: CustomerSummary; onChoose: () => void }) {
  const { t, date } = useWords();
  return (
    <button
      type="button"
      className={classes.result}
      onClick={onChoose}
      data-testid={`customer-${customer.customerId}`}
    >
      <span className={classes.name}>
        {customer.name}
        <span className={classes.latin}>{customer.nameLatin}</span>
      </span>
      <span className={classes.born}>{t('issue.find.born', { date: date(customer.birthDate) })}</span>
      <code className={classes.number}>{customer.documentNumber}</code>
      <span className={classes.end}>
        {customer.blocked ? <span className={classes.blocked}>{t('issue.find.blocked')}</span> : null}
        <Icon name="chevron" size={18} />
      </span>
    </button>
  );
}

/** Up and down through the results, as in any list. */
function moveByArrows(event: React.KeyboardEvent<HTMLUListElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next = at + (event.key === 'ArrowDown' ? 1 : -1);
  buttons[Math.max(0, Math.min(buttons.length - 1, next))]?.focus();
}
