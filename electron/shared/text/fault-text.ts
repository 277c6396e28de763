import type { Fault, FaultCode, Remedy } from '../result/index.ts';
import { faultTable } from '../result/index.ts';
import { fill } from './fill.ts';
import type { Locale } from './locale.ts';
import { words } from './words.ts';

/** What happened – what it means – what to do. Templates of `fill`. */
export interface FaultText {
  readonly happened: string;
  readonly means: string;
  readonly todo: string;
}

/** A code without words does not compile. */
export type FaultTexts = Readonly<Record<FaultCode, FaultText>>;

/** The three sentences for a person, with what the fault knows filled in. */
export function faultText(locale: Locale, fault: Fault): FaultText {
  const text = words[locale].faults[fault.code];
  return {
    happened: fill(text.happened, fault.data),
    means: fill(text.means, fault.data),
    todo: fill(text.todo, fault.data),
  };
}

/** The word on the button that follows a fault, and what kind of action it is. */
export function remedyOf(
  locale: Locale,
  code: FaultCode,
): { readonly remedy: Remedy; readonly label: string } {
  const { remedy } = faultTable[code];
  return { remedy, label: words[locale].remedies[remedy] };
}
