import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import classes from './record-table.module.css';

export interface RecordRow {
  readonly key: string | number;
  readonly testId: string;
  readonly cells: ReactNode;
  /** Absent: rows of this table are not chosen. */
  readonly choice?: { readonly isChosen: boolean; readonly onChoose: () => void };
  /** The first one that cannot be right. */
  readonly isBroken?: boolean;
}

/** Records below a head that stays, newest first. Only what is seen is drawn, however many there are. */
export function RecordTable({
  label,
  testId,
  className,
  heads,
  count,
  rowHeight,
  row,
  onEnd,
  onMove,
}: {
  label: string;
  testId: string;
  /** Sets `--columns`, a grid template. */
  className: string | undefined;
  heads: readonly { readonly id: string; readonly text: ReactNode }[];
  count: number;
  /** px */
  rowHeight: number;
  row: (index: number) => RecordRow | undefined;
  /** The last record came into sight. */
  onEnd: () => void;
  /** Arrows and pages: so many rows on; the row that is to be in sight then. */
  onMove?: (by: number) => number | undefined;
}) {
  const scroll = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoised by a compiler
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= count - 1) onEnd();
  }, [last, count, onEnd]);

  const move = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
    if (by === undefined || !onMove) return;
    event.preventDefault();
    const next = onMove(by);
    if (next !== undefined) virtual.scrollToIndex(next);
  };

  return (
    <div
      className={`${classes.table} ${className ?? ''}`}
      role="table"
      aria-label={label}
      aria-rowcount={count}
    >
      <div role="rowgroup">
        <div role="row" className={classes.head}>
          {heads.map(({ id, text }) => (
            <span key={id} role="columnheader">
              {text}
            </span>
          ))}
        </div>
      </div>
      <div
        ref={scroll}
        className={classes.scroll}
        role="rowgroup"
        tabIndex={0}
        onKeyDown={move}
        data-testid={testId}
      >
        <div className={classes.all} style={{ height: virtual.getTotalSize() }}>
          {shown.map((item) => {
            const each = row(item.index);
            if (!each) return null;
            return (
              <div
                key={each.key}
                role="row"
                aria-rowindex={item.index + 1}
                aria-selected={each.choice?.isChosen}
                className={classes.row}
                data-broken={each.isBroken}
                style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
                onClick={each.choice?.onChoose}
                data-testid={each.testId}
              >
                {each.cells}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
