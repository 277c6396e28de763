import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { CardInspection } from '../../../electron/shared/contract/index.ts';
import type { StationInput } from '../../bridge/station-client.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, FaultNotice, Notice } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { ReasonSelect } from './reason-select.tsx';
import classes from './reprovision-form.module.css';

type Reason = StationInput<'reprovision.wipe'>['reason'];
const reasons = [
  'unfinished',
  'superseded',
  'cessation',
  'damaged',
  'key-compromise',
] as const satisfies Reason[];

/** Wiping cannot be taken back: a reason, a promise, and only then the button. */
export function WipeForm({
  inspection,
  onStarted,
}: {
  inspection: CardInspection;
  onStarted: (runId: string) => void;
}) {
  const { t } = useWords();
  const wipe = useCall('reprovision.wipe');
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState<Reason>(
    inspection.content === 'incomplete' ? 'unfinished' : 'superseded',
  );
  const [sure, setSure] = useState(false);

  if (!open)
    return (
      <div>
        <ActionButton
          shortcut="F4"
          testId="wipe-open"
          onAct={() => {
            setOpen(true);
          }}
        >
          {t('reprovision.wipe')}
        </ActionButton>
      </div>
    );
  return (
    <section className={classes.form} data-testid="wipe-form">
      <div>
        <h2 className={classes.title}>{t('reprovision.wipeTitle')}</h2>
        <p className={classes.body}>
          {t(
            inspection.content === 'unrecorded' || inspection.unknownKey
              ? 'reprovision.wipeBodyUnrecorded'
              : 'reprovision.wipeBody',
          )}
        </p>
      </div>
      {inspection.otherKeys === undefined ? null : (
        <Notice
          tone="careful"
          title={t('reprovision.othersGo', { count: inspection.otherKeys })}
          testId="wipe-others"
        >
          <p>{t('reprovision.othersGoBody')}</p>
        </Notice>
      )}
      <ReasonSelect
        reasons={reasons}
        reason={reason}
        labelOf={(value) => t(`reprovision.reasons.${value}`)}
        onChoose={setReason}
        testId="wipe-reason"
      />
      <Checkbox
        label={t('reprovision.confirm')}
        checked={sure}
        onChange={(event) => {
          setSure(event.currentTarget.checked);
        }}
        data-testid="wipe-sure"
      />
      {wipe.fault ? <FaultNotice fault={wipe.fault} /> : null}
      <div className={classes.actions}>
        <ActionButton
          rank="next"
          stop
          shortcut="F9"
          disabled={!sure}
          busy={wipe.busy}
          testId="wipe-now"
          onAct={() => {
            void wipe.run({ reader: inspection.reader, reason }).then((result) => {
              if (result.ok) onStarted(result.value.runId);
            });
          }}
        >
          {t('reprovision.wipeNow')}
        </ActionButton>
        <ActionButton
          rank="plain"
          shortcut="Escape"
          onAct={() => {
            setOpen(false);
            setSure(false);
          }}
        >
          {t('common.cancel')}
        </ActionButton>
      </div>
    </section>
  );
}
