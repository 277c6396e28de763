import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import type { AuditRecord } from '../../../electron/shared/contract/index.ts';
import { CodeText, StateMark, type Mark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './audit-table.module.css';
import { eventName } from './event-name.ts';

const features = tableFeatures({});
const column = createColumnHelper<typeof features, AuditRecord>();
const rowHeight = 36;

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
  const scroll = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoised by a compiler
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - 1) onEnd();
  }, [last, rows.length, onEnd]);

  const move = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = rows.findIndex((row) => row.original.sequence === selected);
    const next = Math.max(0, Math.min(rows.length - 1, at + by));
    const row = rows[next];
    if (!row) return;
    onSelect(row.original);
    virtual.scrollToIndex(next);
  };

  return (
    <div className={classes.table} role="table" aria-label={t('audit.title')} aria-rowcount={rows.length}>
      <div role="rowgroup">
        {table.getHeaderGroups().map((group) => (
          <div key={group.id} role="row" className={classes.head}>
            {group.headers.map((header) => (
              <span key={header.id} role="columnheader">
                <table.FlexRender header={header} />
              </span>
            ))}
          </div>
        ))}
      </div>
      <div
        ref={scroll}
        className={classes.scroll}
        role="rowgroup"
        tabIndex={0}
        onKeyDown={move}
        data-testid="audit-rows"
      >
        <div className={classes.all} style={{ height: virtual.getTotalSize() }}>
          {shown.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const record = row.original;
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={item.index + 1}
                aria-selected={record.sequence === selected}
                className={classes.row}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={() => {
                  onSelect(record);
                }}
                data-testid={`audit-${record.sequence}`}
              >
                {row.getAllCells().map((cell) => (
                  <span key={cell.id} role="cell">
                    <table.FlexRender cell={cell} />
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
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
