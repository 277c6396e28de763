import { useState } from 'react';
import type { BatchCard, BatchView } from '../../../electron/shared/contract/index.ts';
import { useCall, useStationSnapshot } from '../../bridge/index.ts';
import {
  ActionButton,
  CodeText,
  EmptyState,
  FaultNotice,
  Notice,
  Page,
  StateMark,
  useReaderName,
  useShortcut,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './batch-ended.module.css';
import { Counts, marks } from './counts.tsx';

/** What became of every card, to read and to take along. */
export function BatchEnded({ batch, onNext }: { batch: BatchView; onNext: () => void }) {
  const { t, shared, locale, dateTime, duration } = useWords();
  const { officer } = useStationSnapshot();
  const save = useCall('batches.export');
  const [saved, setSaved] = useState<{ path: string; sha256: string }>();
  useShortcut('Enter', onNext);
  const { counts, cards } = batch;
  const open = counts.failed + counts.quarantined;
  const took = Date.parse(batch.endedAt ?? batch.startedAt) - Date.parse(batch.startedAt);
  return (
    <Page
      wide
      testId="batch-ended"
      eyebrow={`${dateTime(batch.startedAt)} · ${duration(took)}`}
      title={
        <span className={classes.title}>
          <StateMark mark={open > 0 ? 'careful' : 'good'} size={30} />
          {t('batch.endedTitle', { work: shared.batches.works[batch.work].name })}
        </span>
      }
      actions={
        <>
          <ActionButton rank="next" shortcut="F9" focus testId="batch-next" onAct={onNext}>
            {t(officer?.role === 'technician' ? 'batch.another' : 'common.back')}
          </ActionButton>
          <ActionButton
            icon="print"
            shortcut="F8"
            busy={save.busy}
            testId="batch-export"
            onAct={() => {
              void save.run({ batchId: batch.batchId, locale }).then((result) => {
                if (result.ok) setSaved(result.value);
              });
            }}
          >
            {t('batch.export')}
          </ActionButton>
        </>
      }
    >
      <div className={classes.counts}>
        <Counts counts={counts} work={batch.work} />
      </div>
      {open > 0 ? (
        <Notice tone="careful" title={t('batch.left', { count: open })}>
          <p>{t('batch.leftBody')}</p>
        </Notice>
      ) : null}
      {save.fault ? <FaultNotice fault={save.fault} /> : null}
      {saved ? (
        <Notice tone="good" title={t('batch.exported')} testId="batch-saved">
          <p className={classes.path}>{saved.path}</p>
          <p>
            {t('batch.hash')} <CodeText value={saved.sha256} ends={8} />
          </p>
        </Notice>
      ) : null}
      {cards.length === 0 ? (
        <EmptyState icon="empty" title={t('batch.noCards')} testId="batch-no-cards">
          {t('batch.noCardsBody')}
        </EmptyState>
      ) : (
        <table className={classes.table} data-testid="batch-cards">
          <thead>
            <tr>
              <th scope="col">{shared.batches.csv.result}</th>
              <th scope="col">{shared.batches.csv.serial}</th>
              <th scope="col">{shared.batches.csv.medium}</th>
              <th scope="col">{shared.batches.csv.reader}</th>
              <th scope="col" className={classes.figure}>
                {t('issue.write.elapsed')}
              </th>
              <th scope="col">{t('batch.why')}</th>
            </tr>
          </thead>
          <tbody>
            {cards.map((card) => (
              <CardRow key={card.runId} card={card} batch={batch} />
            ))}
          </tbody>
        </table>
      )}
    </Page>
  );
}

function CardRow({ card, batch }: { card: BatchCard; batch: BatchView }) {
  const { t, shared, fault, duration } = useWords();
  const { readers } = useStationSnapshot();
  const nameOf = useReaderName();
  const reader = readers.find((candidate) => candidate.reader === card.reader);
  const why =
    card.faultCode !== undefined
      ? fault({ code: card.faultCode, data: {} }).happened
      : card.content === undefined
        ? ''
        : t(`reprovision.content.${card.content}`);
  return (
    <tr data-outcome={card.outcome}>
      <th scope="row">
        <span className={classes.result}>
          <StateMark mark={marks[card.outcome]} size={16} />
          {card.outcome === 'good'
            ? shared.batches.works[batch.work].done
            : shared.batches.outcomes[card.outcome]}
        </span>
      </th>
      <td>{card.serial === undefined ? '–' : <CodeText value={card.serial} />}</td>
      <td>{shared.mediumKinds[card.kind ?? 'unknown']}</td>
      <td>{reader ? nameOf(reader) : card.reader}</td>
      <td className={classes.figure} data-figures="">
        {duration(card.tookMs)}
      </td>
      <td className={classes.why}>{why}</td>
    </tr>
  );
}
