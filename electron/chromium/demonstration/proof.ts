import { spawnSync } from 'node:child_process';

/** One thing that was looked at after the cards were made, and what was found. */
export interface Proof {
  readonly claim: string;
  readonly holds: boolean;
  readonly detail?: string;
}

export const proof = (claim: string, holds: boolean, detail?: string): Proof => ({
  claim,
  holds,
  ...(detail === undefined ? {} : { detail }),
});

/** The same question to a program that nobody here wrote; no proof at all where it is not installed. */
export function opensslVerifies(caFile: string, certificateFile: string): readonly Proof[] {
  const { status, stdout, error } = spawnSync('openssl', ['verify', '-CAfile', caFile, certificateFile], {
    encoding: 'utf8',
  });
  if (error !== undefined) return [];
  const answer = stdout.trim().split('/').at(-1) ?? '';
  return [proof('openssl verify accepts the certificate under the bank’s CA', status === 0, answer)];
}
