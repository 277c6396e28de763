import { randomBytes } from 'node:crypto';
import type { StartPassword } from './officer-register.ts';

const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ'; // none that look alike
const validMs = 7 * 86_400_000;

/** Sixteen letters and digits in fours, 78 bits; good for a week. */
export const makeStartPassword = (now: Date): StartPassword => ({
  password: [...randomBytes(16)]
    .map((byte) => letters.charAt(byte % letters.length))
    .join('')
    .replace(/.{4}(?=.)/g, '$&-'),
  until: new Date(now.getTime() + validMs).toISOString(),
});
