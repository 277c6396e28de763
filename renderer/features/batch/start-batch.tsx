import { Checkbox, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import {
  batchWork,
  type BatchView,
  type BatchWork,
  type ReaderView,
} from '../../../electron/shared/contract/index.ts';
import { useCall, useStationSnapshot } from '../../bridge/index.ts';
import type { StationInput } from '../../bridge/station-client.ts';
import {
  ActionButton,
  EmptyState,
  FaultNotice,
  Icon,
  Notice,
  Page,
  StateMark,
  useReaderName,
  type IconName,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { Counts } from './counts.tsx';
import classes from './start-batch.module.css';

type Reason = NonNullable<StationInput<'batches.start'>['reason']>;
const reasons = ['superseded', 'cessation', 'damaged', 'key-compromise'] as const satisfies Reason[];

const icons: Readonly<Record<BatchWork, IconName>> = { prepare: 'key', wipe: 'turn', inspect: 'search' };

/** Which work, in which readers; what was done before stands below. */
export function StartBatch({
  earlier,
  onShow,
}: {
  earlier: readonly BatchView[];
  onShow: (batchId: string) => void;
}) {
  const { t, shared } = useWords();
  const { readers, connection, officer } = useStationSnapshot();
  const start = useCall('batches.start');
  const [work, setWork] = useState<BatchWork>('prepare');
  const [left, setLeft] = useState<readonly string[]>([]);
  const [reason, setReason] = useState<Reason>('superseded');
  const fitting = readers.filter((reader) => work !== 'prepare' || reader.takes === 'card');
  const chosen = fitting.filter((reader) => !left.includes(reader.reader) && reader.leasedBy === undefined);
  const offline = connection !== undefined && connection.bank.state !== 'connected';
  const mayStart = officer?.role === 'technician';

  const begin = () => {
    void start.run({
      work,
      readers: chosen.map(({ reader }) => reader),
      ...(work === 'wipe' && { reason }),
    });
  };

  return (
    <Page
      wide
      testId="batch"
      title={t('batch.title')}
      body={t('batch.body')}
      actions={
        mayStart ? (
          <ActionButton
            rank="next"
            shortcut="F9"
            busy={start.busy}
            disabled={chosen.length === 0 || offline}
            testId="batch-start"
            onAct={begin}
          >
            {t('batch.start', { count: chosen.length })}
          </ActionButton>
        ) : undefined
      }
      hint={offline ? t('common.offlineTitle') : chosen.length === 0 ? t('batch.chooseReader') : undefined}
    >
      {offline ? (
        <Notice tone="careful" title={t('common.offlineTitle')} testId="offline">
          <p>{t('common.offlineBody')}</p>
        </Notice>
      ) : null}
      {start.fault ? <FaultNotice fault={start.fault} /> : null}
      {mayStart ? (
        <>
          <fieldset className={classes.works}>
            <legend className={classes.legend}>{t('batch.work')}</legend>
            {batchWork.options.map((option) => (
              <label key={option} className={classes.work} data-chosen={option === work}>
                <input
                  type="radio"
                  name="batch-work"
                  checked={option === work}
                  onChange={() => {
                    setWork(option);
                  }}
                  data-testid={`batch-work-${option}`}
                />
                <span className={classes.icon}>
                  <Icon name={icons[option]} size={22} />
                </span>
                <span className={classes.name}>{shared.batches.works[option].name}</span>
                <span className={classes.about}>{t(`batch.about.${option}`)}</span>
              </label>
            ))}
          </fieldset>
          {work === 'wipe' ? (
            <NativeSelect
              className={classes.reason}
              label={t('reprovision.reason')}
              value={reason}
              data={reasons.map((value) => ({ value, label: t(`reprovision.reasons.${value}`) }))}
              onChange={(event) => {
                setReason(reasons.find((each) => each === event.currentTarget.value) ?? 'superseded');
              }}
              data-testid="batch-reason"
            />
          ) : null}
          <section>
            <h2 className={classes.title}>{t('batch.lanes')}</h2>
            {fitting.length === 0 ? (
              <EmptyState icon="devices" title={t('devices.none')} testId="no-readers">
                {t('devices.noneBody')}
              </EmptyState>
            ) : (
              <ul className={classes.readers}>
                {fitting.map((reader) => (
                  <ReaderLine
                    key={reader.reader}
                    reader={reader}
                    chosen={chosen.includes(reader)}
                    onChange={(wanted) => {
                      setLeft(
                        wanted ? left.filter((name) => name !== reader.reader) : [...left, reader.reader],
                      );
                    }}
                  />
                ))}
              </ul>
            )}
          </section>
        </>
      ) : null}
      <Earlier batches={earlier} onShow={onShow} />
    </Page>
  );
}

function ReaderLine({
  reader,
  chosen,
  onChange,
}: {
  reader: ReaderView;
  chosen: boolean;
  onChange: (wanted: boolean) => void;
}) {
  const { t, shared } = useWords();
  const nameOf = useReaderName();
  const taken = reader.leasedBy !== undefined;
  return (
    <li className={classes.reader}>
      <Checkbox
        checked={chosen}
        disabled={taken}
        label={nameOf(reader)}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
        data-testid={`batch-reader-${reader.reader}`}
      />
      <span className={classes.medium}>
        {taken
          ? t('devices.leased')
          : reader.medium
            ? shared.mediumKinds[reader.medium.kind]
            : t('strip.empty')}
      </span>
    </li>
  );
}

function Earlier({ batches, onShow }: { batches: readonly BatchView[]; onShow: (batchId: string) => void }) {
  const { t, shared, dateTime } = useWords();
  return (
    <section>
      <h2 className={classes.title}>{t('batch.earlier')}</h2>
      {batches.length === 0 ? (
        <p className={classes.none} data-testid="no-batches">
          {t('batch.none')}
        </p>
      ) : (
        <ul className={classes.readers}>
          {batches.slice(0, 6).map((batch) => (
            <li key={batch.batchId}>
              <button
                type="button"
                className={classes.earlier}
                onClick={() => {
                  onShow(batch.batchId);
                }}
                data-testid={`batch-${batch.batchId}`}
              >
                <StateMark mark="done" size={18} />
                <span className={classes.earlierName}>{shared.batches.works[batch.work].name}</span>
                <span className={classes.when}>{dateTime(batch.startedAt)}</span>
                <Counts counts={batch.counts} work={batch.work} small />
                <Icon name="chevron" size={18} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
