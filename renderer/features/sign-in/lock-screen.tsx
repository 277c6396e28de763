import { useState, type ReactNode } from 'react';
import type { Officer } from '../../../electron/shared/domain/index.ts';
import { useCall, useOfficerReaders, useStation } from '../../bridge/index.ts';
import {
  ActionButton,
  CardAndPin,
  cardAndPinOf,
  cardSightOf,
  FaultNotice,
  Icon,
  TrainingHint,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './lock-screen.module.css';

/** The officer's card is out: nothing of the work is shown, and it goes on with the card and its PIN. */
export function LockScreen({
  officer,
  cardPin,
  isTraining,
  controls,
}: {
  officer: Officer;
  /** Of training mode. */
  cardPin: string | undefined;
  isTraining: boolean;
  controls: ReactNode;
}) {
  const { t, shared } = useWords();
  const { store } = useStation();
  const readers = useOfficerReaders();
  const unlock = useCall('officers.unlock');
  const insert = useCall('training.insertOfficerCard');
  const [pin, setPin] = useState('');
  const sight = cardSightOf(readers ?? [], officer.officerId);
  const card = cardAndPinOf(sight, pin);
  const goOn = () => {
    if (!card || unlock.busy) return;
    setPin('');
    void unlock.run(card).then((result) => {
      if (result.ok) void store.unlocked();
    });
  };

  return (
    <main className={classes.window} data-testid="lock-screen">
      <span className={classes.controls}>{controls}</span>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          goOn();
        }}
      >
        <span className={classes.lock}>
          <Icon name="lock" size={30} />
        </span>
        <div>
          <h1 className={classes.title}>{t('lock.title')}</h1>
          <p className={classes.body}>{t('lock.body')}</p>
        </div>
        <p className={classes.officer}>
          {officer.name} <span className={classes.role}>{shared.roles[officer.role]}</span>
        </p>
        {/* Anew when the card comes back: its PIN gets the focus then. */}
        <CardAndPin key={sight.kind} sight={sight} pin={pin} onPin={setPin} focus />
        {isTraining && sight.kind === 'own' && cardPin !== undefined ? (
          <TrainingHint
            testId="fill-pin"
            onAct={() => {
              setPin(cardPin);
            }}
          >
            {t('officerCard.trainingPin', { pin: cardPin })}
          </TrainingHint>
        ) : isTraining ? (
          <TrainingHint
            verb={t('officerCard.trainingInsert')}
            busy={insert.busy}
            testId="insert-officer-card"
            onAct={() => {
              void insert.run({ officerId: officer.officerId });
            }}
          >
            {t('officerCard.trainingCard')}
          </TrainingHint>
        ) : null}
        {(unlock.fault ?? insert.fault) ? (
          <FaultNotice
            fault={unlock.fault ?? insert.fault ?? { code: 'internal-error', data: {} }}
            testId="unlock-fault"
          />
        ) : null}
        <div className={classes.actions}>
          <ActionButton
            rank="next"
            shortcut="Enter"
            busy={unlock.busy}
            disabled={!card}
            submits
            testId="unlock"
            onAct={goOn}
          >
            {t('lock.goOn')}
          </ActionButton>
          <ActionButton
            rank="plain"
            testId="sign-out"
            onAct={() => {
              void store.signOut();
            }}
          >
            {t('app.signOut')}
          </ActionButton>
        </div>
      </form>
    </main>
  );
}
