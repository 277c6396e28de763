import type { CardInspection } from '../../../electron/shared/contract/index.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, FaultNotice, Notice } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';

/** A newer phone client is there: it can be taken back, so one button is enough. */
export function UpgradeClient({
  reader,
  client,
  onStarted,
}: {
  reader: string;
  client: NonNullable<CardInspection['client']>;
  onStarted: (runId: string) => void;
}) {
  const { t } = useWords();
  const upgrade = useCall('reprovision.upgradeClient');
  return (
    <>
      <Notice tone="quiet" title={t('reprovision.upgradeTitle', { ...client })}>
        <p>{t('reprovision.upgradeBody')}</p>
      </Notice>
      {upgrade.fault ? <FaultNotice fault={upgrade.fault} /> : null}
      <div>
        <ActionButton
          rank="next"
          shortcut="F6"
          busy={upgrade.busy}
          testId="upgrade-client"
          onAct={() => {
            void upgrade.run({ reader }).then((result) => {
              if (result.ok) onStarted(result.value.runId);
            });
          }}
        >
          {t('reprovision.upgrade')}
        </ActionButton>
      </div>
    </>
  );
}
