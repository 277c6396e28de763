import { useCallback } from 'react';
import { useBatches, useStationSnapshot } from '../../bridge/index.ts';
import { Loading, Page, useKept } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { BatchAtWork } from './batch-at-work.tsx';
import { BatchEnded } from './batch-ended.tsx';
import { StartBatch } from './start-batch.tsx';

/** One kind of work over many cards: chosen, under way in its lanes, over and told. */
export function BatchPlace() {
  const { t } = useWords();
  const { batchesLoaded } = useStationSnapshot();
  const batches = useBatches();
  const [shown, setShown] = useKept<string | undefined>('batch.shown', undefined);
  const close = useCallback(() => {
    setShown(undefined);
  }, [setShown]);
  const open = batches.find((batch) => batch.phase !== 'ended');
  const ended = batches.find((batch) => batch.batchId === shown && batch.phase === 'ended');
  if (!batchesLoaded)
    return (
      <Page wide title={t('batch.title')} testId="batch">
        <Loading>{t('common.loading')}</Loading>
      </Page>
    );
  if (open) return <BatchAtWork batch={open} onWatched={setShown} />;
  if (ended) return <BatchEnded batch={ended} onNext={close} />;
  return <StartBatch earlier={batches} onShow={setShown} />;
}
