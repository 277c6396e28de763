import {
  identityDifferences,
  identityFields,
  identityNumberFlaw,
  type IdentityDocument,
  type IdentityField,
} from '../../../electron/shared/domain/index.ts';
import { isDate } from '../../widgets/typed-date.ts';

/** The document at the counter as far as it is typed. */
export type TypedDocument = Readonly<Record<IdentityField, string>>;

export type FieldVerdict = 'missing' | 'same' | 'differs';

export interface DocumentCheck {
  readonly verdicts: Readonly<Record<IdentityField, FieldVerdict>>;
  readonly missing: readonly IdentityField[];
  readonly differences: readonly IdentityField[];
  readonly expired: boolean;
  /** Not a number that any identity card can have. */
  readonly numberFlawed: boolean;
  /** Another number than on file: another document, which no teller can accept (the station refuses it). */
  readonly otherDocument: boolean;
}

export const emptyDocument = (type: IdentityDocument['type']): TypedDocument => ({
  type,
  number: '',
  name: '',
  birthDate: '',
  expires: '',
  issuedBy: '',
});

export function checkDocument(
  typed: TypedDocument,
  onFile: IdentityDocument,
  today: string,
  /** The field being typed in: as far as it goes along with the record, it is not finished, not different. */ typing?: IdentityField,
): DocumentCheck {
  const differing = identityDifferences(asDocument(typed), onFile);
  const verdictOf = (field: IdentityField): FieldVerdict =>
    !isTyped(field, typed) || (field === typing && isBeginning(typed[field], onFile[field]))
      ? 'missing'
      : differing.includes(field)
        ? 'differs'
        : 'same';
  const verdicts = Object.fromEntries(identityFields.map((field) => [field, verdictOf(field)])) as Record<
    IdentityField,
    FieldVerdict
  >;
  return {
    verdicts,
    missing: identityFields.filter((field) => verdicts[field] === 'missing'),
    differences: identityFields.filter((field) => verdicts[field] === 'differs'),
    expired: isDate(typed.expires) && typed.expires < today,
    numberFlawed:
      typed.type === 'identity-card' &&
      verdicts.number === 'differs' &&
      identityNumberFlaw(typed.number, today) !== undefined,
    otherDocument: verdicts.number === 'differs',
  };
}

/** As the document prints it: no spaces in a number, its letters large. */
export const numberAsTyped = (value: string): string => value.replace(/\s/g, '').toUpperCase();

export const asDocument = (typed: TypedDocument): IdentityDocument => ({
  ...typed,
  type: typed.type === 'passport' ? 'passport' : 'identity-card',
});

const dateFields: readonly IdentityField[] = ['birthDate', 'expires'];
export const isDateField = (field: IdentityField): boolean => dateFields.includes(field);

/** An end date may be a word: cards of older people are valid for good. */
const isOpenEnd = (value: string): boolean => /^\D{2,}$/.test(value.trim());

function isTyped(field: IdentityField, typed: TypedDocument): boolean {
  const value = typed[field].trim();
  if (field === 'expires' && isOpenEnd(value)) return true;
  if (isDateField(field)) return isDate(value);
  if (field === 'number') return value.length >= (typed.type === 'identity-card' ? 18 : 4);
  return value !== '';
}

const isBeginning = (value: string, whole: string): boolean =>
  value.length < whole.length && whole.startsWith(value.trim());
