import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Locale } from '../../electron/shared/contract/index.ts';
import { chinese } from './zh-cn.ts';
import { en } from './en.ts';

/** The words of one window. Everything is in the bundle, so a switch takes effect in the same moment. */
export function createWords(locale: Locale): i18n {
  const instance = createInstance();
  void instance.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    defaultNS: 'screens',
    resources: { en: { screens: en }, 'zh-CN': { screens: chinese } },
    interpolation: { prefix: '{', suffix: '}', escapeValue: false }, // React escapes
    initAsync: false,
    returnNull: false,
  });
  return instance;
}
