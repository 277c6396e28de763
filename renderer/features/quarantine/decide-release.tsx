import { PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { QuarantinedCard } from '../../../electron/shared/domain/index.ts';
import { useCall, useStationSnapshot } from '../../bridge/index.ts';
import { ActionButton, FaultNotice, Notice } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './release-form.module.css';

/** The manager's half: the technician's word, a password typed for this, and one of two buttons. */
export function DecideRelease({
  card,
  onDone,
}: {
  card: QuarantinedCard;
  onDone: (what: 'released' | 'refused') => void;
}) {
  const { t, dateTime } = useWords();
  const { officer } = useStationSnapshot();
  const decide = useCall('quarantine.decide');
  const [password, setPassword] = useState('');
  const [reason, setReason] = useState('');
  const { pending } = card;
  if (!pending)
    return (
      <Notice tone="quiet" title={t('quarantine.nobodyAsks')} testId="nobody-asks">
        <p>{t('quarantine.nobodyAsksBody')}</p>
      </Notice>
    );
  const own = pending.askedBy === officer?.officerId;
  const send = (approved: boolean) => {
    void decide
      .run({ releaseId: pending.releaseId, approved, reason: reason.trim(), password })
      .then((result) => {
        setPassword('');
        if (result.ok) onDone(approved ? 'released' : 'refused');
      });
  };
  const ready = password !== '' && !own;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      <h3 className={classes.title}>{t('quarantine.decideTitle')}</h3>
      <div className={classes.word}>
        <p>{t(`quarantine.finding.${pending.finding}`)}</p>
        <p>“{pending.reason}”</p>
        <p className={classes.small}>
          {t('quarantine.askedBy', { officer: pending.askedBy, time: dateTime(pending.askedAt) })}
        </p>
      </div>
      <div className={classes.fields}>
        <TextInput
          label={t('quarantine.note')}
          maxLength={200}
          value={reason}
          onChange={(event) => {
            setReason(event.currentTarget.value);
          }}
          data-testid="decision-reason"
        />
        <PasswordInput
          label={t('quarantine.password')}
          value={password}
          autoComplete="off"
          onChange={(event) => {
            setPassword(event.currentTarget.value);
          }}
          data-testid="decision-password"
        />
      </div>
      {decide.fault ? <FaultNotice fault={decide.fault} /> : null}
      <div className={classes.actions}>
        <ActionButton
          rank="next"
          shortcut="F9"
          busy={decide.busy}
          disabled={!ready}
          testId="release"
          onAct={() => {
            send(true);
          }}
        >
          {t('quarantine.release')}
        </ActionButton>
        <ActionButton
          shortcut="F4"
          disabled={!ready || decide.busy}
          testId="leave"
          onAct={() => {
            send(false);
          }}
        >
          {t('quarantine.leave')}
        </ActionButton>
      </div>
    </form>
  );
}
