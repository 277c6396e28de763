import type { Card } from '../credential/load-card.ts';
import type { Words } from '../text/words.ts';
import { element } from './element.ts';

/** The SD card in the customer's hand: whose bank, which login, which card. */
export const cardDrawing = (words: Words, card: Card): HTMLElement => {
  const { bankName, loginName, cardId } = card.userInfo;
  return element(
    'section',
    { class: 'card' },
    element(
      'div',
      { class: 'bank' },
      element('span', { class: 'seal', 'aria-hidden': 'true' }, initialOf(bankName)),
      element('h1', {}, bankName),
    ),
    element(
      'dl',
      {},
      element('div', {}, element('dt', {}, words.loginName), element('dd', { class: 'login' }, loginName)),
      element('div', {}, element('dt', {}, words.cardNumber), element('dd', { class: 'serial' }, cardId)),
    ),
  );
};

/** The first character; Chinese names are told apart by it. */
export const initialOf = (name: string): string => String.fromCodePoint(name.codePointAt(0) ?? 0x25c7);
