import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { Client } from 'pg';
import { openLoadConnection, requestBytes } from './load-connection.ts';
import { freePort } from '../../harness/free-ports.ts';

/** `cfssl serve` with its certificate database, another maker's CA server: the peer of the issuing bench. */
export interface Cfssl {
  readonly pid: number;
  readonly port: number;
  /** A whole HTTP request that has a PKCS#10 request (PEM) signed. */
  signRequest(pem: string): Buffer;
  stop(): Promise<void>;
}

export const hasCfssl = (): boolean => existsSync('/usr/bin/cfssl');

/** Its own migrations, in one: Debian's package has the program only. */
const tables = (blob: 'bytea' | 'blob', time: 'timestamptz' | 'timestamp') => `
  create table certificates (
    serial_number ${blob} not null, authority_key_identifier ${blob} not null, ca_label ${blob},
    status ${blob} not null, reason int, expiry ${time}, revoked_at ${time}, pem ${blob} not null,
    primary key (serial_number, authority_key_identifier)
  );
  create table ocsp_responses (
    serial_number ${blob} not null, authority_key_identifier ${blob} not null, body ${blob} not null,
    expiry ${time}, primary key (serial_number, authority_key_identifier)
  );`;

/** @param database `postgres://…`, or the path of an SQLite file */
export const startCfssl = async (folder: string, database: string): Promise<Cfssl> => {
  const file = (name: string) => join(folder, name);
  const isPostgres = database.startsWith('postgres');
  if (isPostgres) {
    const client = new Client({ connectionString: database });
    await client.connect();
    await client.query(tables('bytea', 'timestamptz'));
    await client.end();
  } else {
    const sqlite = new BetterSqlite3(database);
    sqlite.exec(tables('blob', 'timestamp'));
    sqlite.close();
  }
  const ca = JSON.parse(
    execFileSync('cfssl', ['gencert', '-initca', '-loglevel=5', '-'], {
      input: JSON.stringify({ CN: 'Bench CA', key: { algo: 'ecdsa', size: 256 } }),
      encoding: 'utf8',
    }),
  ) as { cert: string; key: string };
  writeFileSync(file('ca.pem'), ca.cert);
  writeFileSync(file('ca-key.pem'), ca.key, { mode: 0o600 });
  const source = isPostgres ? `${database}?sslmode=disable` : database;
  writeFileSync(
    file('db.json'),
    JSON.stringify({ driver: isPostgres ? 'postgres' : 'sqlite3', data_source: source }),
  );
  writeFileSync(
    file('config.json'),
    JSON.stringify({
      signing: { default: { usages: ['digital signature', 'client auth'], expiry: '43800h' } },
    }),
  );
  const port = await freePort();
  const child: ChildProcess = spawn(
    'cfssl',
    [
      'serve',
      ...['-address', '127.0.0.1', '-port', String(port), '-loglevel', '5', '-config', file('config.json')],
      ...['-ca', file('ca.pem'), '-ca-key', file('ca-key.pem'), '-db-config', file('db.json')],
    ],
    { stdio: 'ignore' },
  );
  for (let tries = 0; ; tries += 1) {
    const up = await openLoadConnection(port).catch(() => undefined);
    up?.close();
    if (up !== undefined) break;
    if (tries > 100) throw new Error('cfssl does not listen');
    await wait(100);
  }
  return {
    pid: child.pid ?? 0,
    port,
    signRequest: (pem) =>
      requestBytes(
        '/api/v1/cfssl/sign',
        { 'Content-Type': 'application/json' },
        JSON.stringify({ certificate_request: pem }),
      ),
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
};
