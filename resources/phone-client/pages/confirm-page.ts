import type { TransferOrder } from '../../../electron/shared/bank-api/card-messages.ts';
import type { Words } from '../text/words.ts';
import { element, icon } from './element.ts';
import type { Page } from './page.ts';

/** The transfer that waits at the bank: payee and amount large, everything that is signed below. */
export const confirmPage = (
  words: Words,
  order: TransferOrder,
  onDecision: (decision: 'confirm' | 'refuse') => Promise<void>,
): Page => {
  const { confirm } = words;
  const row = (label: string, value: string, kind = ''): HTMLElement =>
    element('div', {}, element('dt', {}, label), element('dd', { class: kind }, value));
  const yes = element('button', { type: 'button', class: 'primary' }, confirm.yes);
  const no = element('button', { type: 'button', class: 'secondary' }, confirm.no);
  const busy = element('p', { class: 'notice', role: 'status' });
  const decide = (decision: 'confirm' | 'refuse'): void => {
    yes.disabled = true;
    no.disabled = true;
    busy.replaceChildren(confirm.sending);
    onDecision(decision).catch(() => {
      busy.replaceChildren(icon('wrong'), confirm.failed);
      no.disabled = false;
    });
  };
  yes.addEventListener('click', () => {
    decide('confirm');
  });
  no.addEventListener('click', () => {
    decide('refuse');
  });
  return {
    body: element(
      'section',
      { class: 'confirm' },
      element('h1', {}, confirm.title),
      element(
        'dl',
        { class: 'order' },
        row(confirm.payee, order.payeeName, 'payee'),
        row(confirm.amount, money(order, words.tag), 'amount'),
        row(confirm.account, grouped(order.payee), 'serial'),
        row(confirm.payer, grouped(order.payer), 'serial'),
        ...(order.memo === '' ? [] : [row(confirm.memo, order.memo)]),
      ),
      element('p', { class: 'hint' }, confirm.hint),
      busy,
      yes,
      no,
    ),
    close: () => undefined,
  };
};

const money = ({ amount, currency }: TransferOrder, language: string): string =>
  new Intl.NumberFormat(language, { style: 'currency', currency }).format(amount / 100);

/** In fours, as it stands on paper. */
const grouped = (number: string): string => number.replace(/(.{4})(?=.)/g, '$1 ');
