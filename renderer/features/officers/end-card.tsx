import { useState } from 'react';
import {
  officerCardEnd,
  type OfficerCard,
  type OfficerCardEnd,
} from '../../../electron/shared/domain/index.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, Choices, DecisionForm, SignAct } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';

/** A card is taken out of use, for a reason and for ever; the manager signs for it. */
export function EndCard({
  card,
  onDone,
  onBack,
}: {
  card: OfficerCard;
  onDone: () => void;
  onBack: () => void;
}) {
  const { t } = useWords();
  const revoke = useCall('officers.revokeCard');
  const [reason, setReason] = useState<OfficerCardEnd>();
  const [signing, setSigning] = useState(false);
  const { certificateSha256, name } = card;
  const read = () => {
    if (reason) setSigning(true);
  };

  if (signing && reason)
    return (
      <SignAct
        order={{ act: 'revoke-card', certificateSha256, reason }}
        title={t('officers.signEnd', { name })}
        verb={t('officers.endVerb')}
        busy={revoke.busy}
        fault={revoke.fault}
        onSign={(approval) => {
          void revoke.run({ certificateSha256, reason, ...(approval && { approval }) }).then((result) => {
            if (result.ok) onDone();
          });
        }}
        onBack={() => {
          revoke.clear();
          setSigning(false);
        }}
      />
    );
  return (
    <DecisionForm
      title={t('officers.endTitle', { name })}
      onSubmit={read}
      actions={
        <>
          <ActionButton rank="next" shortcut="F9" disabled={!reason} submits testId="end-next" onAct={read}>
            {t('officers.readOrder')}
          </ActionButton>
          <ActionButton rank="plain" shortcut="Escape" testId="end-back" onAct={onBack}>
            {t('common.back')}
          </ActionButton>
        </>
      }
    >
      <Choices
        legend={t('officers.whyEnd')}
        name="end-reason"
        value={reason}
        onChoose={setReason}
        choices={officerCardEnd.options.map((value) => ({
          value,
          label: t(`officers.reasons.${value}`),
          testId: `end-${value}`,
        }))}
      />
    </DecisionForm>
  );
}
