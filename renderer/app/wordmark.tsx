import classes from './wordmark.module.css';

/** The name, beside a card with its cut corner. */
export function Wordmark() {
  return (
    <span className={classes.mark}>
      <svg width="20" height="24" viewBox="0 0 20 24" aria-hidden="true">
        <path
          d="M3 1h9.5L18 6.5V21a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2z"
          className={classes.body}
        />
        <path d="M6 13.5 9 16.5 14 10.5" className={classes.tick} />
      </svg>
      Cardwright
    </span>
  );
}
