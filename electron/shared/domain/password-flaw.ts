export type PasswordFlaw = 'too-short' | 'too-long' | 'contains-login-name' | 'too-common' | 'too-simple';

/** Of an officer's password, in characters: longer than a customer's, for it is not the only thing that stands beside a card. */
export const officerPasswordLength = { least: 12, most: 64 } as const;

/** Why a new password is not taken; undefined: it is. Lengths in characters after NFC. */
export const passwordFlaw = (
  password: string,
  loginName: string,
  { least, most }: { readonly least: number; readonly most: number },
): PasswordFlaw | undefined => {
  const characters = Array.from(password.normalize('NFC'));
  const plain = password.toLowerCase();
  if (characters.length < least) return 'too-short';
  if (characters.length > most) return 'too-long';
  if (plain.includes(loginName.toLowerCase())) return 'contains-login-name';
  if (commonPasswords.has(plain) || commonPasswords.has(plain.replace(/[\d!.@#]+$/, ''))) return 'too-common';
  // a birthday or a telephone number, most of the time
  if (/^\d{1,9}$/.test(plain)) return 'too-simple';
  if (new Set(characters).size < 4 || isOneRun(characters)) return 'too-simple';
  return undefined;
};

/** 12345678, hgfedcba: each character one more, or one less, than the one before. */
const isOneRun = (characters: readonly string[]): boolean => {
  const codes = characters.map((each) => each.codePointAt(0) ?? 0);
  const steps = new Set(codes.slice(1).map((code, index) => code - (codes[index] ?? 0)));
  return steps.size === 1;
};

const commonPasswords = new Set(
  `password passw0rd p@ssw0rd p@ssword iloveyou woaini woaini1314 5201314 52013145201314 1314520 qwerty
  qwertyuiop qwerty123 asdfghjkl zxcvbnm 1qaz2wsx 1q2w3e4r 1q2w3e4r5t qazwsxedc admin admin123 welcome
  letmein monkey dragon sunshine princess football baseball superman batman trustno1 abc123 abcd1234
  a123456 aa123456 123456a 123456aa a1234567 123456abc 147258369 987654321 123123123 112233445566
  11223344 88888888 66666666 00000000 12341234 123456789 1234567890 0123456789 changeme secret bank
  zhongguo mima mimamima beijing shanghai qingyu qingyubank cardwright`
    .split(/\s+/)
    .filter(Boolean),
);
