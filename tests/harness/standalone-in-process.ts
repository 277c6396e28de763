import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bankLog } from '../../electron/bank-server/log.ts';
import { runCommand } from '../../electron/bank-server/standalone/run-command.ts';
import { serveBank, type ServingBank } from '../../electron/bank-server/standalone/serve-bank.ts';
import { setUpBank } from '../../electron/bank-server/standalone/set-up-bank.ts';
import {
  readStandaloneOptions,
  type StandaloneOptions,
} from '../../electron/bank-server/standalone/standalone-options.ts';

/** The standalone bank in this process, over an SQLite file of its own. */
export interface InProcessBank {
  readonly serving: ServingBank;
  readonly apiOrigin: string;
  readonly portalOrigin: string;
  readonly stationFolder: string;
  readonly databaseFile: string;
  /** A command of whoever runs the bank, beside the server. */
  command(word: string, ...more: readonly string[]): Promise<object>;
  stop(): Promise<void>;
}

export interface InProcessOptions {
  readonly setUp?: readonly string[];
  readonly serve?: readonly string[];
  /** Files that options name may be written here first. */
  readonly folder?: string;
}

export const startInProcess = async ({
  setUp = [],
  serve = [],
  folder = mkdtempSync(join(tmpdir(), 'cardwright-standalone-')),
}: InProcessOptions = {}): Promise<InProcessBank> => {
  const stationFolder = join(folder, 'station');
  const databaseFile = join(folder, 'bank.sqlite');
  const log = bankLog('silent');
  const options = (command: string, more: readonly string[]): StandaloneOptions => {
    const read = readStandaloneOptions([
      command,
      ...['--database', databaseFile, '--data', join(folder, 'data'), '--station-folder', stationFolder],
      ...['--api', '127.0.0.1:0', '--portal', '127.0.0.1:0', '--operations', '127.0.0.1:0'],
      ...[
        '--bank-id',
        'in-process',
        '--bank-name',
        'In Process',
        '--portal-origin',
        'https://127.0.0.1:29445',
      ],
      ...more,
    ]);
    if (!read.ok) throw new Error(read.errors.join('; '));
    return read.options;
  };
  const made = await setUpBank(options('set-up', setUp), log);
  if (!made.ok) throw new Error(JSON.stringify(made.fault));
  const started = await serveBank(options('serve', serve), log);
  if (!started.ok) throw new Error(JSON.stringify(started.fault));
  const serving = started.value;
  return {
    serving,
    apiOrigin: `https://127.0.0.1:${serving.ports.api}`,
    portalOrigin: `https://127.0.0.1:${serving.ports.portal}`,
    stationFolder,
    databaseFile,
    async command(word, ...more) {
      const done = await runCommand(options(word, more), log);
      if (!done.ok) throw new Error(JSON.stringify(done.fault));
      return done.value;
    },
    async stop() {
      await serving.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
