import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BankApi, RouteReply } from '../../../electron/shared/bank-api/index.ts';
import type { BankKeysPage } from '../../../electron/shared/contract/index.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import type { BankClient } from '../../../electron/station/bank/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { clientOf, must, startTestStation, type TestStation } from '../../harness/start-station.ts';

/*
 * What the bank says of its own keys, as a manager sees it. Whoever owns the bank's database, and even its signing
 * key, is found out by what the station has seen before.
 */

type Answer = RouteReply<BankApi['readKeyRecord']>;

let bank: TestBank;
let folder: string;
beforeEach(async () => {
  bank = await startBank();
  folder = mkdtempSync(join(tmpdir(), 'cardwright-bank-keys-'));
}, 60_000);
afterEach(async () => {
  await bank.stop();
  rmSync(folder, { recursive: true, force: true });
});

const inDatabase = (...statements: string[]): void => {
  const db = new Database(join(bank.dataFolder, 'bank.sqlite'));
  try {
    for (const statement of statements) db.exec(statement);
  } finally {
    db.close();
  }
};
/** The bank writes its record anew from what it has written down, with one more head that it signs. */
const goOnWith = async (...statements: string[]): Promise<void> => {
  inDatabase(
    ...statements,
    `delete from key_events; update tree_heads set station_id = 'aside' where station_id = 'bank:keys'`,
  );
  await bank.restart();
  inDatabase(`update tree_heads set station_id = 'bank:keys' where station_id = 'aside'`);
};
const event = (number: number, officer = 'C-3') =>
  `insert into master_key_events values ('e-${number}', ${number}, '2099-01-01T00:00:00.${String(number).padStart(3, '0')}Z',
    'activated', '["${officer}"]', '{"checkValue":"ABC123"}')`;

const atStation = async <T>(
  use: (station: TestStation) => Promise<T>,
  change?: (answer: Answer) => Answer | undefined,
): Promise<T> => {
  const client = clientOf(bank);
  const changed: BankClient = {
    ...client,
    async call(name, ...rest) {
      const result = await client.call(name, ...rest);
      if (name !== 'readKeyRecord' || !change || !result.ok) return result;
      const answer = change(result.value as unknown as Answer);
      return answer ? (ok(answer) as unknown as typeof result) : fail('bank-unreachable', {});
    },
  };
  const station = await startTestStation({ bank, folder, options: { bank: changed } });
  try {
    return await use(station);
  } finally {
    expect(station.bugs).toEqual([]);
    await station.stop();
  }
};
const look = (change?: (answer: Answer) => Answer | undefined): Promise<BankKeysPage> =>
  atStation(async (station) => {
    const manager = await station.window('manager');
    return must(await manager.call('audit.bankKeys', { limit: 50 }));
  }, change);
const logged = (name: string) =>
  atStation(async (station) => {
    const manager = await station.window('manager');
    const found = must(await manager.call('audit.search', { filter: { event: name }, limit: 50 }));
    return found.records.map(({ outcome, officerId, data }) => ({ outcome, officerId, ...data }));
  });

describe('the record of the bank’s keys at the station', () => {
  test('is shown newest first, and goes on from what was seen before', async () => {
    const first = await look();
    expect(first).toMatchObject({ size: 2, events: [{ number: 2 }, { number: 1 }] });
    expect(first.finding).toBeUndefined();
    expect(first.seenBefore).toBeUndefined();
    expect(first.events.map(({ event: each }) => `${each?.subject} ${each?.kind}`).toSorted()).toEqual([
      'issuing-key made',
      'master-key made',
    ]);
    await goOnWith(event(2));
    const second = await look();
    expect(second).toMatchObject({ size: 3, seenBefore: { size: 2 } });
    expect(second.finding).toBeUndefined();
    expect(second.events[0]).toMatchObject({
      number: 3,
      event: { subject: 'master-key', kind: 'activated', key: '2', officers: ['C-3'], checkValue: 'ABC123' },
    });
    expect(await look()).toMatchObject({ size: 3, seenBefore: { size: 3 } });
    expect(await logged('bank-keys.seen')).toEqual([
      { outcome: 'ok', officerId: 'wangqiang', records: 3, head: second.headHash },
      { outcome: 'ok', officerId: 'wangqiang', records: 2, head: first.headHash },
    ]);
    expect(await logged('bank-keys.contradicted')).toEqual([]);
  });

  test('comes page by page, each proven against the head of the first', async () => {
    await goOnWith(...Array.from({ length: 60 }, (_, at) => event(at + 2)));
    await atStation(async (station) => {
      const manager = await station.window('manager');
      const first = must(await manager.call('audit.bankKeys', { limit: 50 }));
      expect(first).toMatchObject({ size: 62 });
      expect(first.events.map(({ number }) => number)).toEqual(
        Array.from({ length: 50 }, (_, at) => 62 - at),
      );
      const next = must(await manager.call('audit.bankKeys', { before: 13, size: 62, limit: 50 }));
      expect(next.events.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, at) => 12 - at));
      expect([first.finding, next.finding]).toEqual([undefined, undefined]);
    });
  });

  test('a bank that is away is told, and only a manager may look', async () => {
    await atStation(
      async (station) => {
        const manager = await station.window('manager');
        expect(await manager.call('audit.bankKeys', { limit: 50 })).toMatchObject({
          fault: { code: 'bank-unreachable' },
        });
        expect(await station.teller.call('audit.bankKeys', { limit: 50 })).toMatchObject({
          fault: { code: 'not-allowed' },
        });
      },
      () => undefined,
    );
  });
});

describe('a record that was tampered with', () => {
  beforeEach(async () => {
    await look();
    await goOnWith(event(2), event(3));
    await look();
  });

  test.each([
    [
      'one line was changed',
      'changed',
      `update key_events set record = replace(record, 'C-3', 'X-9') where position = 3`,
    ],
    ['two lines change places', 'changed', swapped(2, 3)],
    ['a line is gone', 'incomplete', 'delete from key_events where position = 3'],
    [
      'a line was put in behind, unsigned',
      undefined,
      `insert into key_events select 4, record from key_events where position = 3`,
    ],
    [
      'the head is signed for another tree',
      'unsigned',
      `update tree_heads set signature = (select signature from tree_heads where station_id = 'bank:keys' and size = 2)
       where station_id = 'bank:keys' and size = 4`,
    ],
    [
      'it was rolled back to an earlier state that is right in itself',
      'shrank',
      `delete from key_events where position > 1; delete from tree_heads where station_id = 'bank:keys' and size > 2`,
    ],
  ])('%s: %s', async (_, finding, change) => {
    inDatabase(change);
    const page = await look();
    expect(page.finding).toBe(finding);
    if (finding === undefined) return;
    expect(await logged('bank-keys.contradicted')).toMatchObject([
      { outcome: 'failed', officerId: 'wangqiang', finding, seenBefore: 4 },
    ]);
    // What was seen before stays what it is measured by.
    expect((await look()).finding).toBe(finding);
  });

  test('it was written anew as a whole and signed by the bank’s own key', async () => {
    inDatabase(`delete from tree_heads where station_id = 'bank:keys'`);
    await goOnWith(`update master_key_events set officers = '["X-9"]' where version = 2`);
    expect(await look()).toMatchObject({ finding: 'rewritten', size: 4 });
    await goOnWith(event(4));
    expect(await look()).toMatchObject({ finding: 'rewritten', size: 5 });
  });

  test('what the bank leaves out of its answer is no way round', async () => {
    const without = (from: number) => (answer: Answer) => ({
      ...answer,
      from: answer.from + from,
      records: answer.records.slice(from),
    });
    expect(await look(without(1))).toMatchObject({ finding: 'incomplete' });
    expect(await look((answer) => ({ ...answer, records: answer.records.slice(0, -1) }))).toMatchObject({
      finding: 'incomplete',
    });
    const changed = (answer: Answer): Answer => ({
      ...answer,
      records: answer.records.map((each, at) => (at === 2 ? { ...each, text: `${each.text} ` } : each)),
    });
    expect(await look(changed)).toMatchObject({ finding: 'changed', brokenAt: 3 });
    await goOnWith(event(4));
    expect(await look(({ consistency: _, ...answer }) => answer)).toMatchObject({ finding: 'rewritten' });
    expect((await look()).finding).toBeUndefined();
  });
});

function swapped(one: number, other: number): string {
  return `
    create temp table swap as select position, record from key_events where position in (${one}, ${other});
    update key_events set record = (select record from swap where position = ${other}) where position = ${one};
    update key_events set record = (select record from swap where position = ${one}) where position = ${other};`;
}
