import { PasswordInput } from '@mantine/core';
import { officerPasswordLength, passwordFlaw } from '../../../electron/shared/domain/index.ts';
import { useWords } from '../../words/index.ts';

export interface NewPasswordTyped {
  readonly password: string;
  readonly again: string;
}

export const noPassword: NewPasswordTyped = { password: '', again: '' };

/** The station would take it; it looks again. */
export const isNewPasswordGood = ({ password, again }: NewPasswordTyped, officerId: string): boolean =>
  password === again && passwordFlaw(password, officerId, officerPasswordLength) === undefined;

/** An officer's own password, twice, and what is wrong with it as soon as it is long enough to say so. */
export function NewPassword({
  officerId,
  typed,
  onType,
  focus = false,
  beside = false,
}: {
  officerId: string;
  typed: NewPasswordTyped;
  onType: (typed: NewPasswordTyped) => void;
  focus?: boolean;
  /** The two stand in one row, on one line. */
  beside?: boolean;
}) {
  const { t } = useWords();
  const { password, again } = typed;
  const flaw = officerId === '' ? undefined : passwordFlaw(password, officerId, officerPasswordLength);
  const isShown = flaw !== undefined && flaw !== 'too-short' && password !== '';
  const differs = again.length >= password.length && again !== password;
  return (
    <>
      <PasswordInput
        label={t('newPassword.label')}
        description={t('newPassword.rule', { least: officerPasswordLength.least })}
        value={password}
        autoComplete="new-password"
        maxLength={officerPasswordLength.most}
        autoFocus={focus}
        error={isShown ? t(`newPassword.flaw.${flaw}`) : undefined}
        onChange={(event) => {
          onType({ password: event.currentTarget.value, again });
        }}
        data-testid="new-password"
      />
      <PasswordInput
        label={t('newPassword.again')}
        description={beside ? t('newPassword.againBody') : undefined}
        value={again}
        autoComplete="new-password"
        maxLength={officerPasswordLength.most}
        error={again !== '' && differs ? t('newPassword.differ') : undefined}
        onChange={(event) => {
          onType({ password, again: event.currentTarget.value });
        }}
        data-testid="new-password-again"
      />
    </>
  );
}
