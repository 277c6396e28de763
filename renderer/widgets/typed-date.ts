export const isDate = (value: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(value);

/**
 * Hyphens come by themselves: 19900131 is written 1990-01-31, and a typed one ends a month of one digit.
 * Anything else waits until the field is left.
 */
export function dateAsTyped(value: string): string {
  if (/[^\d-]/.test(value)) return value.slice(0, 12);
  const [, year, month] = /^(\d{4})-(\d)-$/.exec(value) ?? [];
  if (year !== undefined && month !== undefined) return `${year}-0${month}-`;
  const digits = value.replaceAll('-', '').slice(0, 8);
  return [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)].filter((part) => part !== '').join('-');
}

/** 1990.1.31 and 1990年1月31日 mean 1990-01-31, but only when no further digit can follow. */
export function dateWhenLeft(value: string): string {
  const [, year = '', month = '', day = ''] = /^\s*(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*$/.exec(value) ?? [];
  return year === '' ? value : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
