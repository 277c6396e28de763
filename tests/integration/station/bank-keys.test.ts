import Database from 'better-sqlite3';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BankApi, RouteReply } from '../../../electron/shared/bank-api/index.ts';
import {
  connect,
  portPair,
  stationContract,
  type BankKeysPage,
} from '../../../electron/shared/contract/index.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import { evidenceFiles } from '../../../electron/station/audit/evidence-files.ts';
import type { BankClient } from '../../../electron/station/bank/bank-client.ts';
import { trainingOfficers } from '../../../electron/station/officers/training-officers.ts';
import { virtualPivCard } from '../../../native/virtual/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  clientOf,
  must,
  recognisedIn,
  startTestStation,
  type TestStation,
} from '../../harness/start-station.ts';

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

/*
 * A bank that had to go back to an older state of its database. Its record is right in itself and does not go on from
 * what the station has seen; its security officers have said why.
 */
describe('a record that is taken for the new measure', () => {
  const rollBack = () =>
    inDatabase(`delete from master_key_events where event_id like 'e-%'; delete from key_events where position > 1;
      delete from tree_heads where station_id = 'bank:keys' and size > 2`);
  const hand = { reference: 'SEC-2026/117', password: 'training-manager' };
  const shownIn = ({ size, headHash = '' }: BankKeysPage) => ({ size, headHash });

  let before: BankKeysPage;
  beforeEach(async () => {
    await goOnWith(event(2), event(3));
    before = await look();
    rollBack();
  });

  test('by the manager’s password: then it is measured by that, and the log has both', async () => {
    const rolledBack = await look();
    const { seenBefore } = rolledBack;
    const shown = shownIn(rolledBack);
    await atStation(async (station) => {
      const manager = await station.window('manager');
      const { reference } = hand;
      const order = { act: 'accept-key-record', ...shown, reference } as const;
      const { actId, lines } = must(await manager.call('officers.prepareAct', order));
      expect(actId).toBeUndefined();
      expect(lines.slice(5)).toEqual([
        ['records', '2'],
        ['head', shown.headHash],
        ['seen-records', '4'],
        ['seen-head', before.headHash],
        ['seen-at', seenBefore?.at],
        ['finding', 'shrank'],
        ['reference', reference],
      ]);
      must(await manager.call('audit.acceptBankKeys', { ...shown, ...hand }));
      const after = must(await manager.call('audit.bankKeys', { limit: 50 }));
      expect(after).toMatchObject({ size: 2, seenBefore: { size: 2 } });
      expect(after.finding).toBeUndefined();
      expect(must(await manager.call('audit.verify', {})).intact).toBe(true);
    });
    expect(await logged('bank-keys.accepted')).toEqual([
      {
        outcome: 'ok',
        officerId: 'wangqiang',
        finding: 'shrank',
        records: 2,
        head: shown.headHash,
        seenBefore: 4,
        seenHead: before.headHash,
        reference: hand.reference,
      },
    ]);
    // It goes on from there like any other, and is held to that.
    await goOnWith(event(2, 'D-4'));
    expect(await look()).toMatchObject({ size: 3, seenBefore: { size: 2 } });
    rollBack();
    expect(await look()).toMatchObject({ finding: 'shrank', seenBefore: { size: 3 } });
  });

  test('by the manager’s card, which signs what was shown; the log has the proof', async () => {
    const { size, headHash = '' } = await look();
    const order = { size, headHash, reference: 'SEC-2026/117' };
    const { officerId, password, cardPin } = trainingOfficers.find(({ role }) => role === 'manager')!;
    const card = { reader: 'Second reader', pin: cardPin };
    await atStation(async (station) => {
      const manager = await station.window('manager');
      must(station.counter.cards.remove(card.reader));
      must(station.counter.cards.insert(card.reader, virtualPivCard({ form: 'smart-card' })));
      await recognisedIn(station, card.reader);
      await expect
        .poll(async () => must(await manager.call('station.describe', {})).connection.bank.state)
        .toBe('connected');
      must(await manager.call('officers.enrolCard', { officerId, card }));
      await recognisedIn(station, card.reader);
      const [screenEnd, stationEnd] = portPair();
      station.station.attach(stationEnd, 'officer');
      const screen = connect(stationContract, screenEnd);
      must(await screen.call('officers.signIn', { officerId, password, card }));

      expect(await screen.call('audit.acceptBankKeys', { ...order, password })).toMatchObject({
        fault: { code: 'officer-signature-needed' },
      });
      const { actId = '' } = must(
        await screen.call('officers.prepareAct', { act: 'accept-key-record', ...order }),
      );
      const approval = { actId, card };
      expect(
        await screen.call('audit.acceptBankKeys', { ...order, reference: 'another', approval }),
      ).toMatchObject({ fault: { code: 'officer-act-expired' } });
      const shown = must(await screen.call('officers.prepareAct', { act: 'accept-key-record', ...order }));
      must(
        await screen.call('audit.acceptBankKeys', {
          ...order,
          approval: { ...approval, actId: shown.actId ?? '' },
        }),
      );
      expect(must(await screen.call('audit.bankKeys', { limit: 50 })).finding).toBeUndefined();
      const filter = { event: 'bank-keys.accepted' };
      const [record] = must(await screen.call('audit.search', { filter, limit: 1 })).records;
      const cas = [new X509Certificate(readFileSync(join(bank.stationFolder, 'bank-ca.pem')))];
      expect(evidenceFiles(record!, cas, { stationId: 'ST', training: true }, 'en')).toMatchObject({
        ok: true,
      });
      expect(String(record?.data.signedText).split('\n').slice(6)).toEqual([
        `records: ${size}`,
        `head: ${headHash}`,
        'seen-records: 4',
        `seen-head: ${before.headHash}`,
        expect.stringMatching(/^seen-at: 2/),
        'finding: shrank',
        `reference: ${order.reference}`,
        '',
      ]);
    });
  });

  test('not by a wrong password, nor by anybody but a manager, nor without a reference', async () => {
    const shown = shownIn(await look());
    await atStation(async (station) => {
      const manager = await station.window('manager');
      for (const [input, code] of [
        [{ ...hand, password: 'training-teller' }, 'sign-in-refused'],
        [{ reference: hand.reference }, 'sign-in-refused'],
        [{ ...hand, reference: '' }, 'bad-input'],
        [{ ...hand, reference: 'their\nword' }, 'bad-input'],
      ] as const)
        expect(await manager.call('audit.acceptBankKeys', { ...shown, ...input })).toMatchObject({
          fault: { code },
        });
      expect(await station.teller.call('audit.acceptBankKeys', { ...shown, ...hand })).toMatchObject({
        fault: { code: 'not-allowed' },
      });
    });
    expect(await logged('bank-keys.accepted')).toMatchObject([
      { outcome: 'refused', reference: hand.reference },
      { outcome: 'refused', reference: hand.reference },
    ]);
    expect((await look()).finding).toBe('shrank');
  });

  test('not if it is another one than was shown, or goes on after all', async () => {
    const shown = shownIn(await look());
    const accept = (input: { size: number; headHash: string }) =>
      atStation(async (station) => {
        const manager = await station.window('manager');
        return manager.call('audit.acceptBankKeys', { ...input, ...hand });
      });
    const expired = { fault: { code: 'officer-act-expired' } };
    expect(await accept({ ...shown, headHash: before.headHash! })).toMatchObject(expired);
    expect(await accept({ ...shown, size: 3 })).toMatchObject(expired);
    await goOnWith(event(2, 'D-4'));
    expect(await accept(shown)).toMatchObject(expired);
    must(await accept(shownIn(await look())));
    // A second manager, who still has the old finding on the screen.
    expect(await accept(shown)).toMatchObject(expired);
    const goesOn = await look();
    expect(goesOn.finding).toBeUndefined();
    expect(await accept(shownIn(goesOn))).toMatchObject(expired);
  });

  test('not if more is wrong with it, be it on a page that nobody has looked at', async () => {
    await goOnWith(...Array.from({ length: 60 }, (_, at) => event(at + 2, 'D-4')));
    const shown = shownIn(await look());
    expect(shown.size).toBe(62);
    const accept = (change?: (answer: Answer) => Answer) =>
      atStation(async (station) => {
        const manager = await station.window('manager');
        return manager.call('audit.acceptBankKeys', { ...shown, ...hand });
      }, change);
    const broken = (data: object) => ({ fault: { code: 'bank-key-record-broken', data } });
    // The head that would be kept; the pages come with the right one.
    const forged = (answer: Answer): Answer =>
      answer.consistency
        ? { ...answer, head: { ...answer.head, signature: Buffer.alloc(64).toString('base64') } }
        : answer;
    expect(await accept(forged)).toMatchObject(broken({}));
    inDatabase(`update key_events set record = replace(record, 'D-4', 'X-9') where position = 4`);
    expect(await look()).toMatchObject({ finding: 'changed' });
    expect(await accept()).toMatchObject(broken({ record: 13 }));
    inDatabase(`update key_events set record = replace(record, 'X-9', 'D-4') where position = 4`);
    const onOlderPage = (answer: Answer): Answer => ({
      ...answer,
      records: answer.records.map((each, at) =>
        answer.from + at === 4 ? { ...each, text: `${each.text} ` } : each,
      ),
    });
    expect(await look(onOlderPage)).toMatchObject({ finding: 'rewritten' });
    expect(await accept(onOlderPage)).toMatchObject(broken({ record: 5 }));
    must(await accept());
  });

  test('two at once: the second has not seen what the first took', async () => {
    const shown = shownIn(await look());
    await atStation(async (station) => {
      const one = await station.window('manager');
      const two = await station.window('manager');
      const both = await Promise.all(
        [one, two].map((window) => window.call('audit.acceptBankKeys', { ...shown, ...hand })),
      );
      expect(both.filter(({ ok: done }) => done)).toHaveLength(1);
      expect(both.find(({ ok: done }) => !done)).toMatchObject({ fault: { code: 'officer-act-expired' } });
    });
  });
});

function swapped(one: number, other: number): string {
  return `
    create temp table swap as select position, record from key_events where position in (${one}, ${other});
    update key_events set record = (select record from swap where position = ${other}) where position = ${one};
    update key_events set record = (select record from swap where position = ${one}) where position = ${other};`;
}
