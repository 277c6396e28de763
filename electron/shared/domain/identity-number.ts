/** Why a text is no resident identity number; 'check-digit' for a single mistyped digit. */
export type IdentityNumberFlaw = 'form' | 'region' | 'birth-date' | 'check-digit';

/**
 * GB 11643-1999: six digits of region, birth date YYYYMMDD, three digits of order, check character. The check
 * character alone passes 31 February and regions that do not exist, so both are looked at too.
 * @param today YYYY-MM-DD; nobody is born after it.
 */
export function identityNumberFlaw(number: string, today: string): IdentityNumberFlaw | undefined {
  if (!/^\d{17}[\dX]$/.test(number)) return 'form';
  if (!provinces.has(number.slice(0, 2))) return 'region';
  const birthDate = identityNumberBirthDate(number);
  if (birthDate === undefined || birthDate > today) return 'birth-date';
  const sum = weights.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return checkCharacters[sum % 11] === number[17] ? undefined : 'check-digit';
}

/** YYYY-MM-DD, or undefined when there is no such day. */
export function identityNumberBirthDate(number: string): string | undefined {
  const text = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(time) || Number(number.slice(6, 10)) < 1900) return undefined;
  // JavaScript takes 31 February for 3 March.
  return new Date(time).toISOString().startsWith(text) ? text : undefined;
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkCharacters = '10X98765432';

/** First two digits of GB/T 2260: provinces, autonomous regions, municipalities, and the two special regions and Taiwan as residence permits use them. */
const provinces: ReadonlySet<string> = new Set(
  (
    '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 ' +
    '50 51 52 53 54 61 62 63 64 65 71 81 82 83 91'
  ).split(' '),
);
