import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import { useMemo } from 'react';
import type { AuditRecord } from '../../../electron/shared/contract/index.ts';
import { CodeText, StateMark, type Mark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './audit-table.module.css';
import { eventName } from './event-name.ts';
import { RecordTable } from './record-table.tsx';

const features = tableFeatures({});
const column = createColumnHelper<typeof features, AuditRecord>();

/** Only what is seen is drawn, however long the log is. */
export function AuditTable({
  records,
  selected,
  onSelect,
  onEnd,
}: {
  records: readonly AuditRecord[];
  selected: number | undefined;
  onSelect: (record: AuditRecord) => void;
  /** The last record came into sight. */
  onEnd: () => void;
}) {
  const words = useWords();
  const { t, step, dateTime, shared } = words;
  const data = useMemo(() => [...records], [records]);
  const columns = useMemo(
    () =>
      column.columns([
        column.accessor('sequence', {
          header: () => t('audit.column.sequence'),
          cell: (cell) => <span className={classes.sequence}>{cell.getValue()}</span>,
        }),
        column.accessor('at', {
          header: () => t('audit.column.at'),
          cell: (cell) => <time dateTime={cell.getValue()}>{dateTime(cell.getValue())}</time>,
        }),
        column.accessor('officerId', { header: () => t('audit.column.officer') }),
        column.accessor('event', {
          header: () => t('audit.column.event'),
          cell: (cell) => {
            const record = cell.row.original;
            return (
              <>
                {eventName(words, record.event)}
                {record.step === undefined ? null : (
                  <span className={classes.step}>{step(record.step).name}</span>
                )}
              </>
            );
          },
        }),
        column.display({
          id: 'subject',
          header: () => t('audit.column.subject'),
          cell: (cell) => <Subject record={cell.row.original} />,
        }),
        column.accessor('outcome', {
          header: () => t('audit.column.outcome'),
          cell: (cell) => {
            const { outcome, faultCode } = cell.row.original;
            const texts: Readonly<Record<string, { happened: string }>> = shared.faults;
            return (
              <span
                className={classes.outcome}
                data-outcome={outcome}
                title={faultCode === undefined ? undefined : texts[faultCode]?.happened}
              >
                <StateMark mark={marks[outcome]} size={15} />
                {t(`audit.outcomes.${outcome}`)}
              </span>
            );
          },
        }),
      ]),
    [words, t, step, dateTime, shared],
  );
  const table = useTable({ features, columns, data, getRowId: (record) => String(record.sequence) });
  const { rows } = table.getRowModel();
  const heads = table
    .getFlatHeaders()
    .map((header) => ({ id: header.id, text: <table.FlexRender header={header} /> }));

  return (
    <RecordTable
      label={t('audit.title')}
      testId="audit-rows"
      className={classes.columns}
      heads={heads}
      count={rows.length}
      rowHeight={36}
      row={(index) => {
        const row = rows[index];
        if (!row) return undefined;
        const record = row.original;
        return {
          key: row.id,
          testId: `audit-${record.sequence}`,
          choice: {
            isChosen: record.sequence === selected,
            onChoose: () => {
              onSelect(record);
            },
          },
          cells: row.getAllCells().map((cell) => (
            <span key={cell.id} role="cell">
              <table.FlexRender cell={cell} />
            </span>
          )),
        };
      }}
      onEnd={onEnd}
      onMove={(by) => {
        const at = rows.findIndex((row) => row.original.sequence === selected);
        const next = Math.max(0, Math.min(rows.length - 1, at + by));
        const row = rows[next];
        if (!row) return undefined;
        onSelect(row.original);
        return next;
      }}
    />
  );
}

function Subject({ record }: { record: AuditRecord }) {
  const id = record.cardId ?? record.serial ?? record.customerId ?? record.reader;
  return id === undefined ? null : <CodeText value={id} ends={8} copy={false} grouped={false} />;
}

const marks: Readonly<Record<AuditRecord['outcome'], Mark>> = {
  ok: 'good',
  refused: 'careful',
  failed: 'stop',
};
