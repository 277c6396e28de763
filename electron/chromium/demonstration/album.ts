import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hand } from './hand.ts';

export interface Album {
  /** One picture in each language, numbered in the order they are taken. */
  take(hand: Hand, name: string): Promise<void>;
  /** One picture as it is, where changing the language would change what is going on. */
  takeOnce(hand: Hand, name: string): Promise<void>;
  readonly taken: readonly string[];
}

/** Screenshots as files `01-sign-in.zh-CN.png`, `01-sign-in.en.png`, … */
export function openAlbum(folder: string): Album {
  mkdirSync(folder, { recursive: true });
  const taken: string[] = [];
  let number = 0;
  const keep = async (hand: Hand, name: string): Promise<void> => {
    const file = `${String(number).padStart(2, '0')}-${name}.${await hand.language()}.png`;
    writeFileSync(join(folder, file), await hand.picture());
    taken.push(file);
  };
  return {
    taken,
    async take(hand, name) {
      number += 1;
      await keep(hand, name);
      await changeLanguage(hand);
      await keep(hand, name);
      await changeLanguage(hand);
    },
    async takeOnce(hand, name) {
      number += 1;
      await keep(hand, name);
    },
  };
}

/** The officer's window has one switch; the customer's screen offers each language by its name. */
export async function changeLanguage(hand: Hand): Promise<void> {
  const other = (await hand.language()) === 'en' ? 'zh-CN' : 'en';
  const named = `customer-language-${other}`;
  await hand.click((await hand.shows(named)) ? named : 'switch-language');
}
