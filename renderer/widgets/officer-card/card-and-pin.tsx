import { PasswordInput } from '@mantine/core';
import type { OfficerCardView } from '../../../electron/shared/contract/index.ts';
import { useWords } from '../../words/index.ts';
import { Icon } from '../icon.tsx';
import { StateMark, type Mark } from '../state-mark.tsx';
import classes from './card-and-pin.module.css';
import type { CardSight } from './card-sight.ts';

/** The officer's own card: which reader has it, how many tries it has, and its PIN where it is typed on the screen. */
export function CardAndPin({
  sight,
  pin,
  onPin,
  focus = false,
}: {
  sight: CardSight;
  pin: string;
  onPin: (pin: string) => void;
  focus?: boolean;
}) {
  const { t } = useWords();
  const card = sight.kind === 'own' ? sight.at.officerCard : undefined;
  const isSpent = (card?.triesLeft ?? 3) <= 1;
  return (
    <div className={classes.card} data-testid="officer-card" data-sight={sight.kind}>
      <div className={classes.place}>
        <span className={classes.picture}>
          <Icon name="officers" size={22} />
        </span>
        <Sight sight={sight} />
      </div>
      {card && !isSpent ? (
        card.pinAtReader ? (
          <p className={classes.atReader} data-testid="pin-at-reader">
            <Icon name="keypad" size={18} />
            {t('officerCard.atReader')}
          </p>
        ) : (
          <PasswordInput
            label={t('officerCard.pin')}
            value={pin}
            autoComplete="off"
            inputMode="numeric"
            maxLength={8}
            data-autofocus={focus || undefined}
            autoFocus={focus}
            onChange={(event) => {
              onPin(event.currentTarget.value.replace(/\D/g, ''));
            }}
            data-testid="officer-pin"
          />
        )
      ) : null}
    </div>
  );
}

function Sight({ sight }: { sight: CardSight }) {
  const { t } = useWords();
  switch (sight.kind) {
    case 'own':
    case 'of-another': {
      const card = sight.at.officerCard;
      if (!card) return null;
      const isOwn = sight.kind === 'own';
      return (
        <span className={classes.what}>
          <span className={classes.name}>
            {isOwn ? card.name : t('officerCard.ofAnother', { name: card.name })}
          </span>
          {isOwn ? <Tries card={card} /> : <span className={classes.small}>{t('officerCard.putOwn')}</span>}
        </span>
      );
    }
    case 'not-read-yet':
    case 'another-card':
    case 'nothing':
      return (
        <span className={classes.what}>
          <span className={classes.name}>{t(`officerCard.${sight.kind}`)}</span>
          <span className={classes.small}>{t('officerCard.putOwn')}</span>
        </span>
      );
  }
}

/** Shown before the PIN is typed, not after it was wrong. */
function Tries({ card: { triesLeft, notAfter } }: { card: OfficerCardView }) {
  const { t, date } = useWords();
  if (triesLeft === undefined || triesLeft > 2)
    return (
      <span className={classes.small}>
        {t('officerCard.validUntil', { date: date(notAfter) })}
        {triesLeft === undefined ? null : ` · ${t('officerCard.tries', { count: triesLeft })}`}
      </span>
    );
  const tone: { mark: Mark; name: string } =
    triesLeft === 2 ? { mark: 'careful', name: 'careful' } : { mark: 'stop', name: 'stop' };
  return (
    <span className={classes.tries} data-tone={tone.name} data-testid="officer-tries">
      <StateMark mark={tone.mark} size={15} />
      {triesLeft === 2
        ? t('officerCard.tries', { count: triesLeft })
        : t(triesLeft === 1 ? 'officerCard.lastTry' : 'officerCard.blocked')}
    </span>
  );
}
