import type { Card } from '../credential/load-card.ts';
import { chooseWords, rememberWords } from '../text/language.ts';
import type { Words } from '../text/words.ts';
import type { TextStore } from '../unlock/pin-delay.ts';
import { fromStartPage } from './choose-bank-page.ts';
import { frame } from './frame.ts';
import type { Page } from './page.ts';

export interface Screen {
  /** Replaces what is shown; `make` is called again when the language changes. */
  show(card: Card | undefined, make: (words: Words) => Page): void;
}

/** The one page on the phone, in the customer's language. */
export const openScreen = (store: TextStore): Screen => {
  const root = document.getElementById('page') ?? document.body;
  let words = chooseWords(store, navigator.languages);
  let current: Page | undefined;
  // Only who came from there is shown the way: a client copied without its card has no start page beside it.
  const startPage = location.hash === fromStartPage ? '../index.html' : undefined;

  const show = (card: Card | undefined, make: (words: Words) => Page): void => {
    current?.close();
    const page = make(words);
    current = page;
    document.documentElement.lang = words.tag;
    document.title = card === undefined ? words.phoneBank : words.title(card.userInfo.bankName);
    const onLanguage = (chosen: Words): void => {
      if (chosen === words) return;
      words = chosen;
      rememberWords(store, chosen);
      show(card, make);
      root.querySelector<HTMLElement>(`.languages button[lang="${chosen.tag}"]`)?.focus();
    };
    root.replaceChildren(...frame(words, onLanguage, page.body, startPage));
  };
  return { show };
};
