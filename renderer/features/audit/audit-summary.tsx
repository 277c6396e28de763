import { useQuery } from '../../bridge/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './audit-summary.module.css';
import { DayChart } from './day-chart.tsx';

const days = 14;

/** Two weeks at a glance: how many, where it stopped, how long one takes. */
export function AuditSummary() {
  const { t, step, duration } = useWords();
  const { state } = useQuery('audit.summary', { days });
  if (state.kind === 'failed') return null; // the table says what is wrong
  const value = state.kind === 'ready' ? state.value : undefined;
  const most = Math.max(1, ...(value?.failuresByStep.map((failure) => failure.count) ?? []));
  return (
    <section className={classes.summary} data-testid="audit-summary">
      <div className={classes.part}>
        <h2 className={classes.title}>
          {t('audit.issuedPerDay')} <span>{t('audit.days', { days })}</span>
        </h2>
        {value === undefined ? (
          <div className={classes.space} />
        ) : value.days.length === 0 ? (
          <p className={classes.none}>{t('audit.medianNone')}</p>
        ) : (
          <DayChart days={value.days} />
        )}
      </div>
      <div className={classes.part}>
        <h2 className={classes.title}>{t('audit.failuresByStep')}</h2>
        {value?.failuresByStep.length === 0 ? <p className={classes.none}>{t('audit.noFailures')}</p> : null}
        <ul className={classes.bars}>
          {value?.failuresByStep.slice(0, 4).map((failure) => (
            <li key={failure.step}>
              <span className={classes.step}>{step(failure.step).name}</span>
              <svg className={classes.bar} preserveAspectRatio="none" aria-hidden="true">
                <rect width={`${(failure.count / most) * 100}%`} height="100%" rx="2" />
              </svg>
              <span className={classes.count}>{failure.count}</span>
            </li>
          ))}
        </ul>
      </div>
      <div className={classes.part}>
        <h2 className={classes.title}>{t('audit.median')}</h2>
        <p className={classes.big}>
          {value?.medianTookMs === undefined ? t('audit.medianNone') : duration(value.medianTookMs)}
        </p>
      </div>
    </section>
  );
}
