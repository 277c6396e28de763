import type { Language } from './words.ts';

/** What was chosen on a page goes first, then the browser's first choice of the two; Chinese by default. */
export const languageOf = (
  chosen: string | undefined,
  cookie: string | undefined,
  acceptLanguage: string | undefined,
): Language => known(chosen) ?? known(cookie) ?? preferred(acceptLanguage) ?? 'zh-CN';

const known = (value: string | undefined): Language | undefined =>
  value === 'en' || value === 'zh-CN' ? value : undefined;

// RFC 9110, 12.5.4: `zh-CN,zh;q=0.9,en;q=0.8`
const preferred = (header: string | undefined): Language | undefined =>
  (header ?? '')
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
      const quality = /q=([\d.]+)/.exec(parameters.join(';'))?.[1];
      return { language: languageOfTag(tag), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter((each): each is { language: Language; quality: number } => each.language !== undefined)
    .sort((a, b) => b.quality - a.quality)[0]?.language;

const languageOfTag = (tag: string): Language | undefined => {
  if (tag === 'zh' || tag.startsWith('zh-')) return 'zh-CN';
  return tag === 'en' || tag.startsWith('en-') ? 'en' : undefined;
};
