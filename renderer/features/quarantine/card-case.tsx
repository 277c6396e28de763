import type { CardEvent, KeyAttempt, QuarantinedCard } from '../../../electron/shared/domain/index.ts';
import { CodeText, StateMark, type Mark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './card-case.module.css';

/** Everything needed to decide: why it lies here, what was tried on it and when, and its story. */
export function CardCase({ card }: { card: QuarantinedCard }) {
  const { t, dateTime } = useWords();
  const reasons: Readonly<Record<string, string>> = t('quarantine.reasons', { returnObjects: true });
  const why = Object.hasOwn(reasons, card.reason) ? reasons[card.reason] : card.reason;
  return (
    <>
      <div>
        <h2 className={classes.why}>{why}</h2>
        <p className={classes.small}>
          {dateTime(card.since)} · {card.stationId}
        </p>
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>{t('panel.serial')}</dt>
          <dd>{card.serial === undefined ? t('common.unknown') : <CodeText value={card.serial} />}</dd>
        </div>
        <div>
          <dt>{t('quarantine.identity')}</dt>
          <dd>
            <CodeText value={card.mediumIdentity} ends={4} />
          </dd>
        </div>
        {(['managementKey', 'puk', 'channelKeys'] as const).map((key) => (
          <div key={key}>
            <dt>{t(`quarantine.key.${key}`)}</dt>
            <dd>{t(`quarantine.keyState.${card.keys[key]}`)}</dd>
          </div>
        ))}
      </dl>
      <div className={classes.past}>
        <section>
          <h3 className={classes.title}>{t('quarantine.tried')}</h3>
          {card.attempts.length === 0 ? (
            <p className={classes.small} data-testid="no-attempts">
              {t(card.reason === 'applet-content' ? 'quarantine.noKeyRefused' : 'quarantine.notTried')}
            </p>
          ) : (
            <table className={classes.table} data-testid="attempts">
              <tbody>
                {card.attempts.map((attempt) => (
                  <Attempt key={`${attempt.at}/${attempt.what}/${attempt.version}`} attempt={attempt} />
                ))}
              </tbody>
            </table>
          )}
        </section>
        <section>
          <h3 className={classes.title}>{t('quarantine.story')}</h3>
          <ol className={classes.story} data-testid="card-events">
            {card.events.map((event) => (
              <Happened key={`${event.at}/${event.kind}`} event={event} />
            ))}
          </ol>
        </section>
      </div>
    </>
  );
}

function Attempt({ attempt }: { attempt: KeyAttempt }) {
  const { t, dateTime, time } = useWords();
  return (
    <tr>
      <td className={classes.at} title={dateTime(attempt.at)} data-figures="">
        {time(attempt.at)}
      </td>
      <td>
        {t(`quarantine.what.${attempt.what}`)} · {t(`quarantine.version.${attempt.version}`)}
      </td>
      <td>
        <span className={classes.answer}>
          <StateMark mark={marks[attempt.answer]} size={16} />
          {t(`quarantine.answer.${attempt.answer}`)}
        </span>
      </td>
    </tr>
  );
}

function Happened({ event }: { event: CardEvent }) {
  const { t, date, dateTime, time } = useWords();
  const by = event.officerId ?? event.stationId;
  const said = event.kind === 'quarantined' ? undefined : event.reason;
  const refusals: Readonly<Record<string, string>> = t('quarantine.refusals', { returnObjects: true });
  // The bank's own code, and what it is about.
  const [code = '', ...about] = event.kind === 'command-refused' ? (said ?? '').split(' ') : [];
  const refusal = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  return (
    <li>
      <span className={classes.at} title={dateTime(event.at)} data-figures="">
        {date(event.at)}
      </span>
      <span>
        {t(`quarantine.event.${event.kind}`)}{' '}
        <span className={classes.small}>
          {by} · {time(event.at)}
        </span>
        {event.finding ? (
          <span className={classes.said}>{t(`quarantine.finding.${event.finding}`)}</span>
        ) : null}
        {refusal ? (
          <span className={classes.said} data-testid="refusal">
            {refusal} {about.join(' ')}
          </span>
        ) : null}
        {said && !refusal ? <span className={classes.said}>“{said}”</span> : null}
      </span>
    </li>
  );
}

const marks: Readonly<Record<KeyAttempt['answer'], Mark>> = { right: 'good', refused: 'stop', none: 'quiet' };
