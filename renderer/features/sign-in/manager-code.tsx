import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, isOfficerNumber } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { BankCode } from './bank-code.tsx';
import { isNewPasswordGood, NewPassword, noPassword } from './new-password.tsx';
import { SignInForm, type SignInPlace } from './sign-in-form.tsx';
import classes from './sign-in.module.css';

/**
 * No manager here can sign in: one of them chooses a new password, or a successor comes, with a code of the bank's.
 */
export function ManagerCode({
  onBack,
  ...place
}: SignInPlace & {
  /** To the sign-in; with the officer's number where there is a new password. */
  onBack: (officerId?: string) => void;
}) {
  const { t } = useWords();
  const readmit = useCall('officers.readmitManager');
  const [code, setCode] = useState('');
  const [officerId, setOfficerId] = useState('');
  const [typed, setTyped] = useState(noPassword);
  const ready = code.trim() !== '' && isOfficerNumber(officerId) && isNewPasswordGood(typed, officerId);

  return (
    <SignInForm
      place={place}
      form="manager-code"
      title={t('managerCode.title')}
      body={t('managerCode.body')}
      wide
      fault={readmit.fault}
      ready={ready}
      busy={readmit.busy}
      verb={t('managerCode.set')}
      onSet={() => {
        void readmit.run({ code, officerId, password: typed.password }).then((result) => {
          if (result.ok) onBack(officerId);
        });
      }}
      other={
        <ActionButton
          rank="plain"
          testId="manager-code-back"
          onAct={() => {
            onBack();
          }}
        >
          {t('managerCode.back')}
        </ActionButton>
      }
    >
      <BankCode
        label={t('managerCode.code')}
        description={t('managerCode.codeBody', { stationId: place.description.stationNumber })}
        code={code}
        onCode={setCode}
        testId="manager-code-code"
      />
      <TextInput
        label={t('managerCode.officerId')}
        value={officerId}
        autoComplete="off"
        maxLength={40}
        onChange={(event) => {
          setOfficerId(event.currentTarget.value.trim());
        }}
        data-testid="manager-code-officer"
      />
      <div className={classes.pair}>
        <NewPassword officerId={officerId} typed={typed} onType={setTyped} beside />
      </div>
    </SignInForm>
  );
}
