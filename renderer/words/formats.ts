import type { Locale } from '../../electron/shared/contract/index.ts';

export interface Formats {
  /** ISO 8601 in, local time out. What cannot be read comes back as it is. */
  date(iso: string): string;
  time(iso: string): string;
  dateTime(iso: string): string;
  /** Milliseconds in. */
  duration(ms: number): string;
  /** Of what is only estimated: no tenths, and never nothing. */
  wholeSeconds(ms: number): string;
  bytes(count: number): string;
  number(value: number): string;
}

const cache = new Map<Locale, Formats>();

export function formats(locale: Locale): Formats {
  const known = cache.get(locale);
  if (known) return known;
  const made = make(locale);
  cache.set(locale, made);
  return made;
}

function make(locale: Locale): Formats {
  const tag = locale === 'en' ? 'en-GB' : 'zh-CN';
  const day = { year: 'numeric', month: 'short', day: 'numeric' } as const;
  const date = new Intl.DateTimeFormat(tag, day);
  const time = new Intl.DateTimeFormat(tag, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
  const dateTime = new Intl.DateTimeFormat(tag, {
    ...day,
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
  const oneDigit = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
  const second = locale === 'en' ? ' s' : ' 秒';
  const minute = locale === 'en' ? ' min ' : ' 分 ';
  // A date without a time is the same day everywhere.
  const dayOnly = new Intl.DateTimeFormat(tag, { ...day, timeZone: 'UTC' });
  const by = (format: Intl.DateTimeFormat) => (iso: string) => {
    const at = new Date(iso);
    if (Number.isNaN(at.valueOf())) return iso;
    return (/^\d{4}-\d{2}-\d{2}$/.test(iso) ? dayOnly : format).format(at);
  };
  return {
    date: by(date),
    time: by(time),
    dateTime: by(dateTime),
    duration(ms) {
      const seconds = ms / 1000;
      if (seconds < 60) return `${seconds < 10 ? oneDigit.format(seconds) : whole.format(seconds)}${second}`;
      return `${whole.format(Math.floor(seconds / 60))}${minute}${whole.format(Math.floor(seconds % 60))}${second}`;
    },
    wholeSeconds(ms) {
      const seconds = Math.max(1, Math.ceil(ms / 1000));
      if (seconds < 60) return `${whole.format(seconds)}${second}`;
      return `${whole.format(Math.floor(seconds / 60))}${minute}${whole.format(seconds % 60)}${second}`;
    },
    bytes(count) {
      const units = ['B', 'kB', 'MB', 'GB', 'TB'];
      let value = count;
      let unit = 0;
      while (value >= 1000 && unit < units.length - 1) {
        value /= 1000;
        unit += 1;
      }
      return `${value < 10 && unit > 0 ? oneDigit.format(value) : whole.format(value)} ${units[unit] ?? ''}`;
    },
    number: (value) => whole.format(value),
  };
}
