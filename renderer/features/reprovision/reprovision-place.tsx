import { useMemo } from 'react';
import type { CardInspection } from '../../../electron/shared/contract/index.ts';
import {
  isUnfinished,
  useBatches,
  useQuery,
  useRun,
  useRuns,
  useStationSnapshot,
} from '../../bridge/index.ts';
import {
  ActionButton,
  allParts,
  EmptyState,
  FaultNotice,
  Loading,
  Notice,
  Page,
  plannedParts,
  useCardPanel,
  useKept,
  type PartStates,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { AppletsOnCard } from './applets-on-card.tsx';
import { CardRun } from './card-run.tsx';
import { Comparison } from './comparison.tsx';
import { ReaderTabs } from './reader-tabs.tsx';
import { RestartChain } from './restart-chain.tsx';
import { UpgradeClient } from './upgrade-client.tsx';
import { WipeForm } from './wipe-form.tsx';

/** Put a card in, see what it is on all three sides, and do the one safe thing. */
export function ReprovisionPlace() {
  const { t } = useWords();
  const { readers } = useStationSnapshot();
  const [picked, setPicked] = useKept<string | undefined>('reprovision.reader', undefined);
  const [runId, setRunId] = useKept<string | undefined>('reprovision.run', undefined);
  // What belongs to a batch is decided at its lane, as long as the batch is open.
  const openBatch = useBatches().find((batch) => batch.phase !== 'ended')?.batchId;
  const waiting = useRuns().find(
    (run) =>
      run.workflow !== 'issue-card' &&
      isUnfinished(run) &&
      (run.batchId === undefined || run.batchId !== openBatch),
  );
  const known = useRun(runId);
  const run = known ?? waiting;

  const filled = readers.filter((reader) => reader.medium !== undefined);
  const reader = filled.find((candidate) => candidate.reader === picked) ?? filled[0];
  const inspected = useQuery(
    'reprovision.inspect',
    run || !reader || reader.leasedBy !== undefined ? undefined : { reader: reader.reader },
    String(reader?.medium?.insertion ?? ''),
  );
  const inspection = reader && !run && inspected.state.kind === 'ready' ? inspected.state.value : undefined;
  const found = useMemo(() => (inspection ? foundOf(inspection) : undefined), [inspection]);
  useCardPanel({ runId: run?.runId, reader: reader?.reader, found });

  if (run)
    return (
      <CardRun
        run={run}
        onNext={() => {
          setRunId(undefined);
          inspected.again();
        }}
      />
    );
  return (
    <Page
      wide
      testId="reprovision"
      title={t('reprovision.choose')}
      body={t('reprovision.body')}
      aside={
        reader ? (
          <ActionButton icon="reprovision" shortcut="F2" testId="inspect-again" onAct={inspected.again}>
            {t('reprovision.again')}
          </ActionButton>
        ) : undefined
      }
    >
      <ReaderTabs readers={readers} current={reader?.reader} onPick={setPicked} />
      {!reader ? (
        <EmptyState icon="empty" title={t('reprovision.noMediumTitle')} testId="insert-a-card">
          {t('reprovision.noMediumBody')}
        </EmptyState>
      ) : inspected.state.kind === 'loading' ? (
        <Loading>{t('reprovision.reading')}</Loading>
      ) : inspected.state.kind === 'failed' ? (
        <FaultNotice fault={inspected.state.fault} />
      ) : (
        <>
          <Comparison inspection={inspected.state.value} />
          {reader.medium?.reissue ? <MadeAnew {...reader.medium.reissue} /> : null}
          {inspected.state.value.client && inspected.state.value.actions.includes('upgrade-client') ? (
            <UpgradeClient
              reader={inspected.state.value.reader}
              client={inspected.state.value.client}
              onStarted={setRunId}
            />
          ) : null}
          <AppletsOnCard inspection={inspected.state.value} onStarted={setRunId} />
          {inspected.state.value.actions.includes('restart-chain') ? (
            <RestartChain
              key={`restart/${reader.reader}/${reader.medium?.insertion ?? 0}`}
              inspection={inspected.state.value}
              onStarted={setRunId}
            />
          ) : null}
          {inspected.state.value.actions.includes('wipe') ? (
            <WipeForm
              key={`${reader.reader}/${reader.medium?.insertion ?? 0}`}
              inspection={inspected.state.value}
              onStarted={setRunId}
            />
          ) : (
            <p data-testid="no-action">
              {t(
                inspected.state.value.content === 'foreign'
                  ? 'reprovision.foreignAction'
                  : 'reprovision.noAction',
              )}
            </p>
          )}
        </>
      )}
    </Page>
  );
}

/** A card whose time is over is a teller's, with its customer at the counter. */
function MadeAnew({ cardId, reason }: { cardId: string; reason: string }) {
  const { t } = useWords();
  const word = reason === 'ten-failed-logins' ? 'void' : 'over';
  return (
    <Notice tone="quiet" testId="made-anew" title={t(`reprovision.reissue.${word}`, { cardId })}>
      <p>{t('reprovision.reissue.body')}</p>
    </Notice>
  );
}

/** What the panel draws of an inspected card. */
function foundOf(inspection: CardInspection) {
  const { kind, bankRecord, content } = inspection;
  const state = inspection.prepared
    ? ('prepared' as const)
    : (bankRecord?.state ?? (content === 'blank' ? ('blank' as const) : undefined));
  return { kind, content, state, parts: foundParts(inspection), record: bankRecord };
}

function foundParts(inspection: CardInspection): PartStates {
  const { kind, content } = inspection;
  switch (content) {
    case 'complete':
      return allParts(kind, 'done');
    case 'unrecorded':
      return { ...allParts(kind, 'done'), registered: 'waiting' };
    case 'incomplete':
      return partsOfLines(inspection);
    case 'blank':
    case 'foreign':
      return plannedParts(kind);
  }
}

function partsOfLines(inspection: CardInspection): PartStates {
  const has = (item: string): 'done' | 'waiting' | 'failed' => {
    const line = inspection.lines.find((candidate) => candidate.item === item);
    if (line?.card === undefined) return 'waiting';
    return line.verdict === 'differs' ? 'failed' : 'done';
  };
  const planned = plannedParts(inspection.kind);
  return Object.fromEntries(Object.keys(planned).map((part) => [part, has(itemOfPart[part] ?? part)]));
}

const itemOfPart: Readonly<Record<string, string>> = {
  userInfo: 'user-info',
  identity: 'card-id',
  seal: 'marker',
};
