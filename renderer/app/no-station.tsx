import { EmptyState } from '../widgets/index.ts';
import { useWords } from '../words/index.ts';
import classes from './whole-window.module.css';

/** The page was opened by something that is not a host. */
export function NoStation() {
  const { t } = useWords();
  return (
    <main className={classes.window}>
      <EmptyState icon="devices" title={t('app.noPort')}>
        {t('app.noPortWhat')}
      </EmptyState>
    </main>
  );
}
