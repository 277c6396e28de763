import type { ReactNode } from 'react';
import classes from './page.module.css';

/** One decision: its question, what is needed to decide, and below it the way on and the way back. */
export function Page({
  title,
  eyebrow,
  body,
  children,
  actions,
  hint,
  aside,
  wide = false,
  testId,
}: {
  title?: ReactNode;
  /** Whom or what it is about, above the question. */
  eyebrow?: ReactNode;
  body?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  /** Why the way on is not open yet. */
  hint?: string | undefined;
  aside?: ReactNode;
  wide?: boolean;
  testId?: string;
}) {
  return (
    <div className={classes.page} data-wide={wide} data-testid={testId}>
      <div className={classes.scroll}>
        <div className={classes.column}>
          {(title ?? eyebrow ?? aside) ? (
            <header className={classes.head}>
              <div>
                {eyebrow ? <p className={classes.eyebrow}>{eyebrow}</p> : null}
                {title ? <h1 className={classes.title}>{title}</h1> : null}
                {body ? <p className={classes.body}>{body}</p> : null}
              </div>
              {aside}
            </header>
          ) : null}
          {children}
        </div>
      </div>
      {actions ? (
        <footer className={classes.actions}>
          <div className={classes.row}>
            {actions}
            {hint === undefined ? null : (
              <p className={classes.hint} role="status" data-testid="hint">
                {hint}
              </p>
            )}
          </div>
        </footer>
      ) : null}
    </div>
  );
}
