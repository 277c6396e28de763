import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bankLog } from '../../../electron/bank-server/log.ts';
import { runCommand } from '../../../electron/bank-server/standalone/run-command.ts';
import { readStandaloneOptions } from '../../../electron/bank-server/standalone/standalone-options.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import { openBankTrust } from '../../../electron/station/bank/bank-trust.ts';
import { openStationCredentials } from '../../../electron/station/bank/station-credentials.ts';
import { issueCard } from '../../harness/issue-card.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { must } from '../../harness/start-station.ts';

/* The bank that starts with the station has its database and keys in files: the bank's commands work beside it. */

let bank: TestBank;
beforeAll(async () => {
  bank = await startBank();
}, 60_000);
afterAll(() => bank.stop());

const command = async (...args: string[]): Promise<Record<string, unknown>> => {
  const read = readStandaloneOptions([
    ...args,
    ...['--database', join(bank.dataFolder, 'bank.sqlite'), '--data', bank.dataFolder],
  ]);
  if (!read.ok) throw new Error(read.errors.join('; '));
  return must(await runCommand(read.options, bankLog('silent'))) as Record<string, unknown>;
};
const signerOf = async (customerId: string): Promise<string> => {
  const client = bank.client();
  const { certificate } = await issueCard(bank, client, customerId);
  client.close();
  const cacerts = must(await stationClient().readCaCertificates()).map((der) => new X509Certificate(der));
  const issued = new X509Certificate(certificate);
  return cacerts.find((each) => each.verify(each.publicKey) && issued.verify(each.publicKey))!.serialNumber;
};
const stationClient = () => {
  const { current, bankCa } = must(openStationCredentials(bank.stationFolder));
  return httpsBankClient({ origin: bank.server.apiOrigin, ...current(), bankCa });
};

describe('the commands of the bank that starts with the station', () => {
  it('let a new issuing key take over while it serves', async () => {
    const before = await signerOf('C-100001');
    const announced = await command('announce-ca-key', '--officer', 'M-1', '--ca-algorithm', 'p-384');
    expect(announced).toMatchObject({ kind: 'announced', name: 'ca-2' });
    await sleep(5_500); // it looks again every five seconds
    expect(await signerOf('C-100002')).toBe(before);

    const trust = openBankTrust(readFileSync(join(bank.stationFolder, 'bank-ca.pem'), 'utf8'), () => {});
    expect(trust.learn(must(await stationClient().readCaCertificates()), new Date())).toBe(true);

    await command('switch-ca-key', '--officer', 'M-1');
    await sleep(5_500);
    expect(await signerOf('C-100003')).not.toBe(before);
    // Its next start has a certificate of the new key, and gives the station both.
    await bank.restart();
    expect(await signerOf('C-100004')).not.toBe(before);
    expect(must(await stationClient().call('status', {}, {})).training).toBe(true);
  }, 60_000);

  it('list what it has, and enter a master key', async () => {
    expect(await command('list-ca-keys')).toMatchObject({
      keys: [
        { name: 'ca', state: 'retired' },
        { name: 'ca-2', state: 'current', made_by: 'M-1' },
      ],
    });
    expect(await command('list-master-keys')).toMatchObject({ keys: [{ version: 1, state: 'current' }] });
  });
});
