import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A SoftHSM2 token of this test's own. The library reads SOFTHSM2_CONF when it is first loaded. */
export interface SoftToken {
  readonly module: string;
  readonly label: string;
  readonly pin: string;
  readonly environment: Readonly<Record<string, string>>;
  remove(): void;
}

const modules = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'];

/** Undefined: SoftHSM2 is not installed here. */
export const makeSoftToken = (label = 'cardwright-test'): SoftToken | undefined => {
  const module = modules.find((each) => existsSync(each));
  if (module === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-token-'));
  mkdirSync(join(folder, 'tokens'));
  const configuration = join(folder, 'softhsm2.conf');
  writeFileSync(
    configuration,
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const environment = { SOFTHSM2_CONF: configuration };
  const pin = '314159';
  execFileSync(
    'softhsm2-util',
    ['--init-token', '--free', '--label', label, '--so-pin', '271828', '--pin', pin],
    {
      env: { ...process.env, ...environment },
      stdio: 'ignore',
    },
  );
  return {
    module,
    label,
    pin,
    environment,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
