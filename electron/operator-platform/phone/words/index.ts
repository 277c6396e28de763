import { en } from './en.ts';
import { zhCn } from './zh-cn.ts';
import type { Locale, PhoneWords } from './words.ts';

export type { Locale, PhoneWords } from './words.ts';

export const wordsIn = (locale: Locale): PhoneWords => (locale === 'en' ? en : zhCn);

/** The first of the phone's languages that there is; Chinese otherwise. */
export const localeOf = (acceptLanguage: string | undefined): Locale =>
  (acceptLanguage ?? '')
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .find((each) => each.startsWith('en') || each.startsWith('zh'))
    ?.startsWith('en')
    ? 'en'
    : 'zh-CN';
