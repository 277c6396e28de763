import type { FaultCode } from '../../shared/result/index.ts';
import type { Language } from './words.ts';

/** Why a transfer cannot be placed or was not booked. */
export type TransferProblem =
  | Extract<
      FaultCode,
      | 'payee-mismatch'
      | 'insufficient-funds'
      | 'transfer-limit-exceeded'
      | 'transfer-not-possible'
      | 'account-closed'
      | 'order-unknown'
    >
  | 'amount'
  | 'payee';

export interface TransferWords {
  readonly back: string;
  readonly history: {
    readonly open: string;
    readonly title: string;
    readonly available: (amount: string) => string;
    readonly none: string;
    readonly older: string;
    readonly opening: string;
    readonly from: string;
    readonly to: string;
  };
  readonly transfer: {
    readonly open: string;
    readonly title: string;
    readonly text: string;
    readonly payer: string;
    readonly payee: string;
    readonly payeeName: string;
    readonly payeeNameHint: string;
    readonly amount: string;
    readonly memo: string;
    readonly memoHint: string;
    readonly next: string;
    readonly problems: Readonly<Record<TransferProblem, string>>;
  };
  readonly confirm: {
    readonly title: string;
    readonly text: string;
    readonly steps: readonly string[];
    readonly waiting: (until: string) => string;
    readonly look: string;
    readonly cancel: string;
  };
  readonly receipt: {
    readonly title: string;
    readonly number: string;
    readonly bookedAt: string;
    readonly signature: string;
    readonly signedBy: (keyId: string) => string;
  };
  readonly ended: {
    readonly refused: string;
    readonly expired: string;
    readonly nothing: string;
    readonly again: string;
  };
}

const zhCn: TransferWords = {
  back: '返回主菜单',
  history: {
    open: '查看明细',
    title: '账户明细',
    available: (amount) => `现在可转出 ${amount}`,
    none: '还没有交易。',
    older: '更早的交易',
    opening: '开户余额',
    from: '来自',
    to: '转往',
  },
  transfer: {
    open: '转账',
    title: '转账',
    text: '填写后由您的卡签名确认。签名之前不会转出任何款项。',
    payer: '付款账户',
    payee: '收款账号',
    payeeName: '收款人姓名',
    payeeNameHint: '须与账户户名一致',
    amount: '金额',
    memo: '附言',
    memoHint: '可不填',
    next: '下一步',
    problems: {
      'payee-mismatch': '收款账号与姓名不符。请与收款人核对，没有转出任何款项。',
      'insufficient-funds': '账户余额不足。请减少金额或换一个账户。',
      'transfer-limit-exceeded': '金额超过账户限额。请减少金额，或到网点提高限额。',
      'transfer-not-possible': '这两个账户之间不能转账：账户相同，或币种不同。',
      'account-closed': '其中一个账户已销户，不能转账。',
      'order-unknown': '这笔转账已不在等待确认，请重新填写。',
      amount: '请输入金额，例如 128.50。',
      payee: '请输入收款账号和收款人姓名。',
    },
  },
  confirm: {
    title: '请用您的卡确认',
    text: '请在卡上核对下列内容。卡上显示的与这里不同时，请不要确认。',
    steps: ['再次打开卡上的 client.html', '输入卡密码', '核对收款人和金额，然后确认'],
    waiting: (until) => `等待确认，${until} 前有效。`,
    look: '我已在卡上确认',
    cancel: '取消这笔转账',
  },
  receipt: {
    title: '转账成功',
    number: '回单编号',
    bookedAt: '记账时间',
    signature: '本行签名',
    signedBy: (keyId) => `签名密钥 ${keyId}`,
  },
  ended: {
    refused: '这笔转账没有办理',
    expired: '这笔转账已超过时限',
    nothing: '没有转出任何款项。',
    again: '重新填写',
  },
};

const en: TransferWords = {
  back: 'Back to the menu',
  history: {
    open: 'Movements',
    title: 'Movements',
    available: (amount) => `${amount} can be sent now`,
    none: 'Nothing has been booked yet.',
    older: 'Earlier movements',
    opening: 'Opening balance',
    from: 'From',
    to: 'To',
  },
  transfer: {
    open: 'Transfer',
    title: 'Transfer',
    text: 'Your card confirms it with a signature. Nothing leaves your account before that.',
    payer: 'From account',
    payee: 'Payee’s account number',
    payeeName: 'Payee’s name',
    payeeNameHint: 'As the account bears it',
    amount: 'Amount',
    memo: 'Message',
    memoHint: 'Optional',
    next: 'Continue',
    problems: {
      'payee-mismatch':
        'Account number and name do not belong together. Compare them with the payee; nothing was sent.',
      'insufficient-funds':
        'The account does not hold this amount. Choose a smaller amount or another account.',
      'transfer-limit-exceeded':
        'The amount is above the account’s limit. Choose a smaller amount, or raise the limit at a branch.',
      'transfer-not-possible':
        'These two accounts cannot pay each other: they are the same, or hold different currencies.',
      'account-closed': 'One of the two accounts is closed.',
      'order-unknown': 'This transfer is not waiting any more. Fill it in again.',
      amount: 'Enter an amount, for example 128.50.',
      payee: 'Enter the payee’s account number and name.',
    },
  },
  confirm: {
    title: 'Confirm with your card',
    text: 'Compare this with what your card shows. If they differ, do not confirm.',
    steps: [
      'Open client.html on your card once more',
      'Enter your card PIN',
      'Compare payee and amount, then confirm',
    ],
    waiting: (until) => `Waiting for your card until ${until}.`,
    look: 'I have confirmed on my card',
    cancel: 'Cancel this transfer',
  },
  receipt: {
    title: 'Transfer booked',
    number: 'Receipt number',
    bookedAt: 'Booked',
    signature: 'The bank’s signature',
    signedBy: (keyId) => `Signing key ${keyId}`,
  },
  ended: {
    refused: 'This transfer was not made',
    expired: 'The time for this transfer is up',
    nothing: 'Nothing left your account.',
    again: 'Fill it in again',
  },
};

export const transferWordsIn: Readonly<Record<Language, TransferWords>> = { 'zh-CN': zhCn, en };
