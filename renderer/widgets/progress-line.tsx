import classes from './progress-line.module.css';

/** How far the work is: `value` of `of`, and never further than that. */
export function ProgressLine({ value, of, label }: { value: number; of: number; label: string }) {
  const part = of > 0 ? Math.min(1, Math.max(0, value / of)) : 0;
  return (
    <div
      className={classes.line}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={of}
      aria-valuenow={Math.min(value, of)}
    >
      <svg width="100%" height="4" preserveAspectRatio="none" aria-hidden="true">
        <rect className={classes.track} width="100%" height="4" rx="2" />
        <rect className={classes.bar} width={`${part * 100}%`} height="4" rx="2" />
      </svg>
    </div>
  );
}
