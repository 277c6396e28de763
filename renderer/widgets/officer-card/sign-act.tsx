import { useState } from 'react';
import type { CardAndPin as CardAndPinInput } from '../../../electron/shared/contract/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useOfficerReaders, useQuery, useStationSnapshot } from '../../bridge/index.ts';
import type { StationInput } from '../../bridge/station-client.ts';
import { useWords } from '../../words/index.ts';
import { ActionButton } from '../action-button.tsx';
import { DecisionForm } from '../decision-form.tsx';
import { FaultNotice } from '../fault-notice.tsx';
import { Loading } from '../loading.tsx';
import { ActLines } from './act-lines.tsx';
import { CardAndPin } from './card-and-pin.tsx';
import { cardAndPinOf, cardSightOf } from './card-sight.ts';
import classes from './sign-act.module.css';

export interface Approval {
  readonly actId: string;
  readonly card: CardAndPinInput;
}

/**
 * What is seen is what is signed: every line of the text that the card hashes, as it stands in it, and the card's PIN
 * below. In a session without a card the same lines are only confirmed.
 */
export function SignAct({
  order,
  title,
  verb,
  busy,
  fault,
  onSign,
  onBack,
}: {
  order: StationInput<'officers.prepareAct'>;
  title: string;
  verb: string;
  busy: boolean;
  fault: Fault | undefined;
  onSign: (approval: Approval | undefined) => void;
  onBack: () => void;
}) {
  const { t } = useWords();
  const { officer } = useStationSnapshot();
  const readers = useOfficerReaders();
  const [pin, setPin] = useState('');
  const [signed, setSigned] = useState<string>();
  const { state, again } = useQuery('officers.prepareAct', order);
  const sight = cardSightOf(readers ?? [], officer?.officerId ?? '');
  const card = cardAndPinOf(sight, pin);
  const actId = state.kind === 'ready' ? state.value.actId : undefined;
  const ready = state.kind === 'ready' && (actId === undefined || card !== undefined);
  /** Not the one that was read anew since. */
  const isExpired = fault?.code === 'officer-act-expired' && actId === signed;
  const act = () => {
    if (!ready || busy) return;
    setPin('');
    setSigned(actId);
    onSign(actId !== undefined && card ? { actId, card } : undefined);
  };

  return (
    <DecisionForm
      title={title}
      testId="sign-act"
      onSubmit={isExpired ? again : act}
      actions={
        <>
          {isExpired ? (
            <ActionButton rank="next" shortcut="F9" submits testId="read-again" onAct={again}>
              {t('act.readAgain')}
            </ActionButton>
          ) : (
            <ActionButton
              rank="next"
              shortcut="F9"
              busy={busy}
              disabled={!ready}
              submits
              testId="sign"
              onAct={act}
            >
              {verb}
            </ActionButton>
          )}
          <ActionButton rank="plain" shortcut="Escape" disabled={busy} testId="sign-back" onAct={onBack}>
            {t('common.back')}
          </ActionButton>
        </>
      }
    >
      <p className={classes.body}>{t(actId === undefined ? 'act.confirmBody' : 'act.signBody')}</p>
      {state.kind === 'loading' ? <Loading>{t('common.loading')}</Loading> : null}
      {state.kind === 'failed' ? <FaultNotice fault={state.fault} /> : null}
      {state.kind === 'ready' ? <ActLines lines={state.value.lines} /> : null}
      {actId === undefined ? null : <CardAndPin sight={sight} pin={pin} onPin={setPin} focus />}
      {fault && (isExpired || fault.code !== 'officer-act-expired') ? (
        <FaultNotice fault={fault} testId="sign-fault" />
      ) : null}
    </DecisionForm>
  );
}
