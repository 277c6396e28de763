import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

/** A standalone bank over SQLite in this process, with the port where stations enrol. */
export interface EnrolmentBank {
  readonly serving: ServingBank;
  /** Another one over the same data, with the same options. */
  serve(): Promise<ServingBank>;
  readonly enrolmentOrigin: string;
  readonly folder: string;
  readonly stationFolder: string;
  /** PEM. */
  readonly ca: Buffer;
  /** Runs one of the bank's own commands; throws what was refused. */
  command(...args: string[]): Promise<Record<string, unknown>>;
  admit(stationId: string): Promise<string>;
  /** Says yes to whoever waits. */
  approveAll(): Promise<number>;
  stop(): Promise<void>;
}

export const startEnrolmentBank = (...serveArgs: string[]): Promise<EnrolmentBank> =>
  startStandaloneBank([], serveArgs);

export const startStandaloneBank = async (
  setUpArgs: readonly string[],
  serveArgs: readonly string[],
): Promise<EnrolmentBank> => {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-enrol-'));
  const stationFolder = join(folder, 'station');
  const log = bankLog('silent');
  const options = (...args: string[]): StandaloneOptions => {
    const read = readStandaloneOptions([
      ...args,
      ...['--database', join(folder, 'bank.sqlite'), '--data', join(folder, 'data'), '--api', '127.0.0.1:0'],
      ...['--portal', '127.0.0.1:0', '--operations', '127.0.0.1:0', '--enrolment', '127.0.0.1:0'],
      ...['--bank-id', 'enrol-bank', '--bank-name', 'Enrol Bank', '--station-folder', stationFolder],
      ...['--portal-origin', 'https://127.0.0.1:29444'],
    ]);
    if (!read.ok) throw new Error(read.errors.join('; '));
    return read.options;
  };
  const must = <T>(result: { ok: true; value: T } | { ok: false; fault: unknown }): T => {
    if (!result.ok) throw new Error(JSON.stringify(result.fault));
    return result.value;
  };
  const command = async (...args: string[]): Promise<Record<string, unknown>> =>
    must(await runCommand(options(...args), log)) as Record<string, unknown>;
  must(await setUpBank(options('set-up', ...setUpArgs), log));
  const serve = async () => must(await serveBank(options('serve', ...serveArgs), log));
  const serving = await serve();
  return {
    serving,
    serve,
    enrolmentOrigin: `https://localhost:${String(serving.ports.enrolment)}`,
    folder,
    stationFolder,
    ca: readFileSync(join(stationFolder, 'bank-ca.pem')),
    command,
    admit: async (stationId) => String((await command('admit-station', stationId)).password),
    async approveAll() {
      const { waiting } = (await command('list-enrolments')) as { waiting: { request_id: string }[] };
      for (const each of waiting)
        await command('approve-enrolment', each.request_id, '--officer', 'manager-1');
      return waiting.length;
    },
    async stop() {
      await serving.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
