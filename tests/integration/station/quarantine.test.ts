import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { must, startTestStation, type Screen, type TestStation } from '../../harness/start-station.ts';

let bank: TestBank;
let client: BankClient;
let station: TestStation;
let technician: Screen;
let manager: Screen;
let mediumIdentity = '';
let number = 0;

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());
beforeEach(async () => {
  station = await startTestStation({ bank });
  technician = await station.window('technician');
  manager = await station.window('manager');
  number += 1;
  mediumIdentity = `00aa00${number}0`;
  await client.must('quarantineCard', { mediumIdentity }, { reason: 'management-key' });
});
afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
});

const asked = () =>
  technician.call('quarantine.askRelease', {
    mediumIdentity,
    finding: 'as-recorded',
    reason: 'secret-reason: loose contact in reader 2',
  });
const decide = (releaseId: string, approved: boolean, password = 'training-manager') =>
  manager.call('quarantine.decide', { releaseId, approved, reason: '', password });
const found = async (screen = technician) =>
  must(await screen.call('quarantine.list', {})).cards.find((card) => card.mediumIdentity === mediumIdentity);
const logged = async (text: string) =>
  must(await manager.call('audit.search', { filter: { text }, limit: 50 })).records.toReversed();

describe('a card in quarantine', () => {
  test('is let out by a technician’s word and a manager’s decision, both in the log', async () => {
    expect(await found()).toMatchObject({ reason: 'management-key', events: [{ kind: 'quarantined' }] });
    const { releaseId } = must(await asked());
    expect((await found(manager))?.pending).toMatchObject({ releaseId, askedBy: 'zhaomin' });
    expect(await decide(releaseId, true)).toEqual({ ok: true, value: { released: true } });
    expect(await found()).toBeUndefined();
    const records = await logged(releaseId);
    expect(records.map(({ event, outcome, officerId }) => [event, outcome, officerId])).toEqual([
      ['quarantine.release-asked', 'ok', 'zhaomin'],
      ['quarantine.decided', 'ok', 'wangqiang'],
    ]);
    expect(records[1]).toMatchObject({
      serial: mediumIdentity,
      data: { approved: true, askedBy: 'zhaomin' },
    });
    // What people write in their own words stays at the bank.
    expect(await logged('secret-reason')).toEqual([]);
  });

  test('stays when the manager says no', async () => {
    const { releaseId } = must(await asked());
    expect(await decide(releaseId, false)).toEqual({ ok: true, value: { released: false } });
    expect(await found()).toMatchObject({
      events: [{}, { kind: 'release-asked' }, { kind: 'release-refused' }],
    });
  });

  test('stays when the password is wrong; the attempt is in the log, the password is not', async () => {
    const { releaseId } = must(await asked());
    expect(await decide(releaseId, true, 'not-the-password')).toMatchObject({
      fault: { code: 'sign-in-refused' },
    });
    expect((await found())?.pending).toMatchObject({ releaseId });
    expect(await logged(releaseId)).toMatchObject([
      {},
      { event: 'quarantine.decided', outcome: 'refused', faultCode: 'sign-in-refused' },
    ]);
    expect(await logged('not-the-password')).toEqual([]);
  });

  test('is neither asked for by a manager nor decided by a technician, and no teller sees it', async () => {
    const { releaseId } = must(await asked());
    const notAllowed = { fault: { code: 'not-allowed' } };
    const order = { mediumIdentity, finding: 'as-recorded', reason: 'because' } as const;
    expect(await manager.call('quarantine.askRelease', order)).toMatchObject(notAllowed);
    const own = { releaseId, approved: true, reason: '', password: 'training-technician' };
    expect(await technician.call('quarantine.decide', own)).toMatchObject(notAllowed);
    expect(await station.teller.call('quarantine.list', {})).toMatchObject(notAllowed);
    expect(await asked()).toMatchObject({ ok: true, value: { releaseId } });
    const another = { ...order, finding: 'factory' } as const;
    expect(await technician.call('quarantine.askRelease', another)).toMatchObject({
      fault: { code: 'release-waits' },
    });
  });
});
