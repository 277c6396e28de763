import type { Logger } from 'pino';
import { mkdirSync } from 'node:fs';
import { ok, type Result } from '../../shared/result/index.ts';
import { bringAccountsIntoLedger } from '../open-books.ts';
import { equipStation } from '../own-certificates.ts';
import { writeSetUpIdentity } from '../set-up-identity.ts';
import { writeSetting } from '../store/settings.ts';
import { admitTrainingCustomers, prepareTrainingCustomers } from '../training/admit-training-customers.ts';
import { openBank } from './open-bank.ts';
import type { StandaloneOptions } from './standalone-options.ts';

/** Makes a bank, once: tables, keys, CA certificate, identity. A set-up that was cut off is run again. */
export const setUpBank = async (options: StandaloneOptions, log: Logger): Promise<Result<void>> => {
  mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
  const opened = await openBank(options, log);
  if (!opened.ok) return opened;
  const { bank, close } = opened.value;
  try {
    if (options.stationFolder !== undefined) await equipStation(bank, options.stationFolder);
    const training = options.training ? await prepareTrainingCustomers(bank.hashes) : undefined;
    const setUp = await bank.store.transaction(async (tx) => {
      if (training !== undefined) await admitTrainingCustomers(tx, training);
      await writeSetUpIdentity(tx, bank, options.publicationOrigin);
      // Written last: without it no process serves, with it nothing is ever made anew.
      await writeSetting(tx, 'set-up', bank.clock().toISOString());
      return ok();
    });
    return setUp.ok ? await bringAccountsIntoLedger(bank) : setUp;
  } finally {
    await close();
  }
};
