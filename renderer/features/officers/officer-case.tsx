import type { EnteredOfficerView } from '../../../electron/shared/contract/index.ts';
import type { OfficerCard } from '../../../electron/shared/domain/index.ts';
import { CodeText } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './officer-case.module.css';

/** One officer: the card in force, and those before it. */
export function OfficerCase({
  officer,
  cards,
}: {
  officer: EnteredOfficerView;
  cards: readonly OfficerCard[];
}) {
  const { t, date, dateTime, shared } = useWords();
  const [newest] = cards;
  const card = newest?.state === 'active' ? newest : undefined;
  const before = cards.filter((each) => each !== card);
  return (
    <>
      <div>
        <h2 className={classes.name}>{officer.name}</h2>
        <p className={classes.small}>
          {officer.officerId} · {shared.roles[officer.role]}
        </p>
        {officer.endedAt !== undefined ? (
          <p className={classes.small}>{t('endOfficer.leftOn', { date: dateTime(officer.endedAt) })}</p>
        ) : officer.startPasswordUntil !== undefined ? (
          <p className={classes.small} data-testid="start-password-waits">
            {t('startPassword.waits', { until: dateTime(officer.startPasswordUntil) })}
          </p>
        ) : null}
      </div>
      {card ? (
        <dl className={classes.facts} data-testid="officer-card-facts">
          <div>
            <dt>{t('panel.serial')}</dt>
            <dd>
              <CodeText value={card.mediumSerial} />
            </dd>
          </div>
          <div>
            <dt>{t('officers.certificate')}</dt>
            <dd>
              <CodeText value={card.certificateSerial} ends={4} />
            </dd>
          </div>
          <div>
            <dt>{t('officers.branch')}</dt>
            <dd>{card.branch}</dd>
          </div>
          <div>
            <dt>{t('officers.since')}</dt>
            <dd>
              {date(card.activatedAt ?? card.issuedAt)} · {card.issuedBy}
            </dd>
          </div>
          <div>
            <dt>{t('officers.validUntil')}</dt>
            <dd>{date(card.notAfter)}</dd>
          </div>
        </dl>
      ) : (
        <p className={classes.small}>{t('officers.noCard')}</p>
      )}
      {before.length > 0 ? (
        <section>
          <h3 className={classes.title}>{t('officers.before')}</h3>
          <ol className={classes.before} data-testid="cards-before">
            {before.map((each) => (
              <li key={each.certificateSha256}>
                <CodeText value={each.mediumSerial} copy={false} />
                <span className={classes.small}>
                  {each.state === 'pending'
                    ? t('officers.state.unfinished')
                    : `${reasonIn(t('officers.reasons', { returnObjects: true }), each.reason)} · ${dateTime(each.endedAt ?? each.issuedAt)} · ${each.endedBy ?? ''}`}
                </span>
              </li>
            ))}
          </ol>
        </section>
      ) : null}
    </>
  );
}

const reasonIn = (reasons: Readonly<Record<string, string>>, reason = ''): string =>
  Object.hasOwn(reasons, reason) ? (reasons[reason] ?? reason) : reason;
