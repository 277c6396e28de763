import { createContext } from 'react';
import type { Locale } from '../../electron/shared/contract/index.ts';

export const LocaleContext = createContext<{
  readonly locale: Locale;
  setLocale(locale: Locale): void;
}>({ locale: 'zh-CN', setLocale: () => {} });
