import type { Officer } from '../../../electron/shared/domain/index.ts';
import { useCall } from '../../bridge/index.ts';
import { SignAct } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';

/** Somebody leaves this station, with the card: one signature for both. */
export function EndOfficer({
  officer: { officerId, name },
  onDone,
  onBack,
}: {
  officer: Officer;
  onDone: () => void;
  onBack: () => void;
}) {
  const { t } = useWords();
  const end = useCall('officers.end');
  return (
    <SignAct
      order={{ act: 'end-officer', officerId }}
      title={t('endOfficer.sign', { name })}
      verb={t('endOfficer.verb')}
      busy={end.busy}
      fault={end.fault}
      onSign={(approval) => {
        void end.run({ officerId, ...(approval && { approval }) }).then((result) => {
          if (result.ok) onDone();
        });
      }}
      onBack={onBack}
    />
  );
}
