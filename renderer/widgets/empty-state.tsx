import type { ReactNode } from 'react';
import classes from './empty-state.module.css';
import { Icon, type IconName } from './icon.tsx';

/** A screen that has nothing to show says why, and what would change that. */
export function EmptyState({
  icon,
  drawing,
  title,
  children,
  action,
  testId,
}: {
  icon?: IconName;
  drawing?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  testId?: string;
}) {
  return (
    <div className={classes.empty} data-testid={testId}>
      {drawing ?? (icon ? <span className={classes.icon}>{<Icon name={icon} size={28} />}</span> : null)}
      <p className={classes.title}>{title}</p>
      {children ? <p className={classes.body}>{children}</p> : null}
      {action}
    </div>
  );
}
