import type { Locale } from '../../electron/shared/contract/index.ts';

const key = 'cardwright-locale';

/** The language this window was last used in, else the machine's. */
export function rememberedLocale(): Locale {
  const kept = readKept();
  if (kept === 'zh-CN' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

export function rememberLocale(locale: Locale): void {
  try {
    window.localStorage.setItem(key, locale);
  } catch {
    // A window without storage asks the machine again at its next start.
  }
}

function readKept(): string | null | undefined {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return undefined;
  }
}
