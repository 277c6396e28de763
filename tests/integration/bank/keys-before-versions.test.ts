import { hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openKeyFiles } from '../../../electron/bank-server/ca/key-files.ts';
import { migrateBack } from '../../../electron/bank-server/store/schema.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import type { BankClient } from '../../../electron/station/bank/bank-client.ts';
import {
  domainHasOwnKeys,
  replaceDomainKeys,
} from '../../../electron/station/issuance/sim-steps/card-secrets.ts';
import { globalPlatform } from '../../../native/applications/globalplatform/index.ts';
import { virtualBankCard } from '../../../native/virtual/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { linkToCard } from '../../unit/globalplatform/link-to-card.ts';

/* A bank from before there were several master keys: one secret in a file, HKDF, and nothing of it in the tables. */

let bank: TestBank;
let client: BankClient;
const secret = randomBytes(32);
const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};
const connect = () => {
  const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
  client = httpsBankClient({
    origin: bank.server.apiOrigin,
    key: read('station.key.pem'),
    certificate: read('station.cert.pem'),
    bankCa: read('bank-ca.pem'),
  });
};

beforeAll(async () => {
  bank = await startBank();
  await bank.server.stop();
  const store = valueOf(await openSqliteStore(join(bank.dataFolder, 'bank.sqlite'), new Date()));
  await migrateBack(store.db, 9);
  await store.close();
  const keys = join(bank.dataFolder, 'keys');
  rmSync(join(keys, 'card-master-1.secret'));
  valueOf(valueOf(openKeyFiles(keys, false)).keepSecret('card-management-master', secret));
  await bank.restart();
  connect();
});
afterAll(async () => {
  client.close();
  await bank.stop();
});

it('serves the cards it has issued, and new ones, by the keys that they always had', async () => {
  const card = virtualBankCard();
  const identity = card.serial.toString(16).padStart(8, '0');
  const domain = () => globalPlatform.open(linkToCard(card).pipe);
  expect(await replaceDomainKeys(domain, client, identity)).toEqual(ok('own'));
  const of = (name: string) =>
    Buffer.from(
      hkdfSync('sha256', secret, Buffer.alloc(0), `cardwright|channel-${name}|v1|aes|${identity}`, 16),
    ).toString('hex');
  expect(card.state.domain.keys).toEqual({
    '48': { type: 'aes', enc: of('enc'), mac: of('mac'), dek: of('dek') },
  });

  // A row as it was written before.
  const store = valueOf(await openSqliteStore(join(bank.dataFolder, 'bank.sqlite'), new Date()));
  await store.db.updateTable('managed_cards').set({ channel_keys_origin: null }).execute();
  expect(await store.db.selectFrom('master_keys').selectAll().execute()).toMatchObject([
    { version: 1, algorithm: 'hkdf-sha256', name: 'card-management-master', state: 'current' },
  ]);
  await store.close();
  expect(await domainHasOwnKeys(domain, client, identity)).toEqual(ok());
  expect(card.state.domain.failures).toBe(0);
});
