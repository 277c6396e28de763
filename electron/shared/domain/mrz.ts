/** The fields of a machine-readable zone that have a check digit. */
export type MrzFlaw =
  'form' | 'document-number' | 'birth-date' | 'expiry-date' | 'optional-data' | 'composite';

/** ICAO Doc 9303 part 3, 4.9: weights 7 3 1, A = 10 … Z = 35, < = 0, modulo 10. */
export function mrzCheckDigit(field: string): string {
  let sum = 0;
  for (let at = 0; at < field.length; at++) sum += valueOf(field.charAt(at)) * (weights[at % 3] ?? 0);
  return String(sum % 10);
}

/**
 * Check digits that do not fit, for documents of size TD1 (3 × 30), TD2 (2 × 36) and TD3 (2 × 44).
 * @param mrz the lines one after another, without line breaks.
 */
export function mrzFlaws(mrz: string): readonly MrzFlaw[] {
  const layout = layouts.find(({ length }) => length === mrz.length);
  if (!layout || !/^[A-Z0-9<]+$/.test(mrz)) return ['form'];
  return layout.checks(mrz).flatMap(({ flaw, field, digit, mayBeFiller }) => {
    const fits = digit === mrzCheckDigit(field) || (mayBeFiller && digit === '<' && /^<*$/.test(field));
    return fits ? [] : [flaw];
  });
}

interface Check {
  readonly flaw: MrzFlaw;
  readonly field: string;
  readonly digit: string;
  readonly mayBeFiller: boolean;
}

const check = (flaw: MrzFlaw, field: string, digit: string, mayBeFiller = false): Check => ({
  flaw,
  field,
  digit,
  mayBeFiller,
});

/**
 * A number of more than nine characters goes on in the optional data: '<' stands where its check digit
 * would, then come the rest of it, the check digit and a filler (part 5, 4.2.2, note j).
 */
const documentNumber = (mrz: string, at: number, optional: string): Check => {
  const number = mrz.slice(at, at + 9);
  const digit = mrz.charAt(at + 9);
  const rest = optional.slice(0, Math.max(0, optional.indexOf('<')));
  if (digit !== '<' || rest === '') return check('document-number', number, digit, digit === '<');
  return check('document-number', number + rest.slice(0, -1), rest.slice(-1));
};

const layouts: readonly { readonly length: number; checks(mrz: string): readonly Check[] }[] = [
  {
    length: 90,
    checks: (mrz) => [
      documentNumber(mrz, 5, mrz.slice(15, 30)),
      check('birth-date', mrz.slice(30, 36), mrz.charAt(36)),
      check('expiry-date', mrz.slice(38, 44), mrz.charAt(44)),
      check(
        'composite',
        mrz.slice(5, 30) + mrz.slice(30, 37) + mrz.slice(38, 45) + mrz.slice(48, 59),
        mrz.charAt(59),
      ),
    ],
  },
  {
    length: 72,
    checks: (mrz) => [
      documentNumber(mrz, 36, mrz.slice(64, 71)),
      check('birth-date', mrz.slice(49, 55), mrz.charAt(55)),
      check('expiry-date', mrz.slice(57, 63), mrz.charAt(63)),
      check('composite', mrz.slice(36, 46) + mrz.slice(49, 56) + mrz.slice(57, 71), mrz.charAt(71)),
    ],
  },
  {
    length: 88,
    checks: (mrz) => [
      check('document-number', mrz.slice(44, 53), mrz.charAt(53)),
      check('birth-date', mrz.slice(57, 63), mrz.charAt(63)),
      check('expiry-date', mrz.slice(65, 71), mrz.charAt(71)),
      check('optional-data', mrz.slice(72, 86), mrz.charAt(86), true),
      check('composite', mrz.slice(44, 54) + mrz.slice(57, 64) + mrz.slice(65, 87), mrz.charAt(87)),
    ],
  },
];

const weights = [7, 3, 1];

function valueOf(character: string): number {
  if (character === '<') return 0;
  const code = character.charCodeAt(0);
  return code <= 57 ? code - 48 : code - 55;
}
