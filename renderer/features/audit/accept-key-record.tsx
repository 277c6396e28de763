import { PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { keyRecordReference } from '../../../electron/shared/domain/index.ts';
import { useCall, useStationSnapshot } from '../../bridge/index.ts';
import { ActionButton, DecisionForm, SignAct } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './accept-key-record.module.css';

/** The bank's security officers have said why its record does not go on: from now on it is measured by what it is. */
export function AcceptKeyRecord({
  size,
  headHash,
  onDone,
  onBack,
}: {
  /** Of the record as it is shown. */
  size: number;
  headHash: string;
  onDone: () => void;
  onBack: () => void;
}) {
  const { t } = useWords();
  const hasCard = useStationSnapshot().certificateSha256 !== undefined;
  const accept = useCall('audit.acceptBankKeys');
  const [reference, setReference] = useState('');
  const [password, setPassword] = useState('');
  const [reading, setReading] = useState(false);
  const isReference = keyRecordReference.safeParse(reference.trim()).success;
  const ready = isReference && (hasCard || password !== '');
  const read = () => {
    if (ready) setReading(true);
  };
  const record = { size, headHash, reference: reference.trim() };

  if (reading)
    return (
      <SignAct
        order={{ act: 'accept-key-record', ...record }}
        title={t('audit.bankKeys.accept.sign')}
        verb={t(hasCard ? 'audit.bankKeys.accept.verb' : 'audit.bankKeys.accept.verbUnsigned')}
        busy={accept.busy}
        fault={accept.fault}
        onSign={(approval) => {
          void accept.run({ ...record, ...(approval ? { approval } : { password }) }).then((result) => {
            if (result.ok) onDone();
          });
        }}
        onBack={() => {
          accept.clear();
          setPassword('');
          setReading(false);
        }}
      />
    );
  return (
    <DecisionForm
      title={t('audit.bankKeys.accept.title')}
      testId="accept-key-record-form"
      onSubmit={read}
      actions={
        <>
          <ActionButton rank="next" shortcut="F9" disabled={!ready} submits testId="accept-read" onAct={read}>
            {t('audit.bankKeys.accept.read')}
          </ActionButton>
          <ActionButton rank="plain" shortcut="Escape" testId="accept-back" onAct={onBack}>
            {t('common.back')}
          </ActionButton>
        </>
      }
    >
      <p className={classes.body}>{t('audit.bankKeys.accept.body')}</p>
      <div className={classes.fields}>
        <TextInput
          label={t('audit.bankKeys.accept.reference')}
          description={t('audit.bankKeys.accept.referenceBody')}
          value={reference}
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          error={
            reference.trim() !== '' && !isReference ? t('audit.bankKeys.accept.referenceRule') : undefined
          }
          onChange={(event) => {
            setReference(event.currentTarget.value);
          }}
          data-testid="accept-reference"
        />
        {hasCard ? null : (
          <PasswordInput
            label={t('audit.bankKeys.accept.password')}
            description={t('audit.bankKeys.accept.passwordBody')}
            value={password}
            autoComplete="off"
            onChange={(event) => {
              setPassword(event.currentTarget.value);
            }}
            data-testid="accept-password"
          />
        )}
      </div>
    </DecisionForm>
  );
}
