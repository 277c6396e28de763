import { useWords } from '../words/index.ts';
import classes from './removal-notice.module.css';
import { StateMark } from './state-mark.tsx';

/** Whether the card may be taken out, at every moment of the work. */
export function RemovalNotice({ removal }: { removal: 'safe' | 'do-not-remove' }) {
  const { t } = useWords();
  return (
    <p className={classes.notice} data-removal={removal} role="status" data-testid="removal">
      <StateMark mark={removal === 'safe' ? 'good' : 'careful'} size={20} />
      <span>
        <strong>{t(`removal.${removal}`)}</strong>
        <span className={classes.why}>{t(`removal.${removal}Body`)}</span>
      </span>
    </p>
  );
}
