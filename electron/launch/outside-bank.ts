import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../shared/result/index.ts';
import { httpsBankClient } from '../station/bank/https-bank-client.ts';
import { openStationCredentials } from '../station/bank/station-credentials.ts';

/** `bank.json` in the data folder: a bank server elsewhere, in place of the one that starts with the station. */
const settings = z.object({
  /** Of its API, `https://host:port`. */
  origin: z.url({ protocol: /^https$/ }),
  /** Folder with `station.key.pem`, `station.cert.pem` and `bank-ca.pem`. */
  credentialsFolder: z.string().min(1),
  /** Real customers and cards, at a branch of this name; absent: training. */
  production: z
    .object({ branch: z.object({ name: z.string().min(1).max(64), nameLatin: z.string().min(1).max(64) }) })
    .optional(),
});
export type OutsideBankSettings = z.infer<typeof settings>;

export interface OutsideBank {
  readonly bankId: string;
  readonly apiOrigin: string;
  readonly portalOrigin: string;
  readonly credentialsFolder: string;
  readonly production: OutsideBankSettings['production'];
}

/** Undefined: no such file, so the bank starts with the station. Fault: bank-setup-invalid. */
export function readOutsideBank(dataFolder: string): Result<OutsideBankSettings | undefined> {
  const file = join(dataFolder, 'bank.json');
  if (!existsSync(file)) return ok(undefined);
  try {
    return ok(settings.parse(JSON.parse(readFileSync(file, 'utf8'))));
  } catch {
    return fail('bank-setup-invalid', { file });
  }
}

/**
 * Asks the bank who it is. A station in training mode goes to a training bank or to none at all, one in production
 * never to a training bank. Faults: bank-setup-invalid, training-only, and those of every call.
 */
export async function findOutsideBank({
  origin,
  credentialsFolder,
  production,
}: OutsideBankSettings): Promise<Result<OutsideBank>> {
  const credentials = openStationCredentials(credentialsFolder);
  if (!credentials.ok) return fail('bank-setup-invalid', { file: credentialsFolder });
  const { current, bankCa } = credentials.value;
  const client = httpsBankClient({ origin, ...current(), bankCa });
  const status = await client.call('status', {}, {});
  client.close();
  if (!status.ok) return status;
  const { bankId, portalOrigin, training } = status.value;
  if (!training && !production) return fail('training-only', { bankId });
  if (training && production) return fail('bank-setup-invalid', { file: `bank.json, production: ${bankId}` });
  return ok({ bankId, apiOrigin: origin, portalOrigin, credentialsFolder, production });
}
