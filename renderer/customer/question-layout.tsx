import type { ReactNode } from 'react';
import { Icon, StateMark } from '../widgets/index.ts';
import { useWords } from '../words/index.ts';
import classes from './question-layout.module.css';

/** A question on the left, the means to answer it on the right. */
export function QuestionLayout({
  position,
  title,
  body,
  notice,
  answer,
  means,
  testId,
}: {
  position: string;
  title: string;
  body: string;
  notice: string | undefined;
  answer: ReactNode;
  means?: ReactNode;
  testId: string;
}) {
  const { t } = useWords();
  return (
    <div className={classes.layout} data-alone={means === undefined} data-testid={testId}>
      <div className={classes.words}>
        <p className={classes.position}>{position}</p>
        <h1 className={classes.title}>{title}</h1>
        <p className={classes.body}>{body}</p>
        {notice === undefined ? null : (
          <p className={classes.notice} role="alert" data-testid="customer-notice">
            <StateMark mark="careful" size={26} />
            {notice}
          </p>
        )}
        {answer}
        <p className={classes.privacy}>
          <Icon name="lock" size={22} />
          {t('customer.privacy')}
        </p>
      </div>
      {means}
    </div>
  );
}
