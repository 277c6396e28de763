import { Button } from '@mantine/core';
import { useEffect, useRef, useState, type SyntheticEvent } from 'react';
import { KeyHint, StateMark, type Mark } from '../widgets/index.ts';
import { useWords } from '../words/index.ts';
import classes from './password-question.module.css';
import { QuestionLayout } from './question-layout.tsx';
import { passwordLength, passwordStrength, type PasswordStrength } from './secret-rules.ts';

/** The login password, masked, with its strength in words. The field is emptied as it goes on. */
export function PasswordQuestion({
  round,
  position,
  notice,
  loginName,
  onProgress,
  onEntered,
  testId,
}: {
  round: 'first' | 'again';
  position: string;
  notice: string | undefined;
  loginName: string;
  onProgress: (typed: number) => void;
  onEntered: (password: string) => void;
  testId: string;
}) {
  const { t } = useWords();
  // Not controlled by React: what is typed stays in the field and in no state.
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(0);
  const [strength, setStrength] = useState<PasswordStrength>('short');
  const first = round === 'first';
  const good = first ? strength !== 'short' && strength !== 'weak' : typed >= passwordLength.least;

  useEffect(() => {
    field.current?.focus();
  }, []);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const input = field.current;
    if (!input || !good) return;
    const password = input.value;
    input.value = '';
    setTyped(0);
    setStrength('short');
    onEntered(password);
  };

  return (
    <QuestionLayout
      testId={testId}
      position={position}
      title={t(first ? 'customer.loginPassword.title' : 'customer.loginPassword.repeatTitle')}
      body={
        first
          ? t('customer.loginPassword.body', { login: loginName })
          : t('customer.loginPassword.repeatBody')
      }
      notice={notice}
      answer={
        <form className={classes.form} onSubmit={submit} autoComplete="off">
          <input
            ref={field}
            className={classes.input}
            type="password"
            aria-label={t(first ? 'customer.loginPassword.label' : 'customer.loginPassword.repeatLabel')}
            maxLength={passwordLength.most}
            autoComplete="off"
            spellCheck={false}
            onInput={(event) => {
              const { value } = event.currentTarget;
              setTyped(value.length);
              setStrength(passwordStrength(value, loginName));
              onProgress(value.length);
            }}
            data-testid={first ? 'login-password' : 'login-password-again'}
          />
          <Button
            type="submit"
            size="xl"
            disabled={!good}
            data-testid="password-next"
            className={classes.next ?? ''}
          >
            {t('customer.next')}
            <span className={classes.hint}>
              <KeyHint keys="↵" on={good ? 'accent' : 'paper'} />
            </span>
          </Button>
          {first ? (
            <p className={classes.strength} role="status" data-strength={strength} data-testid="strength">
              <StateMark mark={typed === 0 ? 'waiting' : marks[strength]} size={22} />
              {strength === 'short'
                ? t('customer.loginPassword.strength.short', { count: passwordLength.least - typed })
                : t(`customer.loginPassword.strength.${strength}`)}
            </p>
          ) : null}
        </form>
      }
    />
  );
}

const marks: Readonly<Record<PasswordStrength, Mark>> = {
  short: 'waiting',
  weak: 'careful',
  fair: 'good',
  good: 'good',
  strong: 'good',
};
