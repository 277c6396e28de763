import { useEffect } from 'react';
import type { BatchView } from '../../../electron/shared/contract/index.ts';
import { useCall, useStationSnapshot } from '../../bridge/index.ts';
import { ActionButton, FaultNotice, Notice, Page, StateMark, useNow } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './batch-at-work.module.css';
import { Counts } from './counts.tsx';
import { Lane } from './lane.tsx';

/** A lane to each reader, side by side, and above them what has become of the cards so far. */
export function BatchAtWork({
  batch,
  onWatched,
}: {
  batch: BatchView;
  /** This one is looked at; when it is over its end is what is shown. */
  onWatched: (batchId: string) => void;
}) {
  const { t, shared, duration } = useWords();
  const { officer } = useStationSnapshot();
  const goOn = useCall('batches.goOn');
  const stop = useCall('batches.stop');
  const now = useNow(1000);
  const { batchId, phase, lanes } = batch;
  useEffect(() => {
    onWatched(batchId);
  }, [batchId, onWatched]);
  const mayAct = officer?.role === 'technician';
  // One lane at a time has the keys; the others are reached with Tab.
  const first = lanes.find((lane) => lane.state === 'decide')?.reader;
  return (
    <Page
      wide
      testId="batch-at-work"
      eyebrow={t(`batch.phase.${phase}`)}
      title={
        <span className={classes.title}>
          {shared.batches.works[batch.work].name}
          <span className={classes.elapsed} data-figures="">
            {duration(Math.max(0, now - Date.parse(batch.startedAt)))}
          </span>
        </span>
      }
      actions={
        mayAct ? (
          <>
            {phase === 'held' ? (
              <ActionButton
                rank="next"
                shortcut="F9"
                focus
                busy={goOn.busy}
                testId="batch-go-on"
                onAct={() => void goOn.run({ batchId })}
              >
                {t('batch.goOn')}
              </ActionButton>
            ) : null}
            {phase === 'stopping' ? (
              <span className={classes.stopping}>
                <StateMark mark="working" size={18} />
                {t('batch.stopping')}
              </span>
            ) : (
              <ActionButton
                shortcut="F4"
                busy={stop.busy}
                testId="batch-stop"
                onAct={() => void stop.run({ batchId })}
              >
                {t(lanes.some(({ state }) => state === 'working') ? 'batch.stop' : 'batch.end')}
              </ActionButton>
            )}
          </>
        ) : undefined
      }
      hint={phase === 'running' ? t('batch.rule', { ...batch.policy }) : undefined}
    >
      {goOn.fault ? <FaultNotice fault={goOn.fault} /> : null}
      {stop.fault ? <FaultNotice fault={stop.fault} /> : null}
      <div className={classes.counts}>
        <Counts counts={batch.counts} work={batch.work} />
      </div>
      {batch.hold ? <Hold batch={batch} /> : null}
      <ul className={classes.lanes} data-many={lanes.length > 2} aria-label={t('batch.lanes')}>
        {lanes.map((lane, index) => (
          <Lane
            key={lane.reader}
            lane={lane}
            number={index + 1}
            batch={batch}
            withKeys={lane.reader === first}
            mayAct={mayAct}
          />
        ))}
      </ul>
    </Page>
  );
}

/** Why nothing new is begun, and that it is a person's turn. */
function Hold({ batch }: { batch: BatchView }) {
  const { t, fault, sentences } = useWords();
  if (!batch.hold) return null;
  const { why, faultCode, count } = batch.hold;
  const said = faultCode && fault({ code: faultCode, data: {} });
  return (
    <Notice
      tone={why === 'restart' ? 'careful' : 'stop'}
      title={t(`batch.hold.${why}`, { count: count ?? 0 })}
      testId="batch-hold"
    >
      {said ? <p>{sentences(said.happened, said.todo)}</p> : null}
      <p>{t(why === 'restart' ? 'batch.hold.restartBody' : 'batch.hold.body')}</p>
    </Notice>
  );
}
