import type { useWords } from '../../words/index.ts';

type Words = ReturnType<typeof useWords>;

/** Words for an event; one that has none yet shows as it is written in the log. */
export function eventName({ t }: Words, event: string): string {
  const names: Readonly<Record<string, string>> = t('audit.events', { returnObjects: true });
  return (Object.hasOwn(names, event) ? names[event] : undefined) ?? event;
}

/** The event names that have words, for the filter. */
export function knownEvents({ t }: Words): readonly (readonly [string, string])[] {
  const names: Readonly<Record<string, string>> = t('audit.events', { returnObjects: true });
  return Object.entries(names);
}
