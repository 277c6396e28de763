import { useWords } from '../words/index.ts';
import classes from './training-hint.module.css';

/** What training mode gives away, and a hand that does it. */
export function TrainingHint({
  children,
  verb,
  busy = false,
  testId,
  onAct,
}: {
  children: string;
  /** Default: fills it in. */
  verb?: string;
  busy?: boolean;
  testId: string;
  onAct: () => void;
}) {
  const { t } = useWords();
  return (
    <p className={classes.hint}>
      {children}
      <button type="button" className={classes.hand} disabled={busy} onClick={onAct} data-testid={testId}>
        {verb ?? t('signIn.trainingUse')}
      </button>
    </p>
  );
}
