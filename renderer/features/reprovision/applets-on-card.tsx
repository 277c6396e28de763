import type { CardInspection } from '../../../electron/shared/contract/index.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, FaultNotice, Notice } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';

type Applet = NonNullable<CardInspection['applets']>[number];

/** The bank's applets for this card: which version is on it, and the newer one where it may be brought. */
export function AppletsOnCard({
  inspection,
  onStarted,
}: {
  inspection: CardInspection;
  onStarted: (runId: string) => void;
}) {
  const { applets = [], appletFault } = inspection;
  const first = applets.find(mayUpgrade);
  return (
    <>
      {appletFault ? <FaultNotice fault={appletFault} testId="applet-fault" /> : null}
      {applets.map((applet) => (
        <AppletOnCard
          key={applet.packageAid}
          reader={inspection.reader}
          applet={applet}
          isFirst={applet === first}
          onStarted={onStarted}
        />
      ))}
    </>
  );
}

function AppletOnCard({
  reader,
  applet,
  isFirst,
  onStarted,
}: {
  reader: string;
  applet: Applet;
  /** The one that the key is for. */
  isFirst: boolean;
  onStarted: (runId: string) => void;
}) {
  const { t, fault, sentences } = useWords();
  const upgrade = useCall('reprovision.upgradeApplet');
  const { name, packageAid, state, available, onCard = '', refusal } = applet;
  const said = state === 'outdated' && applet.onCard === undefined ? 'outdatedOther' : state;
  const refused = refusal && fault(refusal);
  const offered = mayUpgrade(applet);
  return (
    <>
      <Notice
        tone={refused || state === 'required' ? 'careful' : state === 'current' ? 'good' : 'quiet'}
        title={t(`reprovision.applet.${said}`, { name, onCard, available })}
        testId={`applet-${state}`}
      >
        {refused ? (
          <p>{sentences(refused.happened, refused.means, refused.todo)}</p>
        ) : offered ? (
          <p>{t('reprovision.appletBody')}</p>
        ) : null}
      </Notice>
      {upgrade.fault ? <FaultNotice fault={upgrade.fault} /> : null}
      {offered ? (
        <div>
          <ActionButton
            rank={state === 'required' ? 'next' : 'other'}
            {...(isFirst && { shortcut: 'F7' })}
            busy={upgrade.busy}
            testId={`upgrade-applet-${packageAid}`}
            onAct={() => {
              void upgrade.run({ reader, packageAid }).then((result) => {
                if (result.ok) onStarted(result.value.runId);
              });
            }}
          >
            {t(state === 'absent' ? 'reprovision.loadApplet' : 'reprovision.upgradeApplet', { name })}
          </ActionButton>
        </div>
      ) : null}
    </>
  );
}

const mayUpgrade = ({ state, refusal }: Applet): boolean =>
  refusal === undefined && (state === 'absent' || state === 'required' || state === 'outdated');
