import { useState } from 'react';
import type { Officer, OfficerCard } from '../../../electron/shared/domain/index.ts';
import { useQuery } from '../../bridge/index.ts';
import {
  ActionButton,
  FaultNotice,
  Loading,
  Notice,
  Page,
  StateMark,
  useKept,
  type Mark,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { EndCard } from './end-card.tsx';
import { EnrolCard } from './enrol-card.tsx';
import { OfficerCase } from './officer-case.tsx';
import classes from './officers-place.module.css';

export type CardState = 'none' | 'good' | 'unfinished' | 'over';
type Work = 'enrol' | 'end';

/** Who works here and with which card: a manager gives cards out, replaces them and takes them out of use. */
export function OfficersPlace() {
  const { t } = useWords();
  const listed = useQuery('officers.list', {});
  const [picked, setPicked] = useKept<string | undefined>('officers.picked', undefined);
  const [work, setWork] = useState<Work>();
  const [done, setDone] = useState<{ what: Work; name: string }>();
  const { state } = listed;
  const officers = state.kind === 'ready' ? state.value.officers : [];
  const cards = state.kind === 'ready' ? state.value.cards : [];
  const officer = officers.find(({ officerId }) => officerId === picked) ?? officers[0];
  const own = officer ? cardsOf(officer, cards) : [];
  const finish = (what: Work) => {
    setDone(officer && { what, name: officer.name });
    setWork(undefined);
    listed.again();
  };
  const back = () => {
    setWork(undefined);
  };

  return (
    <Page wide testId="officers" title={t('officers.title')} body={t('officers.body')}>
      {done ? (
        <Notice
          tone="good"
          title={t(`officers.done.${done.what}`, { name: done.name })}
          testId="officers-done"
        >
          <p>{t(`officers.doneBody.${done.what}`)}</p>
        </Notice>
      ) : null}
      {state.kind === 'loading' ? <Loading>{t('quarantine.loading')}</Loading> : null}
      {state.kind === 'failed' ? <FaultNotice fault={state.fault} /> : null}
      {officer ? (
        <div className={classes.split}>
          <div className={classes.list} role="radiogroup" aria-label={t('officers.title')}>
            {officers.map((each) => (
              <Entry
                key={each.officerId}
                officer={each}
                state={stateOf(cardsOf(each, cards))}
                current={each.officerId === officer.officerId}
                onPick={() => {
                  setPicked(each.officerId);
                  setWork(undefined);
                  setDone(undefined);
                }}
              />
            ))}
          </div>
          <section className={classes.case} key={officer.officerId}>
            <OfficerCase officer={officer} cards={own} />
            {work === 'enrol' ? (
              <EnrolCard
                officer={officer}
                onDone={() => {
                  finish('enrol');
                }}
                onBack={back}
              />
            ) : work === 'end' && own[0] ? (
              <EndCard
                card={own[0]}
                onDone={() => {
                  finish('end');
                }}
                onBack={back}
              />
            ) : (
              <div className={classes.actions}>
                <ActionButton
                  rank="next"
                  shortcut="F9"
                  icon="plus"
                  testId="enrol-card"
                  onAct={() => {
                    setWork('enrol');
                    setDone(undefined);
                  }}
                >
                  {t(stateOf(own) === 'good' ? 'officers.replace' : 'officers.enrol')}
                </ActionButton>
                {stateOf(own) === 'good' ? (
                  <ActionButton
                    testId="end-card"
                    onAct={() => {
                      setWork('end');
                      setDone(undefined);
                    }}
                  >
                    {t('officers.end')}
                  </ActionButton>
                ) : null}
              </div>
            )}
          </section>
        </div>
      ) : null}
    </Page>
  );
}

/** The newest first, as the bank gives them. */
const cardsOf = ({ officerId }: Officer, cards: readonly OfficerCard[]): readonly OfficerCard[] =>
  cards
    .filter((card) => card.officerId === officerId)
    .toSorted((one, other) => Number(other.state === 'active') - Number(one.state === 'active'));

export const stateOf = ([newest]: readonly OfficerCard[]): CardState => {
  switch (newest?.state) {
    case 'active':
      return 'good';
    case 'pending':
      return 'unfinished';
    case 'revoked':
      return 'over';
    case undefined:
      return 'none';
  }
};

function Entry({
  officer,
  state,
  current,
  onPick,
}: {
  officer: Officer;
  state: CardState;
  current: boolean;
  onPick: () => void;
}) {
  const { t, shared } = useWords();
  return (
    <label className={classes.entry}>
      <input
        type="radio"
        name="officer"
        checked={current}
        onChange={onPick}
        data-testid={`pick-officer-${officer.officerId}`}
      />
      <StateMark mark={marks[state]} size={18} />
      <span className={classes.what}>
        <span className={classes.name}>{officer.name}</span>
        <span className={classes.small}>{shared.roles[officer.role]}</span>
        <span className={classes.small}>{t(`officers.state.${state}`)}</span>
      </span>
    </label>
  );
}

const marks: Readonly<Record<CardState, Mark>> = {
  none: 'quiet',
  good: 'good',
  unfinished: 'careful',
  over: 'stop',
};
