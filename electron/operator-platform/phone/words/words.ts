import type { ResponseCode } from '../../../shared/operator-api/index.ts';

export type Locale = 'zh-CN' | 'en';

/** Everything the phone's pages say. */
export interface PhoneWords {
  readonly otherLanguage: string;
  readonly training: string;
  readonly service: string;
  readonly phone: string;
  readonly goHome: string;
  readonly cancel: string;
  readonly next: string;
  readonly step: (at: number, of: number) => string;

  readonly choose: { readonly title: string; readonly lead: string; readonly use: string };
  readonly home: {
    readonly title: string;
    readonly lead: string;
    readonly registered: string;
    readonly notRegistered: string;
    readonly transfer: string;
    readonly register: string;
    readonly leave: string;
  };
  readonly register: {
    readonly title: string;
    readonly lead: (bank: string) => string;
    readonly sim: string;
    readonly number: string;
    readonly submit: string;
    readonly done: string;
    readonly badNumber: string;
    readonly otherNumber: string;
  };
  readonly payee: { readonly title: string; readonly lead: string; readonly account: string };
  readonly payer: {
    readonly title: string;
    readonly check: string;
    readonly checkHint: string;
    readonly account: string;
    readonly password: string;
    readonly passwordHint: string;
    readonly submit: string;
  };
  readonly amount: { readonly title: string; readonly from: string; readonly amount: string };
  readonly confirm: {
    readonly title: string;
    readonly to: string;
    readonly nameEnds: (character: string) => string;
    readonly from: string;
    readonly fee: string;
    readonly noFee: string;
    readonly submit: string;
  };
  readonly done: {
    readonly title: string;
    readonly receipt: string;
    readonly time: string;
    readonly again: string;
  };
  readonly ended: { readonly title: string; readonly cancelled: string };
  readonly waiting: {
    readonly title: string;
    readonly lead: string;
    readonly confirmLead: string;
    readonly again: string;
  };
  readonly typed: { readonly account: string; readonly password: string; readonly amount: string };
  readonly problem: {
    readonly title: string;
    readonly expired: string;
    readonly noKeys: string;
    readonly notFound: string;
    readonly broken: string;
    readonly unreachable: string;
  };
  readonly triesLeft: (tries: number) => string;
  /** The network's standard wording, and what it means for the customer. */
  readonly codes: Readonly<Record<ResponseCode, { readonly standard: string; readonly advice: string }>>;
}
