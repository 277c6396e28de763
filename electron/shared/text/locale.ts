export const locales = ['zh-CN', 'en'] as const;
/** The same two as the contract's `locale`. */
export type Locale = (typeof locales)[number];
