import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { StationDescription } from '../../../electron/shared/contract/index.ts';
import type { Officer } from '../../../electron/shared/domain/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useStation } from '../../bridge/index.ts';
import { ActionButton, FaultNotice } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { isNewPasswordGood, NewPassword, noPassword } from './new-password.tsx';
import { SignInFrame } from './sign-in-frame.tsx';
import classes from './sign-in.module.css';

/** The first sign-in with a start password: nothing is done before it is replaced by one that nobody else knows. */
export function OwnPassword({
  description,
  officer,
  controls,
}: {
  description: StationDescription;
  officer: Officer;
  controls: ReactNode;
}) {
  const { t } = useWords();
  const { store } = useStation();
  const [typed, setTyped] = useState(noPassword);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const ready = isNewPasswordGood(typed, officer.officerId);
  const replace = async () => {
    if (!ready || busy) return;
    setBusy(true);
    setFault(undefined);
    const result = await store.replacePassword(typed.password);
    setTyped(noPassword);
    setBusy(false);
    if (!result.ok) setFault(result.fault);
  };
  return (
    <SignInFrame description={description} controls={controls} testId="own-password">
      <form
        className={classes.form}
        onSubmit={(event: SyntheticEvent) => {
          event.preventDefault();
          void replace();
        }}
      >
        <div>
          <h1 className={classes.title}>{t('ownPassword.title', { name: officer.name })}</h1>
          <p className={classes.subtitle}>{t('ownPassword.body')}</p>
        </div>
        <NewPassword officerId={officer.officerId} typed={typed} onType={setTyped} focus />
        {fault ? <FaultNotice fault={fault} testId="own-password-fault" /> : null}
        <div className={classes.ways}>
          <ActionButton
            rank="next"
            shortcut="F9"
            busy={busy}
            disabled={!ready}
            submits
            testId="own-password-set"
            onAct={() => {
              void replace();
            }}
          >
            {t('ownPassword.set')}
          </ActionButton>
          <ActionButton
            rank="plain"
            testId="sign-out"
            onAct={() => {
              void store.signOut();
            }}
          >
            {t('app.signOut')}
          </ActionButton>
        </div>
      </form>
    </SignInFrame>
  );
}
