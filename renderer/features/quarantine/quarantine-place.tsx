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
  PickList,
  useKept,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { AskRelease } from './ask-release.tsx';
import { CardCase } from './card-case.tsx';
import { DecideRelease } from './decide-release.tsx';

export type Done = 'asked' | 'released' | 'refused';

/** Cards that refused a key: what was tried, and the two people it takes to let one out. */
export function QuarantinePlace() {
  const { t, dateTime } = useWords();
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
        <PickList
          label={t('quarantine.cards')}
          name="quarantined-card"
          serials
          entries={cards.map((each) => ({
            id: each.mediumIdentity,
            mark: each.pending ? 'careful' : 'stop',
            title: each.serial ?? each.mediumIdentity,
            lines: [dateTime(each.since), t(each.pending ? 'quarantine.waits' : 'quarantine.aside')],
            testId: `quarantined-${each.mediumIdentity}`,
          }))}
          current={card.mediumIdentity}
          onPick={(identity) => {
            setPicked(identity);
            setDone(undefined);
          }}
        >
          <CardCase card={card} />
          {officer?.role === 'manager' ? (
            <DecideRelease card={card} onDone={finish} />
          ) : (
            <AskRelease card={card} onDone={finish} />
          )}
        </PickList>
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
