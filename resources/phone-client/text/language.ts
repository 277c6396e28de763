import type { TextStore } from '../unlock/pin-delay.ts';
import { en } from './en.ts';
import type { Words } from './words.ts';
import { zhCn } from './zh-cn.ts';

export const languages: readonly Words[] = [zhCn, en];

const storeKey = 'cardwright.language';

/** The one chosen before, else the first of the phone's languages that this client speaks, else English. */
export const chooseWords = (store: TextStore, preferred: readonly string[]): Words => {
  const chosen = store.get(storeKey);
  return (
    languages.find((words) => words.tag === chosen) ??
    preferred.map(speaking).find((words) => words !== undefined) ??
    en
  );
};

export const rememberWords = (store: TextStore, words: Words): void => {
  store.set(storeKey, words.tag);
};

const speaking = (tag: string): Words | undefined => {
  const language = tag.toLowerCase().split('-')[0];
  return language === 'zh' ? zhCn : language === 'en' ? en : undefined;
};
