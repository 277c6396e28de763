import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { BankKeysPage } from '../../../electron/shared/contract/index.ts';
import type { BankKeyEvent } from '../../../electron/shared/domain/index.ts';
import { CodeText, StateMark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './bank-keys-table.module.css';

const rowHeight = 44;

/** Newest first; only what is seen is drawn. */
export function BankKeysTable({
  events,
  brokenAt,
  onEnd,
}: {
  events: BankKeysPage['events'];
  brokenAt: number | undefined;
  onEnd: () => void;
}) {
  const { t } = useWords();
  const scroll = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoised by a compiler
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= events.length - 1) onEnd();
  }, [last, events.length, onEnd]);

  return (
    <div
      className={classes.table}
      role="table"
      aria-label={t('audit.bankKeys.title')}
      aria-rowcount={events.length}
    >
      <div role="rowgroup">
        <div role="row" className={classes.head}>
          {(['number', 'at', 'key', 'what', 'who', 'detail'] as const).map((name) => (
            <span key={name} role="columnheader">
              {t(`audit.bankKeys.column.${name}`)}
            </span>
          ))}
        </div>
      </div>
      <div ref={scroll} className={classes.scroll} role="rowgroup" tabIndex={0} data-testid="bank-keys-rows">
        <div className={classes.all} style={{ height: virtual.getTotalSize() }}>
          {shown.map((item) => {
            const entry = events[item.index];
            if (!entry) return null;
            return (
              <div
                key={entry.number}
                role="row"
                aria-rowindex={item.index + 1}
                className={classes.row}
                data-broken={entry.number === brokenAt}
                style={{ transform: `translateY(${item.start}px)` }}
                data-testid={`bank-key-${entry.number}`}
              >
                <span role="cell" className={classes.number}>
                  {entry.number === brokenAt ? <StateMark mark="stop" size={15} /> : null}
                  {entry.number}
                </span>
                {entry.event ? <KnownEvent event={entry.event} /> : <UnknownEvent text={entry.text} />}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function KnownEvent({ event }: { event: BankKeyEvent }) {
  const { t, dateTime } = useWords();
  const { subject, kind, key, name, algorithm, checkValue, before, officers } = event;
  const detail = [
    algorithm?.toUpperCase(),
    checkValue === undefined ? undefined : t('audit.bankKeys.checkValue', { value: checkValue }),
    before === undefined ? undefined : t('audit.bankKeys.instead', { key: shortKey(before) }),
    name === undefined ? undefined : t('audit.bankKeys.place', { name }),
  ].filter((part) => part !== undefined);
  return (
    <>
      <span role="cell">
        <time dateTime={event.at}>{dateTime(event.at)}</time>
      </span>
      <span role="cell" className={classes.key}>
        {t(`audit.bankKeys.subject.${subject}`)}
        <CodeText value={key} ends={6} copy={false} grouped={false} />
      </span>
      <span role="cell" className={classes.what}>
        {t(`audit.bankKeys.kind.${kind}`)}
      </span>
      <span role="cell">
        {officers.map((who) => (who === 'set-up' ? t('audit.bankKeys.setUp') : who)).join(', ')}
      </span>
      <span role="cell" className={classes.detail} title={detail.join(' · ')}>
        {detail.join(' · ')}
      </span>
    </>
  );
}

/** Of a newer bank, or of nobody: shown as it is. */
function UnknownEvent({ text }: { text: string }) {
  const { t } = useWords();
  return (
    <>
      <span role="cell" />
      <span role="cell" />
      <span role="cell" className={classes.what}>
        {t('audit.bankKeys.unknown')}
      </span>
      <span role="cell" />
      <span role="cell" className={classes.detail} title={text}>
        <code translate="no">{text}</code>
      </span>
    </>
  );
}

const shortKey = (key: string): string => (key.length > 16 ? `${key.slice(0, 6)}…${key.slice(-6)}` : key);
