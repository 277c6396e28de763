import type { Officer } from '../../../electron/shared/domain/index.ts';
import { ActionButton, DecisionForm } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './start-password.module.css';

export interface HandedOver {
  readonly officer: Officer;
  readonly startPassword: string;
  /** ISO 8601 UTC. */
  readonly until: string;
}

/** Seen this once: the manager hands it to the officer, who replaces it at the first sign-in. */
export function StartPassword({
  handedOver: { officer, startPassword, until },
  cardNeeded,
  onDone,
}: {
  handedOver: HandedOver;
  /** The officer needs a card too, before the first sign-in. */
  cardNeeded: boolean;
  onDone: () => void;
}) {
  const { t, dateTime } = useWords();
  return (
    <DecisionForm
      title={t('startPassword.title', { name: officer.name })}
      testId="start-password"
      onSubmit={onDone}
      actions={
        <ActionButton rank="next" shortcut="F9" testId="start-password-done" onAct={onDone}>
          {t('startPassword.done')}
        </ActionButton>
      }
    >
      <code className={classes.password} translate="no" data-testid="start-password-text">
        {startPassword}
      </code>
      <p className={classes.body}>{t('startPassword.body', { until: dateTime(until) })}</p>
      {cardNeeded ? <p className={classes.body}>{t('startPassword.cardNext')}</p> : null}
    </DecisionForm>
  );
}
