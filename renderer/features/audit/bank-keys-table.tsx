import type { BankKeysPage } from '../../../electron/shared/contract/index.ts';
import type { BankKeyEvent } from '../../../electron/shared/domain/index.ts';
import { CodeText, StateMark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './bank-keys-table.module.css';
import { RecordTable } from './record-table.tsx';

const columns = ['number', 'at', 'key', 'what', 'who', 'detail'] as const;

/** Newest first. */
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
  return (
    <RecordTable
      label={t('audit.bankKeys.title')}
      testId="bank-keys-rows"
      className={classes.columns}
      heads={columns.map((id) => ({ id, text: t(`audit.bankKeys.column.${id}`) }))}
      count={events.length}
      rowHeight={44}
      row={(index) => {
        const entry = events[index];
        if (!entry) return undefined;
        const isBroken = entry.number === brokenAt;
        return {
          key: entry.number,
          testId: `bank-key-${entry.number}`,
          isBroken,
          cells: (
            <>
              <span role="cell" className={classes.number}>
                {isBroken ? <StateMark mark="stop" size={15} /> : null}
                {entry.number}
              </span>
              {entry.event ? <KnownEvent event={entry.event} /> : <UnknownEvent text={entry.text} />}
            </>
          ),
        };
      }}
      onEnd={onEnd}
    />
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
