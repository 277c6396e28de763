import type { ReactNode, SyntheticEvent } from 'react';
import type { StationDescription } from '../../../electron/shared/contract/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { ActionButton, FaultNotice } from '../../widgets/index.ts';
import { SignInFrame } from './sign-in-frame.tsx';
import classes from './sign-in.module.css';

/** What each form in the place of the sign-in is given. */
export interface SignInPlace {
  readonly description: StationDescription;
  /** Language and theme. */
  readonly controls: ReactNode;
}

/** Fields, and one way on: Enter, F9 and the button do the same. */
export function SignInForm({
  place,
  form,
  title,
  body,
  wide = false,
  children,
  fault,
  ready,
  busy,
  verb,
  onSet,
  other,
}: {
  place: SignInPlace;
  /** Begins the test ids. */
  form: 'first-manager' | 'manager-code' | 'own-password';
  title: string;
  body: string;
  /** Two fields beside each other have room. */
  wide?: boolean;
  children: ReactNode;
  fault: Fault | undefined;
  ready: boolean;
  busy: boolean;
  verb: string;
  onSet: () => void;
  /** Another way than on. */
  other?: ReactNode;
}) {
  const set = () => {
    if (ready && !busy) onSet();
  };
  return (
    <SignInFrame {...place} testId={form}>
      <form
        className={wide ? `${classes.form} ${classes.wide}` : classes.form}
        onSubmit={(event: SyntheticEvent) => {
          event.preventDefault();
          set();
        }}
      >
        <div>
          <h1 className={classes.title}>{title}</h1>
          <p className={classes.subtitle}>{body}</p>
        </div>
        {children}
        {fault ? <FaultNotice fault={fault} testId={`${form}-fault`} /> : null}
        <div className={classes.ways}>
          <ActionButton
            rank="next"
            shortcut="F9"
            busy={busy}
            disabled={!ready}
            submits
            testId={`${form}-set`}
            onAct={set}
          >
            {verb}
          </ActionButton>
          {other}
        </div>
      </form>
    </SignInFrame>
  );
}
