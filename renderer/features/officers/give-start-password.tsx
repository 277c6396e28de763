import type { Officer } from '../../../electron/shared/domain/index.ts';
import { useCall } from '../../bridge/index.ts';
import { SignAct } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import type { HandedOver } from './start-password.tsx';

/** In the place of a password that was forgotten. */
export function GiveStartPassword({
  officer,
  onDone,
  onBack,
}: {
  officer: Officer;
  onDone: (handedOver: HandedOver) => void;
  onBack: () => void;
}) {
  const { t } = useWords();
  const give = useCall('officers.giveStartPassword');
  const { officerId, name } = officer;
  return (
    <SignAct
      order={{ act: 'give-start-password', officerId }}
      title={t('startPassword.sign', { name })}
      verb={t('startPassword.verb')}
      busy={give.busy}
      fault={give.fault}
      onSign={(approval) => {
        void give.run({ officerId, ...(approval && { approval }) }).then((result) => {
          if (result.ok) onDone({ officer, ...result.value });
        });
      }}
      onBack={onBack}
    />
  );
}
