import { useState } from 'react';
import type { Officer } from '../../../electron/shared/domain/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useStation } from '../../bridge/index.ts';
import { ActionButton } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { isNewPasswordGood, NewPassword, noPassword } from './new-password.tsx';
import { SignInForm, type SignInPlace } from './sign-in-form.tsx';

/** The first sign-in with a start password: nothing is done before it is replaced by one that nobody else knows. */
export function OwnPassword({ officer, ...place }: SignInPlace & { officer: Officer }) {
  const { t } = useWords();
  const { store } = useStation();
  const [typed, setTyped] = useState(noPassword);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const ready = isNewPasswordGood(typed, officer.officerId);
  const replace = async () => {
    setBusy(true);
    setFault(undefined);
    const result = await store.replacePassword(typed.password);
    setTyped(noPassword);
    setBusy(false);
    if (!result.ok) setFault(result.fault);
  };
  return (
    <SignInForm
      place={place}
      form="own-password"
      title={t('ownPassword.title', { name: officer.name })}
      body={t('ownPassword.body')}
      fault={fault}
      ready={ready}
      busy={busy}
      verb={t('ownPassword.set')}
      onSet={() => {
        void replace();
      }}
      other={
        <ActionButton
          rank="plain"
          testId="sign-out"
          onAct={() => {
            void store.signOut();
          }}
        >
          {t('app.signOut')}
        </ActionButton>
      }
    >
      <NewPassword officerId={officer.officerId} typed={typed} onType={setTyped} focus />
    </SignInForm>
  );
}
