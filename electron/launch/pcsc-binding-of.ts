import type { BindingChoice } from '../../native/drivers/index.ts';

/** CARDWRIGHT_PCSC: which package speaks PC/SC. Without it, or with a name that none has, the first that was built. */
export function pcscBindingOf(environment: Readonly<Record<string, string | undefined>>): {
  readonly choice: BindingChoice;
  /** What the setting said, when nothing is called so. */
  readonly ignored?: string;
} {
  const told = environment.CARDWRIGHT_PCSC;
  if (told === undefined || told === '') return { choice: 'automatic' };
  const choice = choices.find((each) => each === told);
  return choice === undefined ? { choice: 'automatic', ignored: told } : { choice };
}

const choices: readonly BindingChoice[] = ['automatic', 'pcsclite', 'smartcard'];
