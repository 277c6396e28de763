import { useWords } from '../../words/index.ts';
import classes from './act-lines.module.css';

/** An officer's act, every line as it stands in the text that the card hashes. */
export function ActLines({ lines }: { lines: readonly (readonly [name: string, value: string])[] }) {
  const { t } = useWords();
  const names: Readonly<Record<string, string>> = t('act.line', { returnObjects: true });
  return (
    <dl className={classes.lines} data-testid="act-lines">
      {lines.map(([name, value]) => (
        <div key={name}>
          <dt>{Object.hasOwn(names, name) ? names[name] : name}</dt>
          <dd translate="no">{value === '' ? '–' : value}</dd>
        </div>
      ))}
    </dl>
  );
}
