import { useState } from 'react';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useStation } from '../../bridge/index.ts';
import { isOfficerNumber, OfficerFields } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { BankCode } from './bank-code.tsx';
import { isNewPasswordGood, NewPassword, noPassword } from './new-password.tsx';
import { SignInForm, type SignInPlace } from './sign-in-form.tsx';
import classes from './sign-in.module.css';

/** Nobody can sign in yet: whoever installs the station enters its first manager, with the bank's code. Once. */
export function FirstManager(place: SignInPlace) {
  const { t } = useWords();
  const { store } = useStation();
  const [code, setCode] = useState('');
  const [officerId, setOfficerId] = useState('');
  const [name, setName] = useState('');
  const [typed, setTyped] = useState(noPassword);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const ready =
    code.trim() !== '' &&
    isOfficerNumber(officerId) &&
    name.trim() !== '' &&
    isNewPasswordGood(typed, officerId);

  const enter = async () => {
    setBusy(true);
    setFault(undefined);
    const result = await store.enterFirst({ code, officerId, name: name.trim(), password: typed.password });
    setBusy(false);
    if (!result.ok) setFault(result.fault);
  };

  return (
    <SignInForm
      place={place}
      form="first-manager"
      title={t('firstManager.title')}
      body={t('firstManager.body')}
      wide
      fault={fault}
      ready={ready}
      busy={busy}
      verb={t('firstManager.enter')}
      onSet={() => {
        void enter();
      }}
    >
      <BankCode
        label={t('firstManager.code')}
        description={t('firstManager.codeBody', { stationId: place.description.stationNumber })}
        code={code}
        onCode={setCode}
        testId="first-code"
      />
      <div className={classes.pair}>
        <OfficerFields
          form="first"
          officerId={officerId}
          onOfficerId={setOfficerId}
          name={name}
          onName={setName}
        />
      </div>
      <div className={classes.pair}>
        <NewPassword officerId={officerId} typed={typed} onType={setTyped} beside />
      </div>
    </SignInForm>
  );
}
