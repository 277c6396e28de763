import classes from './loading.module.css';
import { StateMark } from './state-mark.tsx';

/** Says what is being waited for; never a wheel alone. */
export function Loading({ children }: { children: string }) {
  return (
    <p className={classes.loading} role="status" aria-busy="true">
      <StateMark mark="working" />
      <span>{children}</span>
    </p>
  );
}
