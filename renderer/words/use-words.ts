import { useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fault } from '../../electron/shared/result/index.ts';
import { faultText, remedyOf, stepText, words } from '../../electron/shared/text/index.ts';
import { formats } from './formats.ts';
import { LocaleContext } from './locale-context.ts';

/** Everything that is said: the screens' words, the product's own, and numbers and times as the language writes them. */
export function useWords() {
  const { locale, setLocale } = useContext(LocaleContext);
  const { t } = useTranslation();
  return useMemo(
    () => ({
      t,
      locale,
      setLocale,
      shared: words[locale],
      fault: (fault: Fault) => faultText(locale, fault),
      /** Sentences one after another; a Chinese full stop brings its own space. */
      sentences: (...parts: readonly string[]) => parts.join(locale === 'en' ? ' ' : ''),
      remedy: (fault: Fault) => remedyOf(locale, fault.code),
      step: (name: string) => stepText(locale, name),
      ...formats(locale),
    }),
    [t, locale, setLocale],
  );
}
