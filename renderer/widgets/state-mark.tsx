import classes from './state-mark.module.css';

/** State by shape and colour; the word always stands beside it. */
export type Mark =
  'waiting' | 'working' | 'done' | 'failed' | 'undone' | 'careful' | 'stop' | 'good' | 'quiet';

export function StateMark({ mark, size = 18 }: { mark: Mark; size?: number }) {
  return (
    <svg
      className={classes[mark]}
      width={size}
      height={size}
      viewBox="0 0 18 18"
      fill="none"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      data-mark={mark}
    >
      {shape(mark)}
    </svg>
  );
}

function shape(mark: Mark) {
  switch (mark) {
    case 'waiting':
      return <circle cx="9" cy="9" r="6.2" strokeDasharray="2.2 2.67" />;
    case 'quiet':
      return <circle cx="9" cy="9" r="6.2" />;
    case 'working':
      return (
        <>
          <circle cx="9" cy="9" r="6.8" className={classes.track} />
          <path d="M9 2.2a6.8 6.8 0 0 1 6.8 6.8" className={classes.sweep} />
          <circle cx="9" cy="9" r="2.6" className={classes.core} />
        </>
      );
    case 'done':
    case 'good':
      return (
        <>
          <circle cx="9" cy="9" r="7.6" className={classes.fill} />
          <path d="M5.6 9.3 8 11.6 12.5 6.7" className={classes.on} />
        </>
      );
    case 'failed':
    case 'stop':
      return (
        <>
          <path d="M5.9 1.6h6.2l4.3 4.3v6.2l-4.3 4.3H5.9L1.6 12.1V5.9z" className={classes.fill} />
          <path d="M6.4 6.4l5.2 5.2M11.6 6.4l-5.2 5.2" className={classes.on} />
        </>
      );
    case 'undone':
      return (
        <>
          <circle cx="9" cy="9" r="6.8" />
          <path d="M7.6 6 5.4 8.2l2.2 2.2M5.6 8.2h4.2a2.2 2.2 0 0 1 0 4.4H8.6" />
        </>
      );
    case 'careful':
      return (
        <>
          <path d="M9 1.9 17 15.9H1z" className={classes.fill} />
          <path d="M9 6.9v4" className={classes.on} />
          <path d="M9 13.3v.1" className={classes.on} />
        </>
      );
  }
}
