import type { ClientProblem } from '../client-problem.ts';
import type { Said } from '../pages/said-page.ts';

/** Everything this client says. One object per language, so that a missing sentence does not compile. */
export interface Words {
  /** BCP 47, for the page and for dates. */
  readonly tag: string;
  /** What the switch to this language says. */
  readonly name: string;
  readonly title: (bankName: string) => string;
  readonly switchLanguage: string;
  readonly phoneBank: string;
  readonly loginName: string;
  readonly cardNumber: string;
  readonly pinTitle: string;
  readonly pinHint: string;
  readonly digitsEntered: (count: number) => string;
  readonly clearAll: string;
  readonly deleteLast: string;
  readonly signIn: string;
  readonly recogniseTitle: string;
  readonly recognise: (loginName: string) => string;
  readonly version: (version: string) => string;
  readonly pinTooShort: string;
  readonly pinWrong: string;
  readonly waitTitle: string;
  readonly waitText: string;
  readonly checkingPin: string;
  readonly checkingPinSlowly: (percent: number) => string;
  readonly signing: string;
  readonly openingTitle: string;
  readonly opening: (host: string) => string;
  readonly signed: string;
  readonly startAgain: string;
  readonly asking: string;
  readonly confirm: {
    readonly title: string;
    readonly payee: string;
    readonly amount: string;
    readonly account: string;
    readonly payer: string;
    readonly memo: string;
    readonly hint: string;
    readonly yes: string;
    readonly no: string;
    readonly sending: string;
    readonly failed: string;
  };
  readonly signOn: {
    readonly certificateGood: (bankName: string) => string;
    /** ISO 8601 of the login before; null: there was none. */
    readonly before: (at: string | null) => string;
    readonly password: string;
    readonly hint: string;
    readonly empty: string;
    readonly wrong: (triesLeft: number) => string;
    readonly wait: (seconds: number) => string;
    readonly answering: string;
  };
  readonly chooseBank: {
    readonly title: string;
    readonly text: string;
    readonly hint: string;
    readonly none: string;
  };
  readonly otherBanks: string;
  readonly triesLeft: (count: number) => string;
  readonly said: Readonly<Record<Said['kind'], SaidWords>>;
  readonly receiptNumber: string;
  readonly backToBank: string;
  readonly problem: (problem: ClientProblem, date: (date: Date) => string) => ProblemWords;
  readonly details: (code: string) => string;
}

/** What happened – what it means – what to do now. */
export interface ProblemWords {
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
}

export interface SaidWords {
  readonly title: string;
  readonly text: string;
  /** Of the first button, where there is something to do. */
  readonly button?: string;
}
