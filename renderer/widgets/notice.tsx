import type { ReactNode } from 'react';
import classes from './notice.module.css';
import { StateMark, type Mark } from './state-mark.tsx';

/** One thing to know, in the place where it matters. */
export function Notice({
  tone,
  title,
  children,
  testId,
}: {
  tone: 'quiet' | 'good' | 'careful' | 'stop';
  title?: ReactNode;
  children?: ReactNode;
  testId?: string;
}) {
  return (
    <div
      className={classes.notice}
      data-tone={tone}
      role={tone === 'stop' ? 'alert' : 'status'}
      data-testid={testId}
    >
      <StateMark mark={marks[tone]} size={20} />
      <div className={classes.text}>
        {title ? <p className={classes.title}>{title}</p> : null}
        {children}
      </div>
    </div>
  );
}

const marks: Readonly<Record<'quiet' | 'good' | 'careful' | 'stop', Mark>> = {
  quiet: 'quiet',
  good: 'good',
  careful: 'careful',
  stop: 'stop',
};
