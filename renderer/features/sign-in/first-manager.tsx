import { TextInput } from '@mantine/core';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { StationDescription } from '../../../electron/shared/contract/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useStation } from '../../bridge/index.ts';
import { ActionButton, FaultNotice, isOfficerNumber, OfficerFields } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { isNewPasswordGood, NewPassword, noPassword } from './new-password.tsx';
import { SignInFrame } from './sign-in-frame.tsx';
import classes from './sign-in.module.css';

/** Nobody can sign in yet: whoever installs the station enters its first manager, with the bank's code. Once. */
export function FirstManager({
  description,
  controls,
}: {
  description: StationDescription;
  controls: ReactNode;
}) {
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
    if (!ready || busy) return;
    setBusy(true);
    setFault(undefined);
    const result = await store.enterFirst({ code, officerId, name: name.trim(), password: typed.password });
    setBusy(false);
    if (!result.ok) setFault(result.fault);
  };

  return (
    <SignInFrame description={description} controls={controls} testId="first-manager">
      <form
        className={`${classes.form} ${classes.wide}`}
        onSubmit={(event: SyntheticEvent) => {
          event.preventDefault();
          void enter();
        }}
      >
        <div>
          <h1 className={classes.title}>{t('firstManager.title')}</h1>
          <p className={classes.subtitle}>{t('firstManager.body')}</p>
        </div>
        <TextInput
          label={t('firstManager.code')}
          description={t('firstManager.codeBody', { stationId: description.stationNumber })}
          value={code}
          autoComplete="off"
          spellCheck={false}
          maxLength={60}
          autoFocus
          onChange={(event) => {
            setCode(event.currentTarget.value);
          }}
          data-testid="first-code"
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
        {fault ? <FaultNotice fault={fault} testId="first-fault" /> : null}
        <ActionButton
          rank="next"
          shortcut="F9"
          busy={busy}
          disabled={!ready}
          submits
          testId="first-enter"
          onAct={() => {
            void enter();
          }}
        >
          {t('firstManager.enter')}
        </ActionButton>
      </form>
    </SignInFrame>
  );
}
