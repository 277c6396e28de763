import { PasswordInput, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import type { StationDescription } from '../../../electron/shared/contract/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useCall, useOfficerReaders, useStation, useStationSnapshot } from '../../bridge/index.ts';
import {
  allParts,
  CardAndPin,
  cardAndPinOf,
  cardSightOf,
  ConnectionStrip,
  FaultNotice,
  MediumDrawing,
  Notice,
  TrainingHint,
  useNow,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { SignInButton } from './sign-in-button.tsx';
import classes from './sign-in.module.css';

/** Who works here now. In training everybody who may is on the screen, with their password. */
export function SignIn({ description, controls }: { description: StationDescription; controls: ReactNode }) {
  const { t, shared, locale } = useWords();
  const { store } = useStation();
  const { signedOutBecause, connection } = useStationSnapshot();
  const { trainingOfficers, officerCards } = description;
  const [officerId, setOfficerId] = useState(trainingOfficers[0]?.officerId ?? '');
  const [password, setPassword] = useState('');
  const [pin, setPin] = useState('');
  const readers = useOfficerReaders();
  const insert = useCall('training.insertOfficerCard');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const [notBefore, setNotBefore] = useState(0);
  const passwordField = useRef<HTMLInputElement>(null);
  const now = useNow(500, notBefore > 0);
  const waitSeconds = Math.max(0, Math.ceil((notBefore - now) / 1000));
  const chosen = trainingOfficers.find((officer) => officer.officerId === officerId);
  const sight = cardSightOf(readers ?? [], officerId);
  const card = cardAndPinOf(sight, pin);
  /** The officer's card is there, and the station wants it. */
  const isPinMissing = officerCards === 'required' && sight.kind === 'own' && card === undefined;
  const isCardShown = officerCards === 'required' || sight.kind === 'own' || sight.kind === 'of-another';

  useEffect(() => {
    passwordField.current?.focus();
  }, []);

  const signIn = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy || waitSeconds > 0 || officerId === '' || password === '' || isPinMissing) return;
    setBusy(true);
    setFault(undefined);
    const result = await store.signIn(officerId, password, card);
    setPassword('');
    setPin('');
    setBusy(false);
    if (result.ok) return;
    setFault(result.fault);
    const { seconds } = result.fault.data;
    if (result.fault.code === 'sign-in-delayed' && typeof seconds === 'number')
      setNotBefore(Date.now() + seconds * 1000);
    passwordField.current?.focus();
  };

  return (
    <div className={classes.window} data-testid="sign-in">
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
        <form className={classes.form} onSubmit={signIn}>
          <div>
            <h1 className={classes.title}>{t('signIn.title')}</h1>
            <p className={classes.subtitle}>{t('signIn.subtitle')}</p>
          </div>
          {signedOutBecause === 'idle' && !fault ? <Notice tone="quiet">{t('signIn.idle')}</Notice> : null}
          {trainingOfficers.length > 0 ? (
            <fieldset className={classes.officers}>
              <legend className={classes.legend}>{t('signIn.who')}</legend>
              {trainingOfficers.map((officer) => (
                <label key={officer.officerId} className={classes.officer}>
                  <input
                    type="radio"
                    name="officer"
                    value={officer.officerId}
                    checked={officer.officerId === officerId}
                    onChange={() => {
                      setOfficerId(officer.officerId);
                      setFault(undefined);
                    }}
                    data-testid={`officer-${officer.officerId}`}
                  />
                  <span>{officer.name}</span>
                  <span className={classes.role}>{shared.roles[officer.role]}</span>
                </label>
              ))}
            </fieldset>
          ) : (
            <TextInput
              label={t('signIn.officerId')}
              value={officerId}
              autoComplete="off"
              maxLength={40}
              onChange={(event) => {
                setOfficerId(event.currentTarget.value.trim());
              }}
              data-testid="officer-id"
            />
          )}
          <div className={classes.password}>
            <PasswordInput
              ref={passwordField}
              label={t('signIn.password')}
              value={password}
              autoComplete="off"
              maxLength={200}
              onChange={(event) => {
                setPassword(event.currentTarget.value);
              }}
              data-testid="password"
            />
            {chosen ? (
              <TrainingHint
                testId="fill-password"
                onAct={() => {
                  setPassword(chosen.password);
                  passwordField.current?.focus();
                }}
              >
                {t('signIn.trainingHint', { password: chosen.password })}
              </TrainingHint>
            ) : null}
          </div>
          {isCardShown ? <CardAndPin sight={sight} pin={pin} onPin={setPin} /> : null}
          {chosen && sight.kind === 'own' ? (
            <TrainingHint
              testId="fill-pin"
              onAct={() => {
                setPin(chosen.cardPin);
              }}
            >
              {t('officerCard.trainingPin', { pin: chosen.cardPin })}
            </TrainingHint>
          ) : chosen ? (
            <TrainingHint
              verb={t('officerCard.trainingInsert')}
              busy={insert.busy}
              testId="insert-officer-card"
              onAct={() => {
                void insert.run({ officerId });
              }}
            >
              {t('officerCard.trainingCard')}
            </TrainingHint>
          ) : null}
          {(fault ?? insert.fault) ? (
            <FaultNotice
              fault={fault ?? insert.fault ?? { code: 'internal-error', data: {} }}
              testId="sign-in-fault"
            />
          ) : null}
          <SignInButton
            busy={busy}
            waitSeconds={waitSeconds}
            ready={officerId !== '' && password !== '' && !isPinMissing}
          />
        </form>
        <footer className={classes.foot}>
          <ConnectionStrip />
          <span className={classes.version}>{t('signIn.version', { version: description.version })}</span>
        </footer>
      </main>
    </div>
  );
}
