import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStandaloneOptions } from '../../../electron/bank-server/standalone/standalone-options.ts';
import { bankClient } from '../../harness/bank-client.ts';
import { runBankProgram, startBankProcess, type ServingProcess } from '../../harness/standalone-bank.ts';
import { startPostgres } from '../../harness/start-postgres.ts';

const postgres = await startPostgres();
if ('skipped' in postgres) {
  it.skip(`processes that serve together: ${postgres.skipped}`, () => {});
} else {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-together-'));
  const station = join(folder, 'station');
  let args: string[];
  let bank: ServingProcess;

  const operations = async (path: string): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${bank.operationsOrigin}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  /** Requests to the status call that each of the processes has answered. */
  const answered = async (): Promise<number[]> => {
    const { text } = await operations('/metrics');
    return Array.from(
      text.matchAll(/^cardwright_request_seconds_count\{process="\d+",server="api",[^}]*\} (\d+)$/gm),
      ([, count]) => Number(count),
    );
  };
  const processIds = (): string[] => {
    const listed = execFileSync('ps', ['-o', 'pid=', '--ppid', String(bank.child.pid)], { encoding: 'utf8' });
    return listed.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  };
  const until = async (what: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; !(await what()); tries += 1) {
      if (tries > 300) throw new Error('it never came to that');
      await wait(100);
    }
  };
  /** Each on a connection of its own. */
  const ask = async (): Promise<boolean> => {
    const client = bankClient(bank.apiOrigin, station);
    try {
      return (await client.call('status', {})).ok;
    } finally {
      client.close();
    }
  };
  /** Asks again and again until told to stop: what was answered, and what was not. */
  const askingMeanwhile = async (work: () => Promise<void>): Promise<{ good: number; bad: string[] }> => {
    let over = false;
    const seen = { good: 0, bad: [] as string[] };
    const asking = Array.from({ length: 4 }, async () => {
      while (!over) {
        await ask().then(
          (good) => (good ? (seen.good += 1) : seen.bad.push('refused')),
          (error: unknown) => seen.bad.push(String(error)),
        );
      }
    });
    await work();
    over = true;
    await Promise.all(asking);
    return seen;
  };

  beforeAll(async () => {
    args = ['--database', await postgres.newDatabase(), '--data', join(folder, 'bank')];
    const setUp = await runBankProgram([
      'set-up',
      ...args,
      ...['--bank-id', 'together', '--bank-name', 'Together', '--training', '--station-folder', station],
      ...['--portal-origin', 'https://127.0.0.1:29447'],
    ]);
    expect(setUp.code).toBe(0);
    bank = await startBankProcess([...args, '--processes', '2']);
  }, 120_000);
  afterAll(async () => {
    if (bank.child.exitCode === null && bank.child.signalCode === null) await bank.kill('SIGTERM');
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  describe('processes that serve together', () => {
    it('share the connections, and tell what each of them has done', async () => {
      for (let asked = 0; asked < 8; asked += 1) expect(await ask()).toBe(true);
      expect(await answered()).toEqual([4, 4]);
      expect((await operations('/healthz')).status).toBe(200);
      expect(await operations('/readyz')).toEqual({ status: 200, text: 'ready\n' });
      expect((await operations('/other')).status).toBe(404);
      const { text } = await operations('/metrics');
      expect(text.match(/^# TYPE process_resident_memory_bytes gauge$/gm)).toHaveLength(1);
      expect(text.match(/^process_resident_memory_bytes\{process="[12]"\} \d+$/gm)).toHaveLength(2);
    });

    it('go on when one of them is killed, and are two again', async () => {
      const before = processIds();
      expect(before).toHaveLength(2);
      process.kill(Number(before[0]), 'SIGKILL');
      await until(async () => {
        const now = processIds();
        return now.length === 2 && !now.includes(before[0]!) && (await answered()).length >= 1;
      });
      for (let asked = 0; asked < 8; asked += 1) expect(await ask()).toBe(true);
      await until(async () => (await operations('/metrics')).text.includes('process="2"'));
    }, 60_000);

    it('are renewed one after the other on SIGHUP, and nobody waits in vain', async () => {
      const before = processIds();
      const seen = await askingMeanwhile(async () => {
        bank.child.kill('SIGHUP');
        await until(async () => {
          const now = processIds();
          return now.length === 2 && now.every((each) => !before.includes(each));
        });
      });
      expect(seen.bad).toEqual([]);
      expect(seen.good).toBeGreaterThan(10);
    }, 60_000);

    it('say once what is wrong', async () => {
      const refused = await runBankProgram([
        'serve',
        ...args,
        ...['--processes', '2', '--api', new URL(bank.apiOrigin).host],
        ...['--portal', '127.0.0.1:0', '--operations', '127.0.0.1:0', '--log-level', 'error'],
      ]);
      expect(refused.code).toBe(1);
      expect(JSON.parse(refused.output)).toMatchObject({
        kind: 'failed',
        fault: { code: 'bank-port-taken', data: { server: 'api' } },
      });
    }, 60_000);

    it('end together, in peace', async () => {
      const before = processIds();
      expect(await bank.kill('SIGTERM')).toBe(0);
      for (const each of before) expect(() => process.kill(Number(each), 0)).toThrow();
    }, 60_000);

    it('end with the one that started them, whatever became of it', async () => {
      bank = await startBankProcess([...args, '--processes', '2']);
      const before = processIds();
      await bank.kill('SIGKILL');
      const lives = (each: string): boolean => {
        try {
          return process.kill(Number(each), 0);
        } catch {
          return false;
        }
      };
      await until(() => Promise.resolve(!before.some(lives)));
    }, 60_000);
  });

  it('need PostgreSQL, and a number that makes sense', () => {
    const errorsOf = (...more: string[]): readonly string[] => {
      const read = readStandaloneOptions(['serve', '--data', folder, ...more]);
      return read.ok ? [] : read.errors;
    };
    expect(errorsOf('--database', 'postgres://h/d', '--processes', 'cores')).toEqual([]);
    expect(errorsOf('--database', join(folder, 'bank.sqlite'), '--processes', '1')).toEqual([]);
    expect(errorsOf('--database', join(folder, 'bank.sqlite'), '--processes', '2')).toEqual([
      '--processes: several need PostgreSQL, an SQLite file is for one',
    ]);
    for (const wrong of ['0', '1.5', 'many', '65'])
      expect(errorsOf('--database', 'postgres://h/d', '--processes', wrong)).toEqual([
        `--processes: "${wrong}" is neither "cores" nor a number from 1 to 64`,
      ]);
  });
}
