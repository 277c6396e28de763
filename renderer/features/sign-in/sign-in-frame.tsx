import type { ReactNode } from 'react';
import type { StationDescription } from '../../../electron/shared/contract/index.ts';
import { useStationSnapshot } from '../../bridge/index.ts';
import { allParts, ConnectionStrip, MediumDrawing } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './sign-in.module.css';

/** What the station makes, and beside it the form by which somebody comes to work with it. */
export function SignInFrame({
  description,
  controls,
  testId,
  children,
}: {
  description: StationDescription;
  controls: ReactNode;
  testId: string;
  /** The form. */
  children: ReactNode;
}) {
  const { t, locale } = useWords();
  const { connection } = useStationSnapshot();
  return (
    <div className={classes.window} data-testid={testId}>
      <section className={classes.show} aria-hidden="true">
        <div className={classes.media}>
          <MediumDrawing
            kind="smart-card"
            print={{ parts: allParts('smart-card', 'done'), bank: connection?.bank.nameLatin.toUpperCase() }}
          />
          <MediumDrawing
            kind="sd-card"
            print={{ parts: allParts('sd-card', 'done'), bank: connection?.bank.nameLatin.toUpperCase() }}
          />
          <MediumDrawing kind="sim" print={{ parts: allParts('sim', 'done') }} />
        </div>
        <p className={classes.promise}>{t('signIn.promise')}</p>
      </section>
      <main className={classes.side}>
        <header className={classes.top}>
          <span className={classes.branch}>
            {locale === 'en' ? description.branchLatin : description.branch}
          </span>
          {controls}
        </header>
        {children}
        <footer className={classes.foot}>
          <ConnectionStrip />
          <span className={classes.version}>{t('signIn.version', { version: description.version })}</span>
        </footer>
      </main>
    </div>
  );
}
