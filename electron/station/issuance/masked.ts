/** All but the last four characters hidden; a short text is hidden whole. */
export const masked = (text: string): string =>
  text.length <= 4 ? '•'.repeat(text.length) : `${'•'.repeat(text.length - 4)}${text.slice(-4)}`;
