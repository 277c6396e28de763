import { PasswordInput, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import type { StationDescription } from '../../../electron/shared/contract/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useCall, useOfficerReaders, useStation, useStationSnapshot } from '../../bridge/index.ts';
import {
  CardAndPin,
  cardAndPinOf,
  cardSightOf,
  FaultNotice,
  Notice,
  TrainingHint,
  useNow,
} from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { SignInButton } from './sign-in-button.tsx';
import { SignInFrame } from './sign-in-frame.tsx';
import classes from './sign-in.module.css';

/** Who works here now. In training everybody who may is on the screen, with their password. */
export function SignIn({
  description,
  controls,
  readmitted,
  onManagerCode,
}: {
  description: StationDescription;
  controls: ReactNode;
  /** Number of the manager who has just chosen a new password. */
  readmitted?: string | undefined;
  onManagerCode: () => void;
}) {
  const { t, shared } = useWords();
  const { store } = useStation();
  const { signedOutBecause } = useStationSnapshot();
  const { trainingOfficers, officerCards } = description;
  const [officerId, setOfficerId] = useState(readmitted ?? trainingOfficers[0]?.officerId ?? '');
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
  const { password: shownPassword, cardPin: shownPin } = chosen ?? {};
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
    <SignInFrame description={description} controls={controls} testId="sign-in">
      <form className={classes.form} onSubmit={signIn}>
        <div>
          <h1 className={classes.title}>{t('signIn.title')}</h1>
          <p className={classes.subtitle}>{t('signIn.subtitle')}</p>
        </div>
        {readmitted !== undefined && !fault ? (
          <Notice tone="quiet">{t('signIn.readmitted')}</Notice>
        ) : signedOutBecause !== undefined && signedOutBecause !== 'asked' && !fault ? (
          <Notice tone="quiet">{t(`signIn.${signedOutBecause}`)}</Notice>
        ) : null}
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
          {shownPassword !== undefined ? (
            <TrainingHint
              testId="fill-password"
              onAct={() => {
                setPassword(shownPassword);
                passwordField.current?.focus();
              }}
            >
              {t('signIn.trainingHint', { password: shownPassword })}
            </TrainingHint>
          ) : null}
        </div>
        {isCardShown ? <CardAndPin sight={sight} pin={pin} onPin={setPin} /> : null}
        {shownPin !== undefined && sight.kind === 'own' ? (
          <TrainingHint
            testId="fill-pin"
            onAct={() => {
              setPin(shownPin);
            }}
          >
            {t('officerCard.trainingPin', { pin: shownPin })}
          </TrainingHint>
        ) : shownPin !== undefined ? (
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
        {trainingOfficers.length === 0 ? (
          <button
            type="button"
            className={classes.quietly}
            onClick={onManagerCode}
            data-testid="open-manager-code"
          >
            {t('signIn.managerCode')}
          </button>
        ) : null}
      </form>
    </SignInFrame>
  );
}
