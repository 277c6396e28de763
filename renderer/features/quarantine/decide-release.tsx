import { PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { QuarantinedCard } from '../../../electron/shared/domain/index.ts';
import { useCall, useStationSnapshot } from '../../bridge/index.ts';
import { ActionButton, DecisionForm, FaultNotice, Notice, SignAct } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './release-form.module.css';

/** The manager's half: the technician's word, and one of two buttons; the card signs it, or the password is typed for it. */
export function DecideRelease({
  card,
  onDone,
}: {
  card: QuarantinedCard;
  onDone: (what: 'released' | 'refused') => void;
}) {
  const { t, dateTime } = useWords();
  const { officer, certificateSha256 } = useStationSnapshot();
  const hasCard = certificateSha256 !== undefined;
  const decide = useCall('quarantine.decide');
  const [password, setPassword] = useState('');
  const [reason, setReason] = useState('');
  /** The decision whose text is on the screen, to be signed. */
  const [signing, setSigning] = useState<boolean>();
  const { pending } = card;
  if (!pending)
    return (
      <Notice tone="quiet" title={t('quarantine.nobodyAsks')} testId="nobody-asks">
        <p>{t('quarantine.nobodyAsksBody')}</p>
      </Notice>
    );
  const own = pending.askedBy === officer?.officerId;
  if (signing !== undefined)
    return (
      <SignAct
        order={{
          act: 'decide-release',
          releaseId: pending.releaseId,
          approved: signing,
          reason: reason.trim(),
        }}
        title={t(signing ? 'quarantine.signRelease' : 'quarantine.signLeave')}
        verb={t(signing ? 'quarantine.signAndRelease' : 'quarantine.signAndLeave')}
        busy={decide.busy}
        fault={decide.fault}
        onSign={(approval) => {
          void decide
            .run({
              releaseId: pending.releaseId,
              approved: signing,
              reason: reason.trim(),
              ...(approval && { approval }),
            })
            .then((result) => {
              if (result.ok) onDone(signing ? 'released' : 'refused');
            });
        }}
        onBack={() => {
          decide.clear();
          setSigning(undefined);
        }}
      />
    );
  const send = (approved: boolean) => {
    if (hasCard) {
      setSigning(approved);
      return;
    }
    void decide
      .run({ releaseId: pending.releaseId, approved, reason: reason.trim(), password })
      .then((result) => {
        setPassword('');
        if (result.ok) onDone(approved ? 'released' : 'refused');
      });
  };
  const ready = (hasCard || password !== '') && !own;
  return (
    <DecisionForm
      title={t('quarantine.decideTitle')}
      actions={
        <>
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
        </>
      }
    >
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
        {hasCard ? null : (
          <PasswordInput
            label={t('quarantine.password')}
            value={password}
            autoComplete="off"
            onChange={(event) => {
              setPassword(event.currentTarget.value);
            }}
            data-testid="decision-password"
          />
        )}
      </div>
      {decide.fault ? <FaultNotice fault={decide.fault} /> : null}
    </DecisionForm>
  );
}
