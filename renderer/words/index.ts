export { useWords } from './use-words.ts';
export { WordsProvider } from './words-provider.tsx';
export { rememberedLocale, rememberLocale } from './locale-choice.ts';
