import { TextInput } from '@mantine/core';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { StationDescription } from '../../../electron/shared/contract/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useCall } from '../../bridge/index.ts';
import { ActionButton, FaultNotice, isOfficerNumber } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { isNewPasswordGood, NewPassword, noPassword } from './new-password.tsx';
import { SignInFrame } from './sign-in-frame.tsx';
import classes from './sign-in.module.css';

/** No manager here can sign in: one of them chooses a new password, with a code of the bank's. */
export function ManagerCode({
  description,
  controls,
  onBack,
}: {
  description: StationDescription;
  controls: ReactNode;
  /** To the sign-in; with the officer's number where the password was replaced. */
  onBack: (officerId?: string) => void;
}) {
  const { t } = useWords();
  const readmit = useCall('officers.readmitManager');
  const [code, setCode] = useState('');
  const [officerId, setOfficerId] = useState('');
  const [typed, setTyped] = useState(noPassword);
  const [fault, setFault] = useState<Fault>();
  const ready = code.trim() !== '' && isOfficerNumber(officerId) && isNewPasswordGood(typed, officerId);

  const replace = async () => {
    if (!ready || readmit.busy) return;
    setFault(undefined);
    const result = await readmit.run({ code, officerId, password: typed.password });
    if (result.ok) onBack(officerId);
    else setFault(result.fault);
  };

  return (
    <SignInFrame description={description} controls={controls} testId="manager-code">
      <form
        className={`${classes.form} ${classes.wide}`}
        onSubmit={(event: SyntheticEvent) => {
          event.preventDefault();
          void replace();
        }}
      >
        <div>
          <h1 className={classes.title}>{t('managerCode.title')}</h1>
          <p className={classes.subtitle}>{t('managerCode.body')}</p>
        </div>
        <TextInput
          label={t('managerCode.code')}
          description={t('managerCode.codeBody', { stationId: description.stationNumber })}
          value={code}
          autoComplete="off"
          spellCheck={false}
          maxLength={60}
          autoFocus
          onChange={(event) => {
            setCode(event.currentTarget.value);
          }}
          data-testid="manager-code-code"
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
        {fault ? <FaultNotice fault={fault} testId="manager-code-fault" /> : null}
        <div className={classes.ways}>
          <ActionButton
            rank="next"
            shortcut="F9"
            busy={readmit.busy}
            disabled={!ready}
            submits
            testId="manager-code-set"
            onAct={() => {
              void replace();
            }}
          >
            {t('managerCode.set')}
          </ActionButton>
          <ActionButton
            rank="plain"
            testId="manager-code-back"
            onAct={() => {
              onBack();
            }}
          >
            {t('managerCode.back')}
          </ActionButton>
        </div>
      </form>
    </SignInFrame>
  );
}
