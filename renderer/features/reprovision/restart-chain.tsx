import { useState } from 'react';
import type { CardInspection } from '../../../electron/shared/contract/index.ts';
import type { StationInput } from '../../bridge/station-client.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, FaultNotice, Notice } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { ReasonSelect } from './reason-select.tsx';
import classes from './reprovision-form.module.css';

type Reason = StationInput<'reprovision.restartChain'>['reason'];
const reasons = ['other-phone', 'false-alarm'] as const satisfies Reason[];

/** One-time passwords begin anew: the customer has to be there, so the reason comes first and then their screen. */
export function RestartChain({
  inspection: { reader, chain },
  onStarted,
}: {
  inspection: CardInspection;
  onStarted: (runId: string) => void;
}) {
  const { t } = useWords();
  const restart = useCall('reprovision.restartChain');
  const state = chain?.state ?? 'good';
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState<Reason>(state === 'forked' ? 'false-alarm' : 'other-phone');
  return (
    <>
      {state === 'good' ? null : (
        <Notice
          tone="careful"
          title={<span data-testid={`chain-${state}`}>{t(`reprovision.chain.${state}`)}</span>}
        >
          <p>{t(`reprovision.chainBody.${state}`)}</p>
        </Notice>
      )}
      {open ? (
        <section className={classes.form} data-testid="restart-form">
          <div>
            <h2 className={classes.title}>{t('reprovision.restart')}</h2>
            <p className={classes.body}>{t('reprovision.restartBody')}</p>
          </div>
          <ReasonSelect
            reasons={reasons}
            reason={reason}
            labelOf={(value) => t(`reprovision.restartReasons.${value}`)}
            onChoose={setReason}
            testId="restart-reason"
          />
          {restart.fault ? <FaultNotice fault={restart.fault} /> : null}
          <div className={classes.actions}>
            <ActionButton
              rank="next"
              shortcut="F9"
              focus
              busy={restart.busy}
              testId="restart-now"
              onAct={() => {
                void restart.run({ reader, reason }).then((result) => {
                  if (result.ok) onStarted(result.value.runId);
                });
              }}
            >
              {t('reprovision.restartNow')}
            </ActionButton>
            <ActionButton
              rank="plain"
              shortcut="Escape"
              onAct={() => {
                setOpen(false);
              }}
            >
              {t('common.cancel')}
            </ActionButton>
          </div>
        </section>
      ) : (
        <div>
          <ActionButton
            rank={state === 'good' ? 'other' : 'next'}
            shortcut="F8"
            testId="restart-open"
            onAct={() => {
              setOpen(true);
            }}
          >
            {t('reprovision.restart')}
          </ActionButton>
        </div>
      )}
    </>
  );
}
