import { useWords } from '../words/index.ts';
import classes from './training-band.module.css';

/** On every window of a station in training mode. */
export function TrainingBand({ onOpenDrawer }: { onOpenDrawer?: () => void }) {
  const { t } = useWords();
  return (
    <div className={classes.band} data-testid="training-band">
      <span className={classes.words}>{t('app.trainingShort')}</span>
      {onOpenDrawer ? (
        <button type="button" className={classes.drawer} onClick={onOpenDrawer} data-testid="drawer-open">
          {t('drawer.open')}
          <kbd>Alt 0</kbd>
        </button>
      ) : null}
    </div>
  );
}
