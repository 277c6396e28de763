import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import type { Locale } from '../../electron/shared/contract/index.ts';
import { createWords } from './create-words.ts';
import { LocaleContext } from './locale-context.ts';

/** Gives everything below it its language; `initial` is where it starts. */
export function WordsProvider({ initial, children }: { initial: Locale; children: ReactNode }) {
  const [instance] = useState(() => createWords(initial));
  const [locale, setLocaleState] = useState<Locale>(initial);
  const setLocale = useCallback(
    (next: Locale) => {
      void instance.changeLanguage(next);
      setLocaleState(next);
    },
    [instance],
  );
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const value = useMemo(() => ({ locale, setLocale }), [locale, setLocale]);
  return (
    <LocaleContext value={value}>
      <I18nextProvider i18n={instance}>{children}</I18nextProvider>
    </LocaleContext>
  );
}
