import type { Card } from '../credential/load-card.ts';
import type { Words } from '../text/words.ts';
import { element, icon } from './element.ts';
import type { Page } from './page.ts';

/** How a visit to the bank ended, or where it waits for its customer. */
export interface Said {
  readonly kind:
    | 'booked'
    | 'refused'
    | 'expired'
    | 'not-taken'
    | 'no-answer'
    | 'silent'
    | 'other-phone'
    | 'untrusted'
    | 'answer-refused'
    | 'void'
    | 'sign-on-late'
    | 'sign-on-refused';
  readonly orderId?: string;
  readonly receiptNumber?: string;
  /** Before the card becomes void. */
  readonly triesLeft?: number;
  /** The bank's word for why, for its staff. */
  readonly code?: string;
  /** What the first button does. */
  readonly again?: () => Promise<void>;
}

export const saidPage = (words: Words, card: Card, said: Said, onStartAgain: () => void): Page => {
  const { title, text, button } = words.said[said.kind];
  const good = said.kind === 'booked';
  const stop = ['untrusted', 'other-phone', 'void'].includes(said.kind);
  const actions: HTMLElement[] = [];
  const { again, orderId } = said;
  if (again !== undefined && button !== undefined) {
    const first = element('button', { type: 'button', class: 'primary' }, button);
    first.addEventListener('click', () => {
      first.disabled = true;
      again().catch(() => {
        first.disabled = false;
      });
    });
    actions.push(first);
  }
  // The bank's page leads on to the order, where its own session is known again.
  const bankPage = card.userInfo.portalOrigin + (orderId === undefined ? '' : `/back/${orderId}`);
  if (orderId !== undefined || said.kind === 'silent')
    actions.push(
      element(
        'a',
        { class: good ? 'primary' : 'secondary', href: bankPage, rel: 'noreferrer' },
        words.backToBank,
      ),
    );
  const start = element('button', { type: 'button', class: 'secondary' }, words.startAgain);
  start.addEventListener('click', onStartAgain);
  return {
    body: element(
      'section',
      { class: `problem ${good ? 'good' : stop ? '' : 'careful'}`, role: 'status' },
      element('div', { class: 'sign' }, icon(good ? 'done' : stop ? 'stop' : 'wait')),
      element('h1', {}, title),
      element('p', {}, text),
      ...(said.receiptNumber === undefined
        ? []
        : [
            element(
              'p',
              { class: 'remedy' },
              `${words.receiptNumber} `,
              element('span', { class: 'serial' }, said.receiptNumber),
            ),
          ]),
      ...(said.triesLeft === undefined
        ? []
        : [element('p', { class: 'remedy' }, words.triesLeft(said.triesLeft))]),
      element('div', { class: 'actions' }, ...actions, start),
      ...(said.code === undefined ? [] : [element('p', { class: 'details' }, words.details(said.code))]),
    ),
    close: () => undefined,
  };
};
