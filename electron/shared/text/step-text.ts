import type { Locale } from './locale.ts';
import { words, type StepWords } from './words.ts';

/** Words for a step or question by its name; a name without words stands for itself. */
export function stepText(locale: Locale, name: string): StepWords {
  const { steps, questions } = words[locale];
  const known: Readonly<Record<string, StepWords>> = { ...steps, ...questions };
  return (Object.hasOwn(known, name) ? known[name] : undefined) ?? { name, doing: name };
}
