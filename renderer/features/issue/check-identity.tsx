import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type {
  CardRecord,
  Customer,
  CustomerSummary,
  IdentityField,
} from '../../../electron/shared/domain/index.ts';
import { identityFields } from '../../../electron/shared/domain/index.ts';
import { useCall, useQuery } from '../../bridge/index.ts';
import {
  ActionButton,
  CodeText,
  FaultNotice,
  Loading,
  Notice,
  Page,
  dateAsTyped,
  dateWhenLeft,
  StateMark,
  useShortcut,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './check-identity.module.css';
import {
  asDocument,
  checkDocument,
  emptyDocument,
  isDateField,
  numberAsTyped,
  type FieldVerdict,
  type TypedDocument,
} from './typed-document.ts';

/** The bank's record beside the document in the teller's hand, and the teller's decision. */
export function CheckIdentity({
  summary,
  onBack,
  onStarted,
}: {
  summary: CustomerSummary;
  onBack: () => void;
  onStarted: (runId: string) => void;
}) {
  const { t } = useWords();
  const { state, again } = useQuery('customers.read', { customerId: summary.customerId });
  if (state.kind === 'ready')
    return (
      <Compare
        customer={state.value.customer}
        cards={state.value.cards}
        onBack={onBack}
        onStarted={onStarted}
      />
    );
  return (
    <Page
      title={summary.name}
      actions={
        <ActionButton rank="plain" shortcut="Escape" onAct={onBack} testId="identity-back">
          {t('issue.identity.otherCustomer')}
        </ActionButton>
      }
    >
      {state.kind === 'loading' ? (
        <Loading>{t('issue.identity.loading')}</Loading>
      ) : (
        <>
          <FaultNotice fault={state.fault} />
          <div>
            <ActionButton rank="next" onAct={again}>
              {t('app.reload')}
            </ActionButton>
          </div>
        </>
      )}
    </Page>
  );
}

function Compare({
  customer,
  cards,
  onBack,
  onStarted,
}: {
  customer: Customer;
  cards: readonly CardRecord[];
  onBack: () => void;
  onStarted: (runId: string) => void;
}) {
  const { t, shared, sentences } = useWords();
  const start = useCall('issuance.start');
  const [typed, setTyped] = useState<TypedDocument>(() => emptyDocument(customer.document.type));
  const [account, setAccount] = useState(customer.accounts[0]?.number ?? '');
  const [isThePerson, setIsThePerson] = useState(false);
  const [accepted, setAccepted] = useState<readonly IdentityField[]>([]);
  const form = useRef<HTMLDivElement>(null);
  const today = useMemo(() => new Date().toISOString().slice(0, 10), []);
  const [typing, setTyping] = useState<IdentityField>();
  const check = checkDocument(typed, customer.document, today, typing);
  const active = cards.find((card) => card.state === 'active');
  const allAccepted = check.differences.every((field) => accepted.includes(field));
  const decided =
    check.missing.length === 0 &&
    !check.expired &&
    !check.otherDocument &&
    allAccepted &&
    isThePerson &&
    account !== '';
  const blocked = customer.blocked || active !== undefined;

  const hint = blocked
    ? undefined
    : check.missing.length > 0
      ? t('issue.identity.toType', { count: check.missing.length })
      : check.expired || check.otherDocument
        ? undefined
        : !allAccepted
          ? t('issue.identity.toAccept')
          : !isThePerson
            ? t('issue.identity.toCompare')
            : undefined;

  useEffect(() => {
    form.current?.querySelector<HTMLInputElement>('input[data-field="number"]')?.focus();
  }, []);

  const put = (field: IdentityField, value: string) => {
    setTyped((before) => ({ ...before, [field]: asTyped(field, value) }));
    setAccepted((before) => before.filter((other) => other !== field));
  };

  const accept = async () => {
    if (!decided || blocked || start.busy) return;
    const result = await start.run({
      customerId: customer.customerId,
      account,
      identity: { document: asDocument(typed), differences: [...check.differences], accepted: true },
    });
    if (result.ok) onStarted(result.value.runId);
  };

  const onEnter = (event: KeyboardEvent<HTMLElement>) => {
    enterGoesOn(event, decided && !blocked ? () => void accept() : undefined);
  };

  return (
    <Page
      testId="check-identity"
      title={blocked ? t('issue.identity.blockedTitle') : t('issue.identity.title')}
      hint={hint}
      body={blocked ? undefined : t('issue.identity.body')}
      actions={
        blocked ? (
          <ActionButton rank="next" shortcut="Escape" focus onAct={onBack} testId="identity-back">
            {t('issue.identity.otherCustomer')}
          </ActionButton>
        ) : (
          <>
            <ActionButton
              rank="next"
              shortcut="F9"
              busy={start.busy}
              disabled={!decided}
              testId="identity-accept"
              onAct={() => void accept()}
            >
              {t('issue.identity.accept')}
            </ActionButton>
            <ActionButton rank="plain" shortcut="Escape" onAct={onBack} testId="identity-back">
              {t('issue.identity.refuse')}
            </ActionButton>
          </>
        )
      }
    >
      {customer.blocked ? (
        <Notice tone="stop" title={shared.faults['customer-blocked'].happened} testId="customer-blocked">
          <p>{sentences(shared.faults['customer-blocked'].means, shared.faults['customer-blocked'].todo)}</p>
        </Notice>
      ) : null}
      {active ? (
        <Notice tone="stop" title={t('issue.identity.activeCard')} testId="customer-has-card">
          <p>
            {t('issue.identity.activeCardBody')} <CodeText value={active.cardId} />
          </p>
        </Notice>
      ) : null}

      <section className={classes.person} onKeyDown={onEnter}>
        <img
          className={classes.photo}
          src={customer.photo}
          alt={t('issue.identity.photo', { name: customer.name })}
          width={120}
          height={150}
        />
        <div className={classes.who}>
          <p className={classes.name}>{customer.name}</p>
          <p className={classes.latin}>
            {customer.nameLatin} · {t('issue.identity.customerNo', { id: customer.customerId })} ·{' '}
            {customer.phone}
          </p>
          {blocked ? null : (
            <>
              <Checkbox
                label={t('issue.identity.photoCheck')}
                checked={isThePerson}
                onChange={(event) => {
                  setIsThePerson(event.currentTarget.checked);
                }}
                data-testid="photo-check"
              />
              <NativeSelect
                className={classes.account}
                label={t('issue.identity.account')}
                value={account}
                data={customer.accounts.map((candidate) => ({
                  value: candidate.number,
                  label: [
                    shared.accountKinds[candidate.kind],
                    ...(candidate.currency === 'CNY' ? [] : [candidate.currency]),
                    (candidate.number.replace(/\s/g, '').match(/.{1,4}/g) ?? []).join(' '),
                  ].join(' · '),
                }))}
                onChange={(event) => {
                  setAccount(event.currentTarget.value);
                }}
                data-testid="account"
              />
            </>
          )}
        </div>
      </section>

      {blocked ? null : (
        <>
          <div className={classes.table} ref={form} onKeyDown={onEnter}>
            <div className={classes.headRow} aria-hidden="true">
              <span />
              <span>{t('issue.identity.record')}</span>
              <span>{t('issue.identity.document')}</span>
              <span />
            </div>
            {identityFields.map((field) => (
              <FieldRow
                key={field}
                field={field}
                onFile={customer.document[field]}
                value={typed[field]}
                verdict={check.verdicts[field]}
                onPut={(value) => {
                  put(field, value);
                }}
                onFocus={setTyping}
                accepted={accepted.includes(field)}
                onAccept={
                  field === 'number'
                    ? undefined
                    : (checked) => {
                        setAccepted((before) =>
                          checked ? [...before, field] : before.filter((other) => other !== field),
                        );
                      }
                }
              />
            ))}
          </div>

          <section className={classes.decision} onKeyDown={onEnter}>
            {check.expired ? (
              <Notice tone="stop" title={t('issue.identity.expired')} testId="document-expired" />
            ) : check.numberFlawed ? (
              <Notice tone="stop" title={t('issue.identity.numberFlaw')} testId="number-flawed" />
            ) : check.otherDocument ? (
              <Notice tone="stop" title={t('issue.identity.otherDocument')} testId="other-document" />
            ) : check.missing.length > 0 ? null : check.differences.length === 0 ? (
              <Notice tone="good" title={t('issue.identity.allSame')} testId="document-agrees" />
            ) : (
              <Notice
                tone="careful"
                title={t('issue.identity.differences', { count: check.differences.length })}
                testId="document-differs"
              />
            )}
            {start.fault ? <FaultNotice fault={start.fault} /> : null}
          </section>
        </>
      )}
      <EnterAccepts enabled={decided && !blocked && !start.busy} onAccept={() => void accept()} />
    </Page>
  );
}

const asTyped = (field: IdentityField, value: string): string =>
  isDateField(field) ? dateAsTyped(value) : field === 'number' ? numberAsTyped(value) : value;

function EnterAccepts({ enabled, onAccept }: { enabled: boolean; onAccept: () => void }) {
  useShortcut('Enter', onAccept, enabled);
  return null;
}

function FieldRow({
  field,
  onFile,
  value,
  verdict,
  onPut,
  onFocus,
  accepted,
  onAccept,
}: {
  field: IdentityField;
  onFile: string;
  value: string;
  verdict: FieldVerdict;
  onPut: (value: string) => void;
  /** The field being typed in; none when it is left. */
  onFocus: (field: IdentityField | undefined) => void;
  accepted: boolean;
  /** Not there where nobody may accept a difference. */
  onAccept: ((accepted: boolean) => void) | undefined;
}) {
  const { t, shared } = useWords();
  const label = shared.identityFields[field];
  return (
    <div className={classes.row} data-verdict={verdict} data-testid={`identity-${field}`}>
      <span className={classes.label}>{label}</span>
      <span className={field === 'number' ? classes.number : classes.onFile}>
        {field === 'type'
          ? shared.documentTypes[onFile === 'passport' ? 'passport' : 'identity-card']
          : onFile}
      </span>
      {field === 'type' ? (
        <NativeSelect
          aria-label={`${t('issue.identity.document')}: ${label}`}
          value={value}
          data={[
            { value: 'identity-card', label: shared.documentTypes['identity-card'] },
            { value: 'passport', label: shared.documentTypes.passport },
          ]}
          onChange={(event) => {
            onPut(event.currentTarget.value);
          }}
          data-testid="document-type"
        />
      ) : (
        <TextInput
          aria-label={`${t('issue.identity.document')}: ${label}`}
          value={value}
          maxLength={field === 'number' ? 24 : 80}
          autoComplete="off"
          spellCheck={false}
          placeholder={isDateField(field) ? t('issue.identity.datePlaceholder') : undefined}
          onChange={(event) => {
            onPut(event.currentTarget.value);
          }}
          onFocus={() => {
            onFocus(field);
          }}
          onBlur={() => {
            if (isDateField(field)) onPut(dateWhenLeft(value));
            onFocus(undefined);
          }}
          data-field={field}
          data-testid={`document-${field}`}
        />
      )}
      <span className={classes.verdict}>
        <StateMark mark={verdict === 'same' ? 'good' : verdict === 'differs' ? 'careful' : 'waiting'} />
        {t(`issue.identity.${verdict}`)}
        {verdict === 'differs' && onAccept ? (
          <Checkbox
            size="xs"
            className={classes.accept}
            label={t('issue.identity.acceptShort')}
            aria-label={t('issue.identity.acceptField', { field: label })}
            checked={accepted}
            onChange={(event) => {
              onAccept(event.currentTarget.checked);
            }}
            data-testid={`accept-${field}`}
          />
        ) : null}
      </span>
    </div>
  );
}

/**
 * Enter leads to the next thing to fill in; after the last one it accepts. It never ticks a box:
 * that is a decision, made with the space bar or the mouse. In a ticked one it accepts once all is decided.
 */
function enterGoesOn(event: KeyboardEvent<HTMLElement>, accept: (() => void) | undefined) {
  const { target } = event;
  if (event.key !== 'Enter' || !(target instanceof HTMLInputElement)) return;
  event.preventDefault();
  event.stopPropagation();
  const page = target.closest('[data-testid="check-identity"]');
  const fields = [
    ...(page?.querySelectorAll<HTMLElement>('input[data-field], input[type="checkbox"]:not(:disabled)') ??
      []),
  ];
  const at = fields.indexOf(target);
  const next = fields[at + 1];
  const isBox = target.type === 'checkbox';
  if (isBox && !target.checked) return;
  if (isBox && accept) accept();
  else if (next) next.focus();
  else target.blur();
}
