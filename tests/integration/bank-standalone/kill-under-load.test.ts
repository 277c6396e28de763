import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { trainingCustomers, trainingSecrets } from '../../../electron/bank-server/index.ts';
import { openPostgresStore } from '../../../electron/bank-server/store/postgres/open-postgres-store.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../../electron/bank-server/store/store.ts';
import { bankApi } from '../../../electron/shared/bank-api/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import { bankClient } from '../../harness/bank-client.ts';
import { runBankProgram, startBankProcess, type ServingProcess } from '../../harness/standalone-bank.ts';
import { startPostgres } from '../../harness/start-postgres.ts';
import { issueCards, type Acknowledged } from './issuing-customer.ts';
import { freePort } from '../../harness/free-ports.ts';

/*
 * Server processes are killed without a word while four stations issue cards. `npm run test:kill` kills 200
 * times on each store; here it is a few.
 */
const kills = Number(process.env.CARDWRIGHT_KILLS ?? 3);
const limitMs = 240_000 + kills * 20_000;

const postgres = await startPostgres();
afterAll(async () => {
  if (!('skipped' in postgres)) await postgres.stop();
}, 60_000);

describe.each([
  ['two processes over one PostgreSQL', 2, 'skipped' in postgres ? postgres.skipped : undefined],
  ['one process over SQLite', 1, undefined],
] as const)('a bank of %s, killed under load', (_name, processes, skipped) => {
  it.skipIf(skipped !== undefined)(
    'loses nothing that it acknowledged, and does nothing twice',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'cardwright-kill-'));
      const url =
        processes === 2 && !('skipped' in postgres)
          ? await postgres.newDatabase()
          : join(folder, 'bank.sqlite');
      const bankId = 'killed-bank';
      const args = ['--database', url, '--data', join(folder, 'bank'), '--log-level', 'error'];
      const setUp = await runBankProgram([
        'set-up',
        ...args,
        ...['--bank-id', bankId, '--bank-name', 'Killed Bank', '--training'],
        ...['--portal-origin', 'https://127.0.0.1:29447', '--station-folder', join(folder, 'station')],
      ]);
      expect(setUp.code).toBe(0);
      const ports = await Promise.all(Array.from({ length: processes }, freePort));
      const start = (port: number): Promise<ServingProcess> =>
        startBankProcess([...args, '--api', `127.0.0.1:${port}`, '--station-requests', '0']);
      const running = await Promise.all(ports.map(start));
      const clients = ports.map((port) => bankClient(`https://127.0.0.1:${port}`, join(folder, 'station')));

      const acknowledged: Acknowledged[] = [];
      let [done, retries] = [false, 0];
      const load = trainingCustomers
        .filter(({ blocked, customerId, document }) => {
          const ready = !blocked && trainingSecrets[customerId]?.pinBlocked !== true;
          return ready && document.expires > '2027-12-31';
        })
        .slice(0, 4)
        .map((customer) => {
          const { accountPin, suggestedLoginPassword: password } = trainingSecrets[customer.customerId]!;
          return issueCards(
            {
              ...{ bankId, clients, customer, accountPin, password, acknowledged },
              onRetry: () => (retries += 1),
            },
            () => !done,
          );
        });
      const failed = Promise.all(load).then(
        () => undefined,
        (error: unknown) => error,
      );
      const replace = async (at: number, signal: NodeJS.Signals): Promise<number | null> => {
        const code = await running[at]!.kill(signal);
        running[at] = await start(ports[at]!);
        return code;
      };
      let codes: (number | null)[] = [];
      try {
        // Not at a fixed moment after the start: something is answered first, then anywhere in what follows.
        for (let kill = 0; kill < kills; kill += 1) {
          const before = acknowledged.length;
          const moved = expect
            .poll(() => acknowledged.length, { timeout: 120_000 })
            .toBeGreaterThan(before + 4);
          await Promise.race([moved, failed.then((error) => expect(error).toBeUndefined())]);
          await wait(Math.random() * 150);
          await replace(kill % processes, 'SIGKILL');
        }
        // And once as a rolling restart: told to stop, each ends with 0 after what was under way.
        for (const at of ports.keys()) codes = [...codes, await replace(at, 'SIGTERM')];
      } finally {
        done = true;
      }
      expect(await failed).toBeUndefined();
      expect(codes).toEqual(ports.map(() => 0));

      const opened: Result<Store> =
        processes === 2
          ? await openPostgresStore({ url, now: new Date() })
          : await openSqliteStore(url, new Date());
      if (!opened.ok) throw new Error(opened.fault.code);
      await expectNothingLostOrDoubled(opened.value, acknowledged);
      console.log(
        `${kills} kills, ${acknowledged.length} answers, ${new Set(acknowledged.map(({ cardId }) => cardId)).size} cards, ${retries} asked again`,
      );
      expect(retries).toBeGreaterThan(0);
      await opened.value.close();
      for (const client of clients) client.close();
      await Promise.all(running.map((each) => each.kill('SIGTERM')));
      rmSync(folder, { recursive: true, force: true });
    },
    limitMs,
  );
});

const expectNothingLostOrDoubled = async (
  { db }: Store,
  acknowledged: readonly Acknowledged[],
): Promise<void> => {
  // Lost: every yes is there, word for word.
  const remembered = new Map(
    (await db.selectFrom('idempotency').select(['idempotency_key', 'answer']).execute()).map(
      ({ idempotency_key, answer }) => [idempotency_key, answer],
    ),
  );
  const certificates = await db
    .selectFrom('certificates')
    .select(['card_id', 'der', 'state'])
    .where('card_id', 'is not', null)
    .execute();
  const ofCard = new Map(certificates.map((row) => [row.card_id, row]));
  const lost = acknowledged.filter(({ idempotencyKey, answer, cardId, call }) => {
    if (call === 'enrol')
      return hash('sha256', Buffer.from(ofCard.get(cardId)?.der ?? '', 'base64')) !== answer;
    const stored = remembered.get(idempotencyKey ?? '');
    if (stored === undefined) return true;
    const { ok, value } = JSON.parse(stored) as { ok: boolean; value: unknown };
    return !ok || !isDeepStrictEqual(bankApi[call].reply.parse(value), answer);
  });
  expect(lost).toEqual([]);

  // Doubled: one certificate a card, every move of every machine once, every notification once.
  expect(ofCard.size).toBe(certificates.length);
  const transitions = await db.selectFrom('transitions').select(['machine', 'card_id', 'to_state']).execute();
  const moves = transitions
    .filter(({ card_id }) => card_id !== '')
    .map((each) => `${each.machine} ${each.card_id} ${each.to_state}`);
  expect(moves.filter((move, at) => moves.indexOf(move) !== at)).toEqual([]);
  const notifications = (await db.selectFrom('outbox').select('message').execute()).map(({ message }) => {
    const { kind, cardId } = JSON.parse(message) as { kind: string; cardId: string };
    return `${kind} ${cardId}`;
  });
  expect(new Set(notifications).size).toBe(notifications.length);
  // Nothing is there that nobody was told of, and every card came to its end.
  const cards = await db.selectFrom('cards').select(['card_id', 'state']).execute();
  expect(cards.map(({ card_id }) => card_id).sort()).toEqual(
    [...new Set(acknowledged.map(({ cardId }) => cardId))].sort(),
  );
  expect(cards.filter(({ state }) => state !== 'revoked')).toEqual([]);
  for (const kind of ['card-registered', 'card-handed-over', 'card-revoked'])
    expect(notifications.filter((each) => each.startsWith(kind))).toHaveLength(cards.length);
};
