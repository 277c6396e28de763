/** Lengths of what a customer types. The bank and the card check again. */
export const accountPinLength = { least: 4, most: 6 } as const;
export const cardPinLength = { least: 6, most: 8 } as const;
export const passwordLength = { least: 8, most: 64 } as const;

/** Equal digits, or a run up or down: what a stranger tries first. */
export function isSimplePin(pin: string): boolean {
  if (pin.length < 2) return false;
  const digits = Array.from(pin, Number);
  const steps = digits.slice(1).map((digit, index) => digit - (digits[index] ?? 0));
  const [first] = steps;
  return steps.every((step) => step === first && Math.abs(step) <= 1) || /^(\d\d?\d?)\1+$/.test(pin);
}

export type PasswordStrength = 'short' | 'weak' | 'fair' | 'good' | 'strong';

/** In words, not in bits: length first, then variety; patterns and the login name count for nothing. */
export function passwordStrength(password: string, loginName: string): PasswordStrength {
  if (password.length < passwordLength.least) return 'short';
  const lower = password.toLowerCase();
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  const different = new Set(lower).size;
  const withName = loginName.length >= 3 && lower.includes(loginName.toLowerCase());
  if (withName || different < 5 || common.some((word) => lower.includes(word))) return 'weak';
  if (password.length >= 16 || (password.length >= 12 && kinds >= 3)) return 'strong';
  if (password.length >= 12 || kinds >= 3) return 'good';
  return kinds === 1 ? 'weak' : 'fair';
}

const common = [
  'password',
  'passwort',
  'qwerty',
  'asdf',
  '1234',
  '4321',
  'abcd',
  'admin',
  'woaini',
  'iloveyou',
];
