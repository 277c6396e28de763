import { execFile } from 'node:child_process';

/** What openssl prints on both streams, also when it refuses; the bank may answer from this process meanwhile. */
export const openssl = (...args: string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile('openssl', args, { timeout: 30_000 }, (_error, output, said) => {
      resolve(said + output);
    });
  });
