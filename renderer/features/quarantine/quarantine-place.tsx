import { useState } from 'react';
import type { QuarantinedCard } from '../../../electron/shared/domain/index.ts';
import { useQuery, useStationSnapshot } from '../../bridge/index.ts';
import {
  ActionButton,
  EmptyState,
  FaultNotice,
  Loading,
  Notice,
  Page,
  StateMark,
  useKept,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { AskRelease } from './ask-release.tsx';
import { CardCase } from './card-case.tsx';
import { DecideRelease } from './decide-release.tsx';
import classes from './quarantine-place.module.css';

export type Done = 'asked' | 'released' | 'refused';

/** Cards that refused a key: what was tried, and the two people it takes to let one out. */
export function QuarantinePlace() {
  const { t } = useWords();
  const { officer } = useStationSnapshot();
  const listed = useQuery('quarantine.list', {});
  const [picked, setPicked] = useKept<string | undefined>('quarantine.card', undefined);
  const [done, setDone] = useState<Done>();
  const { state } = listed;
  const cards = state.kind === 'ready' ? inOrder(state.value.cards, officer?.role === 'manager') : [];
  const card = cards.find((candidate) => candidate.mediumIdentity === picked) ?? cards[0];
  const finish = (what: Done) => {
    setDone(what);
    listed.again();
  };

  return (
    <Page
      wide
      testId="quarantine"
      title={t('quarantine.title')}
      body={t('quarantine.body')}
      aside={
        <ActionButton
          icon="reprovision"
          shortcut="F5"
          testId="quarantine-again"
          onAct={() => {
            setDone(undefined);
            listed.again();
          }}
        >
          {t('quarantine.again')}
        </ActionButton>
      }
    >
      {done ? (
        <Notice
          tone={done === 'refused' ? 'quiet' : 'good'}
          title={t(`quarantine.done.${done}`)}
          testId={`quarantine-${done}`}
        >
          <p>{t(`quarantine.doneBody.${done}`)}</p>
        </Notice>
      ) : null}
      {state.kind === 'loading' ? <Loading>{t('quarantine.loading')}</Loading> : null}
      {state.kind === 'failed' ? <FaultNotice fault={state.fault} /> : null}
      {state.kind === 'ready' && !card ? (
        <EmptyState icon="shield" title={t('quarantine.empty')} testId="quarantine-empty">
          {t('quarantine.emptyBody')}
        </EmptyState>
      ) : null}
      {card ? (
        <div className={classes.split}>
          <CardList
            cards={cards}
            current={card.mediumIdentity}
            onPick={(identity) => {
              setPicked(identity);
              setDone(undefined);
            }}
          />
          <section className={classes.case} key={card.mediumIdentity}>
            <CardCase card={card} />
            {officer?.role === 'manager' ? (
              <DecideRelease card={card} onDone={finish} />
            ) : (
              <AskRelease card={card} onDone={finish} />
            )}
          </section>
        </div>
      ) : null}
    </Page>
  );
}

/** What waits for this officer comes first. */
const inOrder = (cards: readonly QuarantinedCard[], isManager: boolean): readonly QuarantinedCard[] =>
  cards.toSorted((one, other) => {
    const waits = (card: QuarantinedCard) => Number((card.pending !== undefined) === isManager);
    return waits(other) - waits(one) || other.since.localeCompare(one.since);
  });

function CardList({
  cards,
  current,
  onPick,
}: {
  cards: readonly QuarantinedCard[];
  current: string;
  onPick: (mediumIdentity: string) => void;
}) {
  const { t, dateTime } = useWords();
  return (
    <div className={classes.list} role="radiogroup" aria-label={t('quarantine.cards')}>
      {cards.map((card) => (
        <label key={card.mediumIdentity} className={classes.entry}>
          <input
            type="radio"
            name="quarantined-card"
            checked={card.mediumIdentity === current}
            onChange={() => {
              onPick(card.mediumIdentity);
            }}
            data-testid={`quarantined-${card.mediumIdentity}`}
          />
          <StateMark mark={card.pending ? 'careful' : 'stop'} size={18} />
          <span className={classes.what}>
            <span className={classes.serial}>{card.serial ?? card.mediumIdentity}</span>
            <span className={classes.small}>{dateTime(card.since)}</span>
            <span className={classes.small}>
              {card.pending ? t('quarantine.waits') : t('quarantine.aside')}
            </span>
          </span>
        </label>
      ))}
    </div>
  );
}
