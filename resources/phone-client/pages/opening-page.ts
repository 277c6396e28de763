import type { Card } from '../credential/load-card.ts';
import type { Words } from '../text/words.ts';
import { cardDrawing } from './card-drawing.ts';
import { element, icon } from './element.ts';
import type { Page } from './page.ts';

/** Shown while the browser goes to the bank; it stays when the network does not answer. */
export const openingPage = (words: Words, card: Card, onStartAgain: () => void): Page => {
  const again = element('button', { type: 'button', class: 'secondary' }, words.startAgain);
  again.addEventListener('click', onStartAgain);
  return {
    body: element(
      'div',
      { class: 'opening' },
      cardDrawing(words, card),
      element(
        'section',
        { class: 'pin', role: 'status' },
        element('h2', {}, words.openingTitle),
        element('p', { class: 'step' }, icon('done'), words.signed),
        element(
          'p',
          { class: 'step' },
          icon('lock'),
          words.opening(new URL(card.userInfo.portalOrigin).host),
        ),
      ),
      element(
        'p',
        { class: 'hint' },
        element('strong', {}, words.recogniseTitle),
        ' ',
        words.recognise(card.userInfo.loginName),
      ),
      again,
    ),
    close: () => undefined,
  };
};
