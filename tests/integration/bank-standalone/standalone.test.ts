import { createHash, randomUUID } from 'node:crypto';
import { Agent } from 'node:https';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingCustomers, trainingSecrets } from '../../../electron/bank-server/index.ts';
import { openPostgresStore } from '../../../electron/bank-server/store/postgres/open-postgres-store.ts';
import { bankClient, httpsSend, type BankClient } from '../../harness/bank-client.ts';
import { certify, prove, reserve, type SoftCard } from '../../harness/issue-card.ts';
import { makeSoftToken } from '../../harness/soft-token.ts';
import { runBankProgram, startBankProcess, type ServingProcess } from '../../harness/standalone-bank.ts';
import type { TestBank } from '../../harness/start-bank.ts';
import { startPostgres } from '../../harness/start-postgres.ts';

describe('the options of the bank server', () => {
  it('are refused with everything that is wrong with them at once', async () => {
    const { code, errors } = await runBankProgram([
      'serve',
      ...['--database', 'mysql://x', '--data', '/nowhere/at/all', '--api', 'here', '--slot', 'one'],
      ...['--portal-origin', 'http://bank', '--log-level', 'loud', '--ca-algorithm', 'rsa-1024'],
    ]);
    expect(code).toBe(2);
    for (const named of [
      '--database',
      '--data',
      '--api',
      '--slot',
      '--portal-origin',
      '--log-level',
      '--ca-algorithm',
    ])
      expect(errors).toContain(named);
    expect(errors.trim().split('\n')).toHaveLength(7);
  });
});

const postgres = await startPostgres();
const token = makeSoftToken();
if ('skipped' in postgres) {
  it.skip(`several processes over one PostgreSQL: ${postgres.skipped}`, () => {});
} else {
  describe('a bank of several processes over one PostgreSQL', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardwright-standalone-'));
    const stationFolder = join(folder, 'station');
    const environment = token?.environment ?? {};
    let url: string;
    let args: string[];
    const processes: ServingProcess[] = [];
    const start = async (): Promise<ServingProcess> => {
      const started = await startBankProcess(args, environment);
      processes.push(started);
      return started;
    };

    beforeAll(async () => {
      url = await postgres.newDatabase();
      const pinFile = join(folder, 'pin');
      writeFileSync(pinFile, `${token?.pin ?? ''}\n`, { mode: 0o600 });
      args = ['--database', url, '--data', join(folder, 'bank')];
      if (token) args.push('--pkcs11', token.module, '--token', token.label, '--pin-file', pinFile);
    });
    afterAll(async () => {
      await Promise.all(
        processes
          .filter(({ child }) => child.exitCode === null && child.signalCode === null)
          .map((each) => each.kill('SIGKILL')),
      );
      await postgres.stop();
      token?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    const customers = trainingCustomers.filter(
      (each) =>
        !each.blocked &&
        trainingSecrets[each.customerId]?.pinBlocked !== true &&
        each.document.expires > '2026-12-31',
    );

    it('serves nothing before it was set up, is set up once, and then serves', async () => {
      const early = await runBankProgram(
        ['serve', ...args, '--data', folder, '--log-level', 'error'],
        environment,
      );
      expect(early.code).toBe(1);
      expect(JSON.parse(early.output)).toMatchObject({ fault: { data: { reason: 'not-set-up' } } });
      const setUp = [
        'set-up',
        ...args,
        ...['--bank-id', 'two-processes', '--bank-name', 'Two Processes', '--training'],
        ...['--portal-origin', 'https://127.0.0.1:29443', '--station-folder', stationFolder],
        ...(token ? ['--ca-algorithm', 'rsa-2048'] : []),
      ];
      const done = await runBankProgram(setUp, environment);
      expect([done.code, done.errors]).toEqual([0, '']);
      const again = await runBankProgram(setUp, environment);
      expect(JSON.parse(again.output)).toMatchObject({ fault: { data: { reason: 'set-up-already' } } });

      const { apiOrigin, operationsOrigin } = await start();
      const client = bankClient(apiOrigin, stationFolder);
      expect(await client.must('status', {})).toMatchObject({ bankId: 'two-processes', training: true });
      client.close();
      const get = async (path: string) => {
        const answer = await fetch(operationsOrigin + path);
        return [answer.status, await answer.text()] as const;
      };
      expect(await get('/healthz')).toEqual([200, 'ok\n']);
      expect(await get('/readyz')).toEqual([200, 'ready\n']);
      const [, metrics] = await get('/metrics');
      expect(metrics).toContain(
        'cardwright_request_seconds_count{server="api",method="GET",route="/api/v1/status",status="200"} 1',
      );
      expect(metrics).not.toContain('C-1000');
    }, 120_000); // five programs start, one after the other

    it('loses and doubles no registration when one process is killed under load', async () => {
      const [first, second] = [processes[0]!, await start()];
      const one = bankClient(first.apiOrigin, stationFolder);
      const two = bankClient(second.apiOrigin, stationFolder);
      const asBank = { customers: trainingCustomers, trainingSecrets } as TestBank;
      const cards: SoftCard[] = [];
      for (const { customerId } of customers.slice(0, 8)) cards.push(await reserve(asBank, one, customerId));

      let answered = 0;
      let failedOver = 0;
      let killed: Promise<unknown> | undefined;
      const either = <T>(ask: (client: BankClient) => Promise<T>, turn: number): Promise<T> =>
        ask(turn % 2 === 0 ? one : two).catch((error: unknown) => {
          if (!(error instanceof Error) || !('code' in error)) throw error; // only a lost connection
          failedOver += 1;
          return ask(two);
        });
      const counted = async <T>(result: Promise<T>): Promise<T> => {
        const value = await result;
        answered += 1;
        // In the middle of the load, without a word.
        if (answered === 12) killed = first.kill('SIGKILL');
        return value;
      };
      const finish = async (card: SoftCard, turn: number): Promise<string> => {
        const client: BankClient = {
          ...two,
          must: (name, params, body, key = randomUUID()) =>
            counted(
              either(async (each) => {
                // A busy bank did nothing; the same request under the same key is right.
                for (let tries = 1; ; tries += 1) {
                  const answer = await each.call(name, params, body, key);
                  if (answer.ok) return answer.value;
                  if (answer.problem.fault.code !== 'bank-busy' || tries > 5)
                    throw new Error(`${name}: ${JSON.stringify(answer.problem.fault)}`);
                }
              }, turn),
            ),
          send: (method, path, body, headers) =>
            counted(either((each) => each.send(method, path, body, headers), turn)),
        };
        const certificate = await certify(client, card);
        const { cardId } = card;
        const { userInfo } = await client.must('signUserInfo', { cardId });
        const contentSha256 = createHash('sha256').update(userInfo).digest('hex');
        await client.must('reportWritten', { cardId }, { contentSha256 });
        // A nonce whose proof was cut off is spent; the station asks for another.
        await prove(client, card, certificate, 'two-processes').catch(() =>
          prove(client, card, certificate, 'two-processes'),
        );
        await client.must('registerCard', { cardId });
        await client.must('deliverCard', { cardId }, { receiptNumber: `R-${cardId}` });
        const active = await client.must('activateCard', { cardId });
        expect(active.card.state).toBe('active');
        return cardId;
      };
      const acknowledged = await Promise.all(cards.map(finish));
      await killed;
      expect(first.child.signalCode).toBe('SIGKILL');
      expect(failedOver).toBeGreaterThan(0);

      const opened = await openPostgresStore({ url, now: new Date() });
      if (!opened.ok) throw new Error(opened.fault.code);
      const { db } = opened.value;
      const rows = await db.selectFrom('cards').select(['card_id', 'state']).execute();
      expect(rows.map((row) => row.card_id).sort()).toEqual([...acknowledged].sort());
      expect(rows.every((row) => row.state === 'active')).toBe(true);
      const registrations = await db.selectFrom('registrations').select(['card_id', 'state']).execute();
      expect(registrations.filter((row) => row.state === 'active')).toHaveLength(8);
      const certificates = await db
        .selectFrom('certificates')
        .select(['card_id', 'state'])
        .where('card_id', 'is not', null)
        .execute();
      expect(certificates).toHaveLength(8);
      // Each move of each machine happened once.
      const moves = await db.selectFrom('transitions').select(['machine', 'card_id', 'to_state']).execute();
      const names = moves.map((move) => `${move.machine} ${move.card_id} ${move.to_state}`);
      expect(new Set(names).size).toBe(names.length);
      await opened.value.close();
      one.close();
      two.close();
    });

    it('lets a new issuing key take over, made by a command while it serves', async () => {
      const last = processes.at(-1)!;
      const run = async (...command: string[]) => {
        const { code, output, errors } = await runBankProgram([...command, ...args], environment);
        expect([code, errors]).toEqual([0, '']);
        return JSON.parse(output) as { keyId: string; before: string };
      };
      const officer = ['--officer', 'manager-1', '--log-level', 'error'];
      const { keyId, before } = await run('announce-ca-key', '--ca-algorithm', 'p-384', ...officer);
      const list = async (id: string) => {
        const agent = new Agent({ rejectUnauthorized: false });
        const url = new URL(`/crl/${id}.crl`, last.portalOrigin);
        const answer = await httpsSend(agent, url, 'GET');
        return [answer.status, answer.headers['content-type']];
      };
      // It is the running process that signs this list, with a key that another process made.
      await expect.poll(() => list(keyId)).toEqual([200, 'application/pkix-crl']);
      expect(await run('switch-ca-key', ...officer)).toMatchObject({ keyId, before });
      expect((await list(before))[0]).toBe(200);
    }, 120_000);

    it('stops when it is told to: answers what is under way, then ends with 0', async () => {
      const last = processes.at(-1)!;
      const client = bankClient(last.apiOrigin, stationFolder);
      const asked = client.must('findCustomers', { query: 'C-1' });
      await client.must('status', {});
      const ended = last.kill('SIGTERM');
      expect((await asked).customers.length).toBeGreaterThan(0);
      client.close();
      expect(await ended).toBe(0);
      await expect(fetch(`${last.operationsOrigin}/readyz`)).rejects.toThrow();
    });
  });
}
