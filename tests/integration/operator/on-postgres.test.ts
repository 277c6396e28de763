import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retireEpochs, type OperatorTables } from '../../../electron/bank-server/operator/index.ts';
import type { LedgerTables } from '../../../electron/bank-server/transactions/index.ts';
import { openTransactionKeys } from '../../../electron/operator-platform/keys/open-transaction-keys.ts';
import { registerPhone } from '../../../electron/operator-platform/registration/register-phone.ts';
import { startPostgres, type TestPostgres } from '../../harness/start-postgres.ts';
import { craftedTransaction, type Step } from '../../unit/operator/crafted.ts';
import { li, newWorld, valueOf, wang, type World } from '../../unit/operator/world.ts';

const postgres = await startPostgres();
const skipped = 'skipped' in postgres ? postgres.skipped : undefined;

describe.skipIf(skipped !== undefined)(
  `the bank's side on PostgreSQL${skipped ? ` (skipped: ${skipped})` : ''}`,
  () => {
    let world: World;
    let ended: Promise<unknown>[];
    const server = postgres as TestPostgres;

    beforeAll(async () => {
      const pool = new Pool({ connectionString: await server.newDatabase(), max: 4 });
      ended = [];
      pool.on('connect', (client) =>
        ended.push(new Promise((done) => client.once('end', () => done(undefined)))),
      );
      const dialect = new PostgresDialect({ pool });
      world = await newWorld('symmetric', new Kysely<OperatorTables & LedgerTables>({ dialect }));
      await world.newEpoch();
      valueOf(
        await registerPhone(world.operator, world.operator.banks.get('bank-1')!, li.imsi, li.phoneNumber),
      );
    });
    afterAll(async () => {
      await world.close();
      await Promise.all(ended);
      await server.stop();
    });

    const payee: Step = { kind: 'payee', payeeAccount: wang.account };

    it('takes a transfer, once, from several servers at the same time', async () => {
      const { serial } = valueOf(
        await openTransactionKeys(world.operator, world.operator.banks.get('bank-1')!),
      );
      const crafted = await craftedTransaction(world, 'symmetric', serial);
      const steps: Step[] = [
        payee,
        { kind: 'payer', payerAccount: li.account },
        { kind: 'amount', amount: 250_00, currency: 'CNY' },
      ];
      let outcome: unknown;
      for (const [at, step] of steps.entries()) outcome = (await crafted.send(at + 1, step)).outcome;
      const { order } = outcome as { order: string };
      const confirm = await crafted.make(4, { kind: 'confirm', order });
      const answers = await Promise.all(Array.from({ length: 6 }, () => crafted.deliver(confirm)));
      const kinds = answers.map((each) =>
        typeof each.outcome === 'string' ? each.outcome : each.outcome.kind,
      );
      expect(kinds).toContain('done');
      expect(kinds.filter((kind) => kind !== 'done' && kind !== 'bank-busy')).toEqual([]);
      expect(await world.balance(wang.account)).toBe(750_00);
      expect((await crafted.deliver(confirm)).outcome).toMatchObject({ kind: 'done' });
      expect((await (await craftedTransaction(world, 'symmetric', serial - 1)).send(1, payee)).outcome).toBe(
        'operator-message-replayed/stale-serial',
      );
      expect(await world.desk.ledger.verify()).toEqual([]);
    });

    it('lets one of two openings of the same transaction be the first', async () => {
      const crafted = await craftedTransaction(world, 'symmetric', 5_000_000_000); // more than 32 bits
      const message = await crafted.make(1, payee);
      const answers = await Promise.all(Array.from({ length: 4 }, () => crafted.deliver(message)));
      const kinds = answers.map((each) =>
        typeof each.outcome === 'string' ? each.outcome : each.outcome.kind,
      );
      expect(kinds).toContain('payee');
      expect(kinds.filter((kind) => kind !== 'payee' && kind !== 'bank-busy')).toEqual([]);
      expect(
        (await (await craftedTransaction(world, 'symmetric', 4_999_999_999)).send(1, payee)).outcome,
      ).toBe('operator-message-replayed/stale-serial');
    });

    it('renews and retires keys', async () => {
      await world.newEpoch();
      world.clock.after(3_600);
      valueOf(await retireEpochs(world.desk));
      const rows = await world.desk.db
        .selectFrom('operator_epochs')
        .select(['epoch', 'state'])
        .orderBy('epoch')
        .execute();
      expect(rows).toEqual([
        { epoch: 1, state: 'retired' },
        { epoch: 2, state: 'active' },
      ]);
    });
  },
);
