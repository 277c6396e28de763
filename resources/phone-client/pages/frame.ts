import { clientVersion } from '../client-version.ts';
import { languages } from '../text/language.ts';
import type { Words } from '../text/words.ts';
import { element, icon } from './element.ts';

/** What every page has around it: what this is, the language switch, the way to other banks, the client's version. */
export const frame = (
  words: Words,
  onLanguage: (words: Words) => void,
  body: HTMLElement,
  startPage: string | undefined,
): readonly HTMLElement[] => [
  element(
    'header',
    { class: 'top' },
    element('p', { class: 'kind' }, icon('lock'), words.phoneBank),
    languageSwitch(words, onLanguage),
  ),
  body,
  element(
    'footer',
    { class: 'bottom' },
    ...(startPage === undefined
      ? []
      : [element('a', { href: startPage, class: 'other-banks' }, icon('back'), words.otherBanks)]),
    words.version(clientVersion),
  ),
];

const languageSwitch = (current: Words, onLanguage: (words: Words) => void): HTMLElement => {
  const group = element('div', { class: 'languages', role: 'group', 'aria-label': current.switchLanguage });
  for (const words of languages) {
    const button = element(
      'button',
      { type: 'button', lang: words.tag, 'aria-pressed': String(words === current) },
      words.name,
    );
    button.addEventListener('click', () => {
      onLanguage(words);
    });
    group.append(button);
  }
  return group;
};
