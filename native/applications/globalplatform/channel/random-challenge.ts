import { randomBytes } from 'node:crypto';

export const randomChallenge = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
