import type { CustomerPrompt } from '../../electron/shared/contract/index.ts';

export type SecretsPrompt = Extract<CustomerPrompt, { kind: 'enter-secrets' }>;
export type SecretField = SecretsPrompt['fields'][number];

/** One screen. A new secret is asked twice; the second time it is compared with the first. */
export interface Question {
  readonly field: SecretField;
  readonly round: 'first' | 'again';
  /** Its number among the fields, for people. */
  readonly number: number;
}

/** The card PIN comes last: it is the only one that cannot be sealed at once, so it is held the shortest. */
const order: readonly SecretField[] = ['account-pin', 'login-password', 'card-pin'];

export function questionsFor(fields: readonly SecretField[]): readonly Question[] {
  return order
    .filter((field) => fields.includes(field))
    .flatMap((field, index): readonly Question[] =>
      field === 'account-pin'
        ? [{ field, round: 'first', number: index + 1 }]
        : [
            { field, round: 'first', number: index + 1 },
            { field, round: 'again', number: index + 1 },
          ],
    );
}
