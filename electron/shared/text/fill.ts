import type { FaultData } from '../result/index.ts';

/**
 * Fills `{name}` from data. A part in square brackets is left out whole when one of its names is
 * missing, so one text serves a fault that knows much and one that knows little:
 * `The PIN is wrong.[ Tries left: {triesLeft}.]`
 */
export function fill(template: string, data: FaultData): string {
  const known = (name: string): boolean => Object.hasOwn(data, name);
  const put = (text: string): string =>
    text.replace(placeholder, (whole, name: string) => (known(name) ? String(data[name]) : whole));
  return put(
    template.replace(/\[([^\]]*)\]/g, (_whole, part: string) =>
      [...part.matchAll(placeholder)].every((match) => known(match[1] ?? '')) ? part : '',
    ),
  );
}

const placeholder = /\{([a-zA-Z]+)\}/g;
