import { useState } from 'react';
import {
  officerCardEnd,
  type OfficerCard,
  type OfficerCardEnd,
} from '../../../electron/shared/domain/index.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, SignAct } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './order-form.module.css';

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
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason) setSigning(true);
      }}
    >
      <h3 className={classes.title}>{t('officers.endTitle', { name })}</h3>
      <fieldset className={classes.options}>
        <legend>{t('officers.whyEnd')}</legend>
        {officerCardEnd.options.map((option) => (
          <label key={option}>
            <input
              type="radio"
              name="end-reason"
              checked={option === reason}
              onChange={() => {
                setReason(option);
              }}
              data-testid={`end-${option}`}
            />
            {t(`officers.reasons.${option}`)}
          </label>
        ))}
      </fieldset>
      <div className={classes.actions}>
        <ActionButton
          rank="next"
          shortcut="F9"
          disabled={!reason}
          testId="end-next"
          onAct={() => {
            setSigning(true);
          }}
        >
          {t('officers.readOrder')}
        </ActionButton>
        <ActionButton rank="plain" shortcut="Escape" testId="end-back" onAct={onBack}>
          {t('common.back')}
        </ActionButton>
      </div>
    </form>
  );
}
