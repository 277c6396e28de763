import { useCallback, useEffect, useState } from 'react';
import type { Locale } from '../../electron/shared/contract/index.ts';
import { useEvent, useStation, useStationSnapshot } from '../bridge/index.ts';
import { FirstManager } from '../features/sign-in/first-manager.tsx';
import { LockScreen } from '../features/sign-in/lock-screen.tsx';
import { ManagerCode } from '../features/sign-in/manager-code.tsx';
import { OwnPassword } from '../features/sign-in/own-password.tsx';
import { SignIn } from '../features/sign-in/sign-in.tsx';
import { ActionButton, FaultNotice, KeptStateProvider, Loading, TrainingBand } from '../widgets/index.ts';
import { rememberLocale, useWords } from '../words/index.ts';
import { Shell } from './shell.tsx';
import classes from './whole-window.module.css';
import { WindowControls } from './window-controls.tsx';

/** Starting, signed out, at work, or locked. */
export function OfficerWindow() {
  const { t, setLocale } = useWords();
  const { client, store } = useStation();
  const { description, fault, session, officer, locked, passwordDue, noOfficers } = useStationSnapshot();

  const [hasManagerCode, setHasManagerCode] = useState(false);
  const [readmitted, setReadmitted] = useState<string>();

  useEvent('locale.changed', ({ locale }) => {
    rememberLocale(locale);
    setLocale(locale);
  });
  const chooseLocale = useCallback(
    (locale: Locale) => {
      rememberLocale(locale);
      setLocale(locale);
      void client.call('station.setLocale', { locale });
    },
    [client, setLocale],
  );
  useEffect(() => {
    document.title = description?.training === true ? `Cardwright – ${t('app.training')}` : 'Cardwright';
  }, [description, t]);

  const controls = <WindowControls onLocale={chooseLocale} />;

  if (!description)
    return (
      <main className={classes.window}>
        {fault ? (
          <div className={classes.narrow}>
            <FaultNotice fault={fault} />
            <div>
              <ActionButton
                rank="next"
                shortcut="Enter"
                onAct={() => {
                  store.start();
                }}
              >
                {t('app.reload')}
              </ActionButton>
            </div>
          </div>
        ) : (
          <Loading>{t('app.starting')}</Loading>
        )}
      </main>
    );
  if (session !== 'signed-in' || !officer)
    return (
      <>
        {description.training ? <TrainingBand /> : null}
        {session === 'unknown' ? (
          <main className={classes.window}>
            <Loading>{t('app.starting')}</Loading>
          </main>
        ) : noOfficers ? (
          <FirstManager description={description} controls={controls} />
        ) : hasManagerCode ? (
          <ManagerCode
            description={description}
            controls={controls}
            onBack={(officerId) => {
              setReadmitted(officerId);
              setHasManagerCode(false);
            }}
          />
        ) : (
          <SignIn
            description={description}
            controls={controls}
            readmitted={readmitted}
            onManagerCode={() => {
              setHasManagerCode(true);
            }}
          />
        )}
      </>
    );
  return (
    <KeptStateProvider key={officer.officerId}>
      {locked ? (
        <>
          {description.training ? <TrainingBand /> : null}
          <LockScreen
            officer={officer}
            cardPin={
              description.trainingOfficers.find((each) => each.officerId === officer.officerId)?.cardPin
            }
            isTraining={description.training}
            controls={controls}
          />
        </>
      ) : passwordDue ? (
        <>
          {description.training ? <TrainingBand /> : null}
          <OwnPassword description={description} officer={officer} controls={controls} />
        </>
      ) : (
        <Shell description={description} officer={officer} controls={controls} />
      )}
    </KeptStateProvider>
  );
}
