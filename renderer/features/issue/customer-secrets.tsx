import type { RunView } from '../../../electron/shared/contract/index.ts';
import { ProgressLine, Page, StateMark, type Mark } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { aboutRun } from './about-run.ts';
import classes from './customer-secrets.module.css';
import { StopRun } from './stop-run.tsx';

const allFields = ['account-pin', 'login-password', 'card-pin'] as const;
type SecretField = (typeof allFields)[number];

/** How far the customer is on their own screen. Counts only; there is nothing else to know here. */
export function CustomerSecrets({ run }: { run: RunView }) {
  const { t } = useWords();
  const fields = wantedFields(run);
  const checking = run.state.kind === 'working';
  const entry = run.customerEntry;
  const at = checking
    ? fields.length
    : Math.max(
        0,
        fields.findIndex((field) => field === entry?.field),
      );

  return (
    <Page
      testId="customer-secrets"
      eyebrow={aboutRun(t('issue.title'), run)}
      title={t('issue.secrets.title')}
      body={t('issue.secrets.body')}
      actions={<StopRun run={run} />}
    >
      <ol className={classes.fields}>
        {fields.map((field, index) => {
          const begun = index === at && entry !== undefined && !checking;
          const mark: Mark = index < at ? 'done' : index === at ? 'working' : 'waiting';
          const typed = begun ? entry.typed : 0;
          const of = begun ? entry.of : undefined;
          return (
            <li key={field} className={classes.field} data-mark={mark} data-testid={`entry-${field}`}>
              <StateMark mark={mark} size={22} />
              <span className={classes.name}>{t(`issue.secrets.field.${field}`)}</span>
              <span className={classes.count} aria-live="polite">
                {index < at
                  ? t('issue.secrets.entered')
                  : !begun
                    ? index === at
                      ? t('issue.secrets.waiting')
                      : ''
                    : of === undefined
                      ? t('issue.secrets.progressTyped', { typed })
                      : t('issue.secrets.progressOf', { typed, of })}
              </span>
              {begun && of !== undefined ? (
                <span className={classes.line}>
                  <ProgressLine value={typed} of={of} label={t(`issue.secrets.field.${field}`)} />
                </span>
              ) : null}
            </li>
          );
        })}
      </ol>
      {checking ? (
        <p className={classes.checking} role="status">
          <StateMark mark="working" />
          {t('issue.secrets.checking')}
        </p>
      ) : null}
      <p className={classes.note}>{t('issue.secrets.note')}</p>
    </Page>
  );
}

/** After a wrong account PIN only that one is asked for again; the question says so. */
function wantedFields(run: RunView): readonly SecretField[] {
  const asked = run.state.kind === 'asking' ? run.state.ask.data.fields : undefined;
  if (!Array.isArray(asked)) return allFields;
  const wanted = allFields.filter((field) => asked.includes(field));
  return wanted.length > 0 ? wanted : allFields;
}
