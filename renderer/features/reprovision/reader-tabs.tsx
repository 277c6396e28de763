import type { ReaderView } from '../../../electron/shared/contract/index.ts';
import { StateMark, useReaderName, type Mark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './reader-tabs.module.css';

const markOf = ({ medium }: ReaderView): Mark =>
  medium === undefined ? 'waiting' : medium.kind === 'unknown' ? 'careful' : 'good';

/** One tab for each reader; an empty one cannot be chosen. */
export function ReaderTabs({
  readers,
  current,
  onPick,
}: {
  readers: readonly ReaderView[];
  current: string | undefined;
  onPick: (reader: string) => void;
}) {
  const { t, shared } = useWords();
  const nameOf = useReaderName();
  return (
    <div className={classes.tabs} role="radiogroup" aria-label={t('devices.readers')}>
      {readers.map((reader) => (
        <label key={reader.reader} className={classes.tab} data-empty={reader.medium === undefined}>
          <input
            type="radio"
            name="inspect-reader"
            checked={reader.reader === current}
            disabled={reader.medium === undefined}
            onChange={() => {
              onPick(reader.reader);
            }}
            data-testid={`inspect-${reader.reader}`}
          />
          <StateMark mark={markOf(reader)} size={16} />
          <span>{nameOf(reader)}</span>
          <span className={classes.medium}>
            {reader.medium ? shared.mediumKinds[reader.medium.kind] : t('strip.empty')}
          </span>
        </label>
      ))}
    </div>
  );
}
