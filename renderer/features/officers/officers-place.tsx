import { useState } from 'react';
import type { Officer, OfficerCard } from '../../../electron/shared/domain/index.ts';
import { useQuery } from '../../bridge/index.ts';
import {
  ActionButton,
  FaultNotice,
  Loading,
  Notice,
  Page,
  PickList,
  useKept,
  type Mark,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { EndCard } from './end-card.tsx';
import { EnrolCard } from './enrol-card.tsx';
import { OfficerCase } from './officer-case.tsx';
import classes from './officers-place.module.css';

type CardState = 'none' | 'good' | 'unfinished' | 'over';
type Work = 'enrol' | 'end';

/** Who works here and with which card: a manager gives cards out, replaces them and takes them out of use. */
export function OfficersPlace() {
  const { t, shared } = useWords();
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
        <PickList
          label={t('officers.title')}
          name="officer"
          entries={officers.map((each) => {
            const stateOfCard = stateOf(cardsOf(each, cards));
            return {
              id: each.officerId,
              mark: marks[stateOfCard],
              title: each.name,
              lines: [shared.roles[each.role], t(`officers.state.${stateOfCard}`)],
              testId: `pick-officer-${each.officerId}`,
            };
          })}
          current={officer.officerId}
          onPick={(officerId) => {
            setPicked(officerId);
            setWork(undefined);
            setDone(undefined);
          }}
        >
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
        </PickList>
      ) : null}
    </Page>
  );
}

/** The newest first, as the bank gives them. */
const cardsOf = ({ officerId }: Officer, cards: readonly OfficerCard[]): readonly OfficerCard[] =>
  cards
    .filter((card) => card.officerId === officerId)
    .toSorted((one, other) => Number(other.state === 'active') - Number(one.state === 'active'));

const stateOf = ([newest]: readonly OfficerCard[]): CardState => {
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

const marks: Readonly<Record<CardState, Mark>> = {
  none: 'quiet',
  good: 'good',
  unfinished: 'careful',
  over: 'stop',
};
