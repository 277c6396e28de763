import type { Locale } from './words/index.ts';

/** Digits after the point of the currencies that are traded here. */
const decimals: Readonly<Record<string, number>> = { CNY: 2, EUR: 2, USD: 2, HKD: 2, JPY: 0 };

export const formatMoney = (locale: Locale, amount: number, currency: string): string =>
  new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'symbol' }).format(
    amount / 10 ** (decimals[currency] ?? 2),
  );

/** What a person typed (`1,234.5`, `１２３４`) in the smallest unit; undefined when it is no amount. */
export const parseMoney = (typed: string, currency: string): number | undefined => {
  const plain = typed.normalize('NFKC').replaceAll(/[\s,]/g, '');
  const places = decimals[currency] ?? 2;
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(plain);
  if (!match || (match[2]?.length ?? 0) > places) return undefined;
  const amount = Number(match[1]) * 10 ** places + Number((match[2] ?? '').padEnd(places, '0') || '0');
  return amount > 0 ? amount : undefined;
};

/** Grouped in fours, as it is printed on a card. */
export const formatAccount = (account: string): string => account.replaceAll(/(.{4})(?=.)/g, '$1 ');

/** Only the end, for lists and receipts. */
export const maskAccount = (account: string): string => `•••• ${account.slice(-4)}`;

/** Digits of what a person typed; undefined when it is no account number. */
export const parseAccount = (typed: string): string | undefined => {
  const plain = typed.normalize('NFKC').replaceAll(/[\s-]/g, '');
  return /^\d{10,24}$/.test(plain) ? plain : undefined;
};

/** E.164 of what a person typed; Chinese mobile numbers may be written without +86. */
export const parsePhone = (typed: string): string | undefined => {
  const plain = typed.normalize('NFKC').replaceAll(/[\s()-]/g, '');
  if (/^1\d{10}$/.test(plain)) return `+86${plain}`;
  return /^\+\d{6,15}$/.test(plain) ? plain : undefined;
};

/** As people write it: +86 138 0010 0001. */
export const formatPhone = (phoneNumber: string): string =>
  phoneNumber.replace(/^(\+86)(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3 $4');
