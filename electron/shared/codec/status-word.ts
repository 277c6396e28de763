/**
 * What a status word means by its class (ISO/IEC 7816-4 §5.1.3). Cards answer the same wrong use with
 * different words, so decisions are made by class and never by one card's word.
 */
export type StatusClass =
  | 'done'
  | 'more-data' // 61xx: xx more bytes wait for GET RESPONSE
  | 'use-length' // 6Cxx: the same command with Le = xx
  | 'warning'
  | 'tries-left' // 63Cx, or 6300 without a count
  | 'blocked'
  | 'not-authenticated'
  | 'conditions' // conditions of use not satisfied
  | 'wrong-data'
  | 'not-found'
  | 'full'
  | 'unsupported'
  | 'failure';

export const statusClass = (sw: number): StatusClass => {
  const known = knownWords.get(sw);
  if (known !== undefined) return known;
  switch (sw >> 8) {
    case 0x61:
      return 'more-data';
    case 0x6c:
      return 'use-length';
    case 0x63:
      return (sw & 0xf0) === 0xc0 ? 'tries-left' : 'warning';
    case 0x62:
      return 'warning';
    case 0x67:
      return 'wrong-data';
    case 0x68:
      return 'unsupported';
    case 0x69:
      return 'conditions';
    case 0x6a:
      return 'wrong-data';
    case 0x6b:
      return 'wrong-data';
    case 0x6d:
    case 0x6e:
      return 'unsupported';
    default:
      return 'failure';
  }
};

/** The count of 63Cx. */
export const triesLeftOf = (sw: number): number | undefined =>
  (sw & 0xfff0) === 0x63c0 ? sw & 0x0f : undefined;

/** Four lower-case hex digits, as people look it up. */
export const statusText = (sw: number): string => sw.toString(16).padStart(4, '0');

const knownWords: ReadonlyMap<number, StatusClass> = new Map([
  [0x9000, 'done'],
  [0x6300, 'tries-left'],
  [0x6581, 'failure'],
  [0x6982, 'not-authenticated'],
  [0x6983, 'blocked'],
  [0x6984, 'wrong-data'],
  [0x6a81, 'unsupported'],
  [0x6a82, 'not-found'],
  [0x6a83, 'not-found'],
  [0x6a84, 'full'],
  [0x6a88, 'not-found'],
]);
