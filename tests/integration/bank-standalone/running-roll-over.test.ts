import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingCustomers, trainingSecrets } from '../../../electron/bank-server/index.ts';
import { bankLog } from '../../../electron/bank-server/log.ts';
import { wordsIn } from '../../../electron/bank-server/portal/words.ts';
import { runCommand } from '../../../electron/bank-server/standalone/run-command.ts';
import { setUpBank } from '../../../electron/bank-server/standalone/set-up-bank.ts';
import {
  readStandaloneOptions,
  type StandaloneOptions,
} from '../../../electron/bank-server/standalone/standalone-options.ts';
import { certificatesIn } from '../../../electron/station/bank/bank-trust.ts';
import { virtualPivCard, type VirtualPivCard } from '../../../native/virtual/index.ts';
import { bankClient, type BankClient } from '../../harness/bank-client.ts';
import { issueCard, type IssuedCard } from '../../harness/issue-card.ts';
import { portalClient, signAssertion } from '../../harness/portal-client.ts';
import { startBankProcess, type ServingProcess } from '../../harness/standalone-bank.ts';
import type { TestBank } from '../../harness/start-bank.ts';
import { startPostgres } from '../../harness/start-postgres.ts';
import {
  cardReader,
  counter,
  goOn,
  inWords,
  must,
  recognisedIn,
  startIssuance,
  startTestStation,
  type TestStation,
} from '../../harness/start-station.ts';

/* Nobody restarts: two processes of the bank, a station at each, and the CA gets another key under their work. */

const postgres = await startPostgres();
if ('skipped' in postgres) {
  it.skip(`a roll-over under work: ${postgres.skipped}`, () => {});
} else {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-running-'));
  const stationFolder = join(folder, 'station');
  const log = bankLog('silent');
  let args: string[];
  let processes: ServingProcess[];
  let database: Client;
  let client: BankClient;
  /** Looks for new keys all the time; looks once, at its start. */
  let diligent: TestStation;
  let lazy: TestStation;
  const cards: Record<string, IssuedCard> = {};

  const optionsOf = (...command: string[]): StandaloneOptions => {
    const read = readStandaloneOptions([...command, ...args]);
    if (!read.ok) throw new Error(read.errors.join('; '));
    return read.options;
  };
  const run = async (...command: string[]): Promise<Record<string, unknown>> =>
    must(await runCommand(optionsOf(...command), log)) as Record<string, unknown>;
  const asBank = (process: ServingProcess, credentials = stationFolder): TestBank =>
    ({
      customers: trainingCustomers,
      trainingSecrets,
      stationFolder: credentials,
      server: {
        bankId: 'roll-bank',
        apiOrigin: process.apiOrigin,
        portalOrigin: 'https://127.0.0.1:29447',
      },
      now: () => new Date(),
    }) as unknown as TestBank;
  /** Each has its own credentials folder and log; to the bank they are one, so only one may be anchored. */
  const stationAt = async (process: ServingProcess, name: string, keysEveryMs: number) => {
    const own = join(folder, name);
    mkdirSync(own);
    const credentials = join(own, 'credentials');
    cpSync(stationFolder, credentials, { recursive: true });
    return startTestStation({
      bank: asBank(process, credentials),
      folder: own,
      counter: counter(own),
      isAnchored: true,
      options: { keysEveryMs, bankCheckEveryMs: 200, anchorEveryMs: 3_600_000 },
    });
  };
  const known = (name: string): number =>
    certificatesIn(readFileSync(join(folder, name, 'credentials', 'bank-ca.pem'), 'utf8')).length;

  const mediumAt = async (station: TestStation) => {
    const { readers } = must(await station.teller.call('devices.list', {}));
    return readers.find(({ reader }) => reader === cardReader)?.medium;
  };
  const putIn = async (station: TestStation, sim: VirtualPivCard): Promise<void> => {
    station.counter.cards.remove(cardReader);
    await expect.poll(() => mediumAt(station)).toBeUndefined();
    station.counter.cards.insert(cardReader, sim);
    await recognisedIn(station, cardReader);
  };
  /** A SIM at the counter, from the customer's papers to the hand-over; the id of the key that signed for it. */
  const issueAt = async (station: TestStation, process: ServingProcess, customerId: string) => {
    const sim = virtualPivCard({ form: 'sim' });
    await putIn(station, sim);
    const { runId } = must(await startIssuance(station, asBank(process), customerId));
    const view = await goOn(station, asBank(process), runId, 'sim');
    expect(inWords(view), customerId).toBe('completed done');
    // Put in again, the card is this bank's.
    await putIn(station, sim);
    expect((await mediumAt(station))?.refusals).toMatchObject([{ code: 'card-already-issued' }]);
    const { rows } = await database.query<{ issuer_key_id: string }>(
      'select issuer_key_id from certificates where card_id = $1',
      [view.subject.cardId],
    );
    return rows[0]!.issuer_key_id;
  };
  const issue = async (name: string, customerId: string): Promise<void> => {
    cards[name] = await issueCard(asBank(processes[0]!), client, customerId);
  };
  const logsIn = async (name: string): Promise<void> => {
    const card = cards[name]!;
    for (const process of processes) {
      const bank = asBank(process);
      const phone = portalClient(bank, 'en', process.portalOrigin);
      const { text } = await phone.login(signAssertion(bank, card));
      expect(text, name).toContain(wordsIn.en.password.title);
      phone.close();
    }
  };

  beforeAll(async () => {
    const url = await postgres.newDatabase();
    args = ['--database', url, '--data', join(folder, 'bank'), '--log-level', 'error'];
    must(
      await setUpBank(
        optionsOf(
          'set-up',
          ...['--bank-id', 'roll-bank', '--bank-name', 'Roll Bank', '--training'],
          ...['--portal-origin', 'https://127.0.0.1:29447', '--station-folder', stationFolder],
        ),
        log,
      ),
    );
    processes = await Promise.all([startBankProcess(args), startBankProcess(args)]);
    database = new Client({ connectionString: url });
    await database.connect();
    client = bankClient(processes[0]!.apiOrigin, stationFolder);
    diligent = await stationAt(processes[0]!, 'diligent', 500);
    lazy = await stationAt(processes[1]!, 'lazy', 3_600_000);
  }, 300_000);
  afterAll(async () => {
    client.close();
    await diligent.stop();
    await lazy.stop();
    await database.end();
    await Promise.all(processes.map((each) => each.kill('SIGTERM')));
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  describe('a new key of the CA, under work', () => {
    let oldKey: string;
    let newKey: string;

    it('is announced: who looks knows it, and all that is issued is the old one’s', async () => {
      oldKey = await issueAt(diligent, processes[0]!, 'C-100001');
      expect(await issueAt(lazy, processes[1]!, 'C-100002')).toBe(oldKey);
      await issue('before', 'C-100003');
      newKey = String((await run('announce-ca-key', '--officer', 'manager-1')).keyId);
      await expect.poll(() => known('diligent'), { timeout: 15_000 }).toBe(2);
      expect(known('lazy')).toBe(1);
      expect(await issueAt(diligent, processes[0]!, 'C-100004')).toBe(oldKey);
      expect(await issueAt(lazy, processes[1]!, 'C-100005')).toBe(oldKey);
      await issue('during', 'C-100006');
      const manager = await diligent.window('manager');
      const { records } = must(
        await manager.call('audit.search', { filter: { event: 'bank.key-learned' }, limit: 10 }),
      );
      expect(records).toHaveLength(1);
    }, 120_000);

    it('takes over: both processes sign with it, for the station that knew and for the one that had not looked', async () => {
      await run('switch-ca-key', '--officer', 'manager-1');
      await sleep(5_500); // a running process looks again every five seconds
      expect(await issueAt(diligent, processes[0]!, 'C-100007')).toBe(newKey);
      expect(await issueAt(lazy, processes[1]!, 'C-100008')).toBe(newKey);
      // The status names the certificate that is in force: who does not know it looks at once.
      expect(known('lazy')).toBe(2);
      await issue('after', 'C-100009');
    }, 180_000);

    it('cards of the old key log in as ever, and those of the new one', async () => {
      for (const name of ['before', 'during', 'after']) await logsIn(name);
    }, 60_000);

    it('a process that starts now has a certificate of the new key; the stations go on, with the link and without', async () => {
      for (const link of ['with', 'without']) {
        if (link === 'without') await database.query('update issuing_keys set link = null, back_link = null');
        for (const at of [0, 1]) {
          const { port } = new URL(processes[at]!.apiOrigin);
          await processes[at]!.kill('SIGTERM');
          processes[at] = await startBankProcess([...args, '--api', `127.0.0.1:${port}`]);
        }
        for (const station of [diligent, lazy])
          await expect
            .poll(
              async () => {
                await sleep(300);
                return must(await station.teller.call('devices.list', {})).connection.bank;
              },
              { timeout: 15_000 },
            )
            .toMatchObject({ state: 'connected' });
      }
      expect(await issueAt(diligent, processes[0]!, 'C-100010')).toBe(newKey);
      expect(await issueAt(lazy, processes[1]!, 'C-100011')).toBe(newKey);
      expect([...diligent.bugs, ...lazy.bugs]).toEqual([]);
    }, 120_000);
  });
}
