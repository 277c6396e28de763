import type { ReactNode } from 'react';
import classes from './pick-list.module.css';
import { StateMark, type Mark } from './state-mark.tsx';

export interface PickEntry {
  readonly id: string;
  readonly mark: Mark;
  readonly title: string;
  readonly lines: readonly string[];
  readonly testId: string;
}

/** Beside the case that is open: all there are, one of them picked. */
export function PickList({
  label,
  name,
  entries,
  current,
  serials = false,
  onPick,
  children,
}: {
  label: string;
  /** Of the radio buttons. */
  name: string;
  entries: readonly PickEntry[];
  current: string;
  /** The titles are serials, not names. */
  serials?: boolean;
  onPick: (id: string) => void;
  /** The case. */
  children: ReactNode;
}) {
  return (
    <div className={classes.split}>
      <div className={classes.list} role="radiogroup" aria-label={label}>
        {entries.map((entry) => (
          <label key={entry.id} className={classes.entry}>
            <input
              type="radio"
              name={name}
              checked={entry.id === current}
              onChange={() => {
                onPick(entry.id);
              }}
              data-testid={entry.testId}
            />
            <StateMark mark={entry.mark} size={18} />
            <span className={classes.what}>
              <span className={serials ? classes.serial : classes.name}>{entry.title}</span>
              {entry.lines.map((line) => (
                <span key={line} className={classes.small}>
                  {line}
                </span>
              ))}
            </span>
          </label>
        ))}
      </div>
      <section className={classes.case} key={current}>
        {children}
      </section>
    </div>
  );
}
