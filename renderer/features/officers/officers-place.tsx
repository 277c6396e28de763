import { useState } from 'react';
import type { EnteredOfficerView } from '../../../electron/shared/contract/index.ts';
import type { Officer, OfficerCard } from '../../../electron/shared/domain/index.ts';
import { useQuery, useStationSnapshot } from '../../bridge/index.ts';
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
import { EndOfficer } from './end-officer.tsx';
import { EnrolCard } from './enrol-card.tsx';
import { EnterOfficer } from './enter-officer.tsx';
import { GiveStartPassword } from './give-start-password.tsx';
import { OfficerCase } from './officer-case.tsx';
import classes from './officers-place.module.css';
import { StartPassword, type HandedOver } from './start-password.tsx';

type CardState = 'none' | 'good' | 'unfinished' | 'over';
type Work = 'enrol' | 'end' | 'start-password' | 'leave';
type Done = 'enrol' | 'end' | 'leave';

/** Who works here and with which card: a manager gives cards out, replaces them and takes them out of use. */
export function OfficersPlace() {
  const { t, shared } = useWords();
  const listed = useQuery('officers.list', {});
  const [picked, setPicked] = useKept<string | undefined>('officers.picked', undefined);
  const [work, setWork] = useState<Work>();
  const [done, setDone] = useState<{ what: Done; name: string }>();
  /** Somebody new is entered, or somebody who left comes back. */
  const [entering, setEntering] = useState<{ again: Officer | undefined }>();
  const [handedOver, setHandedOver] = useState<HandedOver>();
  const { description, officer: self, certificateSha256 } = useStationSnapshot();
  const cardsRequired = description?.officerCards === 'required';
  /** Where cards are required, who works here is decided with one. */
  const isCardMissing = cardsRequired && certificateSha256 === undefined;
  const { state } = listed;
  const officers = state.kind === 'ready' ? inForceFirst(state.value.officers) : [];
  const cards = state.kind === 'ready' ? state.value.cards : [];
  const called = picked ?? (isCardMissing ? self?.officerId : undefined);
  const officer = officers.find(({ officerId }) => officerId === called) ?? officers[0];
  const own = officer ? cardsOf(officer, cards) : [];
  const finish = (what: Done) => {
    setDone(officer && { what, name: officer.name });
    setWork(undefined);
    listed.again();
  };
  const back = () => {
    setWork(undefined);
  };
  const begin = (what: Work) => () => {
    setWork(what);
    setDone(undefined);
  };
  const enter = (again?: Officer) => () => {
    setEntering({ again });
    setWork(undefined);
    setDone(undefined);
  };
  const show = (next: HandedOver) => {
    setHandedOver(next);
    setEntering(undefined);
    setWork(undefined);
    setPicked(next.officer.officerId);
    listed.again();
  };

  return (
    <Page
      wide
      testId="officers"
      title={t('officers.title')}
      body={t('officers.body')}
      aside={
        state.kind === 'ready' && !entering && !handedOver ? (
          <ActionButton icon="plus" testId="enter-officer" disabled={isCardMissing} onAct={enter()}>
            {t('enterOfficer.open')}
          </ActionButton>
        ) : undefined
      }
    >
      {done ? (
        <Notice
          tone="good"
          title={t(`officers.done.${done.what}`, { name: done.name })}
          testId="officers-done"
        >
          <p>{t(`officers.doneBody.${done.what}`)}</p>
        </Notice>
      ) : null}
      {isCardMissing ? (
        <Notice tone="careful" title={t('officers.cardFirst')} testId="card-first">
          <p>{t('officers.cardFirstBody')}</p>
        </Notice>
      ) : null}
      {state.kind === 'loading' ? <Loading>{t('quarantine.loading')}</Loading> : null}
      {state.kind === 'failed' ? <FaultNotice fault={state.fault} /> : null}
      {handedOver ? (
        <StartPassword
          handedOver={handedOver}
          cardNeeded={cardsRequired && stateOf(cardsOf(handedOver.officer, cards)) !== 'good'}
          onDone={() => {
            setHandedOver(undefined);
          }}
        />
      ) : entering ? (
        <EnterOfficer
          again={entering.again}
          onDone={show}
          onBack={() => {
            setEntering(undefined);
          }}
        />
      ) : officer ? (
        <PickList
          label={t('officers.title')}
          name="officer"
          entries={officers.map((each) => {
            const stateOfCard = stateOf(cardsOf(each, cards));
            return {
              id: each.officerId,
              mark: each.endedAt === undefined ? marks[stateOfCard] : 'quiet',
              title: each.name,
              lines: [
                shared.roles[each.role],
                each.endedAt === undefined ? t(`officers.state.${stateOfCard}`) : t('endOfficer.left'),
              ],
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
          ) : work === 'start-password' ? (
            <GiveStartPassword officer={officer} onDone={show} onBack={back} />
          ) : work === 'leave' ? (
            <EndOfficer
              officer={officer}
              onDone={() => {
                finish('leave');
              }}
              onBack={back}
            />
          ) : officer.endedAt === undefined ? (
            <>
              <div className={classes.actions}>
                <ActionButton
                  rank="next"
                  shortcut="F9"
                  icon="plus"
                  testId="enrol-card"
                  onAct={begin('enrol')}
                >
                  {t(stateOf(own) === 'good' ? 'officers.replace' : 'officers.enrol')}
                </ActionButton>
                {stateOf(own) === 'good' ? (
                  <ActionButton testId="end-card" onAct={begin('end')}>
                    {t('officers.end')}
                  </ActionButton>
                ) : null}
              </div>
              <div className={classes.actions}>
                {officer.officerId === self?.officerId ? null : (
                  <ActionButton
                    rank="plain"
                    small
                    disabled={isCardMissing}
                    testId="give-start-password"
                    onAct={begin('start-password')}
                  >
                    {t('startPassword.give')}
                  </ActionButton>
                )}
                <ActionButton
                  rank="plain"
                  small
                  disabled={isCardMissing}
                  testId="end-officer"
                  onAct={begin('leave')}
                >
                  {t('endOfficer.open')}
                </ActionButton>
              </div>
            </>
          ) : (
            <div className={classes.actions}>
              <ActionButton
                rank="next"
                shortcut="F9"
                icon="plus"
                disabled={isCardMissing}
                testId="enter-again"
                onAct={enter(officer)}
              >
                {t('enterOfficer.again')}
              </ActionButton>
            </div>
          )}
        </PickList>
      ) : null}
    </Page>
  );
}

const inForceFirst = (officers: readonly EnteredOfficerView[]): readonly EnteredOfficerView[] =>
  officers.toSorted((one, other) => Number(one.endedAt !== undefined) - Number(other.endedAt !== undefined));

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
