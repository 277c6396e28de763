import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';

/**
 * Federal Agency Smart Credential Number: decimal digits of these lengths: agency 4, system 4, credential 6,
 * series 1, issue 1, person 10, category 1, organization 4, association 1 (TIG SCEPACS v2.3, §2.1).
 */
export interface Fascn {
  readonly agency: string;
  readonly system: string;
  readonly credential: string;
  readonly series: string;
  readonly issue: string;
  readonly person: string;
  readonly category: string;
  readonly organization: string;
  readonly association: string;
}

/**
 * For issuers that are no United States agency: 9999 says so, and the GUID is the identity
 * (SP 800-73-4 part 1, §3.1.2).
 */
export const nonFederalFascn: Fascn = {
  agency: '9999',
  system: '9999',
  credential: '999999',
  series: '0',
  issue: '1',
  person: '0000000000',
  category: '3',
  organization: '0000',
  association: '1',
};

/*
 * 40 characters of 5 bits in 25 bytes: 4 bits least significant first, then odd parity.
 *   S aaaa F ssss F cccccc F s F i F pppppppppp c oooo a E lrc
 */

/** 25 bytes. A field of the wrong length is a bug and throws. */
export const encodeFascn = (fascn: Fascn): Uint8Array => {
  const { agency, system, credential, series, issue, person, category, organization, association } = fascn;
  const text = `S${agency}F${system}F${credential}F${series}F${issue}F${person}${category}${organization}${association}E`;
  if (!shape.test(text)) throw new Error('A FASC-N field of the wrong length');
  const values = Array.from(text, (character) => alphabet.indexOf(character));
  values.push(values.reduce((sum, value) => sum ^ value, 0));
  const bytes = new Uint8Array(25);
  values.forEach((value, at) => {
    for (let bit = 0; bit < 5; bit++) if (bitOf(value, bit)) setBit(bytes, at * 5 + bit);
  });
  return bytes;
};

/** Checks parity, separators, digits and the redundancy character. Fault: card-bad-answer. */
export const parseFascn = (bytes: Uint8Array): Result<Fascn> => {
  if (bytes.length !== 25) return damaged();
  const values: number[] = [];
  for (let at = 0; at < 40; at++) {
    let value = 0;
    let parity = 0;
    for (let bit = 0; bit < 5; bit++) {
      const set = readBit(bytes, at * 5 + bit);
      parity ^= set;
      if (bit < 4) value |= set << bit;
    }
    if (parity !== 1) return damaged();
    values.push(value);
  }
  if (values.reduce((sum, value) => sum ^ value, 0) !== 0) return damaged();
  const text = values
    .slice(0, 39)
    .map((value) => alphabet.charAt(value))
    .join('');
  const match = shape.exec(text);
  if (match === null) return damaged();
  const [, agency = '', system = '', credential = '', series = '', issue = '', person = '', ...rest] = match;
  const [category = '', organization = '', association = ''] = rest;
  return ok({ agency, system, credential, series, issue, person, category, organization, association });
};

const shape = /^S(\d{4})F(\d{4})F(\d{6})F(\d)F(\d)F(\d{10})(\d)(\d{4})(\d)E$/;
/** Values 0 to 15; '?' has no meaning in this code. B = start, D = field separator, F = end. */
const alphabet = '0123456789?S?F?E';

/** Bit 4 of a character is its odd parity. */
const bitOf = (value: number, bit: number): boolean => {
  if (bit < 4) return ((value >> bit) & 1) === 1;
  const ones = [0, 1, 2, 3].filter((place) => ((value >> place) & 1) === 1).length;
  return ones % 2 === 0;
};

const readBit = (bytes: Uint8Array, at: number): number => ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;

const setBit = (bytes: Uint8Array, at: number): void => {
  bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (0x80 >> (at & 7));
};

const damaged = () => fail('card-bad-answer', { what: 'FASC-N' });
