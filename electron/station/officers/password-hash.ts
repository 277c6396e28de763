import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/** 32 MiB and some tenths of a second on a counter PC: dear to guess, unnoticed at sign-in. */
const dear = { N: 2 ** 15, r: 8, p: 3 } as const;
/** For passwords that the sign-in screen shows anyway. */
const cheap = { N: 2 ** 12, r: 8, p: 1 } as const;
const keyLength = 32;

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64. */
export async function hashPassword(password: string, cost: 'dear' | 'cheap' = 'dear'): Promise<string> {
  const salt = randomBytes(16);
  const parameters = cost === 'dear' ? dear : cheap;
  const hash = await derive(password, salt, parameters);
  const { N, r, p } = parameters;
  return ['scrypt', N, r, p, salt.toString('base64'), hash.toString('base64')].join('$');
}

export const isCheapHash = (stored: string): boolean => stored.startsWith(`scrypt$${cheap.N}$`);

/** False also for a text that is no hash of this kind. */
export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const [kind, N, r, p, salt, hash] = stored.split('$');
  if (kind !== 'scrypt' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  if (expected.length !== keyLength) return false;
  const actual = await derive(password, Buffer.from(salt, 'base64'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(actual, expected);
}

function derive(password: string, salt: Buffer, { N, r, p }: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same password typed with another input method must be the same bytes.
    scrypt(
      password.normalize('NFC'),
      salt,
      keyLength,
      { N: N ?? 0, r: r ?? 0, p: p ?? 0, maxmem: 128 * 1024 * 1024 },
      (error, key) => {
        if (error) reject(error);
        else resolve(key);
      },
    );
  });
}
