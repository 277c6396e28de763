import type { BankChoice } from '../credential/bank-choices.ts';
import type { Words } from '../text/words.ts';
import { initialOf } from './card-drawing.ts';
import { element, icon } from './element.ts';
import type { Page } from './page.ts';

/** In the address of a client that was opened from the start page: so it knows the way back. */
export const fromStartPage = '#banks';

/** S4, 101: the banks on this card, each with its client beside this page. */
export const chooseBankPage = (words: Words, banks: readonly BankChoice[]): Page => {
  const { chooseBank } = words;
  const list = element(
    'ul',
    { class: 'banks' },
    ...banks.map((bank) => {
      const [name, other] = namesIn(words, bank);
      return element(
        'li',
        {},
        element(
          'a',
          { href: `${bank.bankId}/client.html${fromStartPage}`, class: 'bank-choice' },
          element('span', { class: 'seal', 'aria-hidden': 'true' }, initialOf(bank.bankName)),
          element(
            'span',
            { class: 'names' },
            element('strong', {}, name),
            ...(other === undefined ? [] : [element('span', { class: 'other-name' }, other)]),
            element(
              'span',
              { class: 'card-number' },
              `${words.cardNumber} `,
              element('span', { class: 'serial' }, bank.cardId),
            ),
          ),
          icon('go'),
        ),
      );
    }),
  );
  return {
    body: element(
      'section',
      { class: 'choose-bank' },
      element('h1', {}, chooseBank.title),
      element('p', {}, banks.length === 0 ? chooseBank.none : chooseBank.text),
      list,
      ...(banks.length === 0 ? [] : [element('p', { class: 'hint' }, chooseBank.hint)]),
    ),
    close: () => undefined,
  };
};

/** The bank's name in this language, and the other one where it has two. */
const namesIn = (words: Words, { bankName, bankNameLatin }: BankChoice): [string, string | undefined] => {
  if (bankNameLatin === undefined || bankNameLatin === bankName) return [bankName, undefined];
  return words.tag === 'en' ? [bankNameLatin, bankName] : [bankName, bankNameLatin];
};
