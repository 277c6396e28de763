import { readFileSync, statSync } from 'node:fs';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { askAtTerminal } from './ask-at-terminal.ts';

export interface TypedComponent {
  readonly component: string;
  readonly checkValue: string;
  /** At a terminal its person says yes or no; elsewhere nobody is there to be asked. */
  confirm(checkValue: string): Promise<boolean>;
}

/**
 * A component and its check value: from a file or from what is piped in (hex digits, the last six of them the check
 * value), or asked of a person at the terminal, where neither is shown. Faults: key-component-wrong, bad-input
 * (interrupted).
 */
export const readComponent = async (
  file: string | undefined,
  expected: string | undefined,
): Promise<Result<TypedComponent>> => {
  if (file !== undefined && (statSync(file).mode & 0o077) !== 0)
    return fail('key-component-wrong', { reason: 'file-mode' });
  if (file === undefined && process.stdin.isTTY) return askPerson(expected);
  const digits = (file === undefined ? await readPiped() : readFileSync(file, 'utf8')).replaceAll(/\s/g, '');
  return ok({
    component: digits.slice(0, -CHECK_VALUE_DIGITS),
    checkValue: digits.slice(-CHECK_VALUE_DIGITS),
    confirm: (found) => Promise.resolve(expected === undefined || isSame(found, expected)),
  });
};

const CHECK_VALUE_DIGITS = 6;

const askPerson = async (expected: string | undefined): Promise<Result<TypedComponent>> => {
  const component = await askAtTerminal(
    'Component, hex digits, not shown (分量，十六进制，不显示): ',
    'hidden',
  );
  if (component === undefined) return interrupted();
  const checkValue = await askAtTerminal('Its check value, 6 digits (分量校验值，6 位): ', 'shown');
  if (checkValue === undefined) return interrupted();
  return ok({
    component,
    checkValue,
    async confirm(found) {
      process.stderr.write(`Check value of the key (密钥校验值): ${found}\n`);
      if (expected !== undefined) return isSame(found, expected);
      const answer = await askAtTerminal('Is it the one on paper? (与纸面一致？) yes/no: ', 'shown');
      return answer?.trim().toLowerCase() === 'yes';
    },
  });
};

const isSame = (one: string, other: string): boolean => one === other.replaceAll(/\s/g, '').toUpperCase();

const interrupted = (): Result<never> => fail('bad-input', { field: 'component', reason: 'interrupted' });

const readPiped = async (): Promise<string> => {
  let text = '';
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
};
