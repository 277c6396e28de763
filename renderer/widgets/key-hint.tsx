import classes from './key-hint.module.css';

/** The key that does the same as the button it stands on. */
export function KeyHint({ keys, on = 'paper' }: { keys: string; on?: 'paper' | 'accent' }) {
  return (
    <kbd className={classes.key} data-on={on} aria-hidden="true">
      {keys}
    </kbd>
  );
}
