import { Textarea } from '@mantine/core';
import { useState } from 'react';
import {
  quarantineFinding,
  type QuarantinedCard,
  type QuarantineFinding,
} from '../../../electron/shared/domain/index.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, Choices, DecisionForm, FaultNotice, Notice } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';

/** The technician's half: what the card has, how that is known, and then it is another's turn. */
export function AskRelease({ card, onDone }: { card: QuarantinedCard; onDone: (what: 'asked') => void }) {
  const { t, dateTime } = useWords();
  const ask = useCall('quarantine.askRelease');
  const [finding, setFinding] = useState<QuarantineFinding>();
  const [reason, setReason] = useState('');
  const { pending } = card;
  if (pending)
    return (
      <Notice
        tone="careful"
        title={t('quarantine.waitsFor', { officer: pending.askedBy, time: dateTime(pending.askedAt) })}
        testId="release-waits"
      >
        <p>{t(`quarantine.finding.${pending.finding}`)}</p>
        <p>“{pending.reason}”</p>
      </Notice>
    );
  const ready = finding !== undefined && reason.trim().length >= 4;
  const send = () => {
    if (finding === undefined || !ready) return;
    void ask.run({ mediumIdentity: card.mediumIdentity, finding, reason: reason.trim() }).then((result) => {
      if (result.ok) onDone('asked');
    });
  };
  return (
    <DecisionForm
      title={t('quarantine.askTitle')}
      onSubmit={send}
      actions={
        <ActionButton
          rank="next"
          shortcut="F9"
          busy={ask.busy}
          disabled={!ready}
          submits
          testId="ask-release"
          onAct={send}
        >
          {t('quarantine.ask')}
        </ActionButton>
      }
    >
      <Choices
        legend={t('quarantine.found')}
        name="finding"
        value={finding}
        onChoose={setFinding}
        choices={quarantineFinding.options.map((value) => ({
          value,
          label: t(`quarantine.finding.${value}`),
          testId: `finding-${value}`,
        }))}
      />
      <Textarea
        label={t('quarantine.how')}
        description={t('quarantine.howBody')}
        rows={2}
        maxLength={200}
        value={reason}
        onChange={(event) => {
          setReason(event.currentTarget.value);
        }}
        data-testid="release-reason"
      />
      {ask.fault ? <FaultNotice fault={ask.fault} /> : null}
    </DecisionForm>
  );
}
