import { ActionButton, Page, StateMark, useShortcut } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './finished.module.css';

/** Nothing of the run stands any more. */
export function Undone({ onNext }: { onNext: () => void }) {
  const { t } = useWords();
  useShortcut('Enter', onNext);
  return (
    <Page
      testId="issue-undone"
      title={
        <span className={classes.title}>
          <StateMark mark="undone" size={32} />
          {t('issue.undo.doneTitle')}
        </span>
      }
      actions={
        <ActionButton rank="next" shortcut="F9" focus testId="next-customer" onAct={onNext}>
          {t('issue.undo.next')}
        </ActionButton>
      }
    >
      <p className={classes.body}>{t('issue.undo.doneBody')}</p>
    </Page>
  );
}
