import Database from 'better-sqlite3';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startBankServer,
  trainingCustomers,
  trainingSecrets,
  type BankServer,
  type BankServerOptions,
  type TrainingCustomer,
  type TrainingSecrets,
} from '../../electron/bank-server/index.ts';
import { bankClient, type BankClient } from './bank-client.ts';

/** A real bank server in this process, in a temporary folder, on free ports of the loopback. */
export interface TestBank {
  readonly server: BankServer;
  readonly dataFolder: string;
  readonly stationFolder: string;
  readonly customers: readonly TrainingCustomer[];
  readonly trainingSecrets: Readonly<Record<string, TrainingSecrets>>;
  /** A client with the station's certificate. */
  client(): BankClient;
  /** Moves the bank's clock on. */
  advance(seconds: number): void;
  /** From now on only `advance` moves it: for tests that count seconds on a busy machine. */
  freeze(): void;
  now(): Date;
  /** Two officers let a card out of quarantine. */
  release(mediumIdentity: string): Promise<void>;
  /** Stops and starts again over the same data. */
  restart(): Promise<void>;
  /**
   * Copies the database as `sqlite3 bank.sqlite .backup` does, while the bank works; hands out what starts the bank again
   * over that copy.
   */
  backUp(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

export const startBank = async (options: Partial<BankServerOptions> = {}): Promise<TestBank> => {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-bank-'));
  const dataFolder = join(folder, 'bank');
  const stationFolder = join(folder, 'station');
  let offsetMs = 0;
  let frozenAt: number | undefined;
  const now = () => new Date((frozenAt ?? Date.now()) + offsetMs);
  const start = async (): Promise<BankServer> => {
    const started = await startBankServer({
      dataFolder,
      stationFolder,
      training: true,
      logLevel: 'silent',
      clock: now,
      ...options,
    });
    if (!started.ok) throw new Error(`the bank did not start: ${JSON.stringify(started.fault)}`);
    return started.value;
  };
  let server = await start();
  const clients: BankClient[] = [];
  const closeClients = () => {
    for (const client of clients.splice(0)) client.close();
  };
  const openClient = () => {
    const client = bankClient(server.apiOrigin, stationFolder);
    clients.push(client);
    return client;
  };
  const restart = async (meanwhile?: () => void): Promise<void> => {
    closeClients();
    await server.stop();
    meanwhile?.();
    server = await start();
  };
  return {
    get server() {
      return server;
    },
    dataFolder,
    stationFolder,
    customers: trainingCustomers,
    trainingSecrets,
    client: openClient,
    async release(mediumIdentity) {
      const client = openClient();
      const { releaseId } = await client.must(
        'askQuarantineRelease',
        { mediumIdentity },
        { finding: 'as-recorded', reason: 'looked at', officer: { officerId: 'T-1', role: 'technician' } },
      );
      await client.must(
        'decideQuarantineRelease',
        { releaseId },
        { approved: true, reason: '', officer: { officerId: 'M-1', role: 'manager' } },
      );
    },
    advance(seconds) {
      offsetMs += seconds * 1000;
    },
    freeze() {
      frozenAt = Date.now();
    },
    now,
    restart: () => restart(),
    async backUp() {
      const file = join(dataFolder, 'bank.sqlite');
      const copy = join(folder, 'bank.backup');
      const db = new Database(file);
      await db.backup(copy);
      db.close();
      return () =>
        restart(() => {
          for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
          copyFileSync(copy, file);
        });
    },
    async stop() {
      closeClients();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
