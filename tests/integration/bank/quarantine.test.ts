import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

let bank: TestBank;
let client: BankClient;
let mediumIdentity = '';
let number = 0;
beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());
beforeEach(async () => {
  number += 1;
  mediumIdentity = `00c0ffe${number}`;
  await client.must('quarantineCard', { mediumIdentity }, { reason: 'management-key' });
});

const technician = { officerId: 'T-1', role: 'technician' } as const;
const manager = { officerId: 'M-1', role: 'manager' } as const;
const asked = { finding: 'as-recorded', reason: 'loose contact of reader 2', officer: technician } as const;
const found = async () =>
  (await client.must('findQuarantined', {})).cards.find((card) => card.mediumIdentity === mediumIdentity);
const ask = (key?: string) => client.call('askQuarantineRelease', { mediumIdentity }, asked, key);
const decide = (
  releaseId: string,
  officer: typeof manager | { officerId: string; role: 'technician' },
  approved = true,
  key?: string,
) => client.call('decideQuarantineRelease', { releaseId }, { approved, reason: 'seen', officer }, key);
const faultOf = (answer: { ok: boolean; problem?: { fault: { code: string } } }) =>
  answer.problem?.fault.code;
const releaseIdOf = async () =>
  (await client.must('askQuarantineRelease', { mediumIdentity }, asked)).releaseId;

describe('a card in quarantine', () => {
  it('is listed with why, where, and what the bank’s book says it has', async () => {
    expect(await found()).toMatchObject({
      reason: 'management-key',
      stationId: expect.stringMatching(/./),
      keys: { managementKey: 'factory', puk: 'factory', channelKeys: 'factory' },
      events: [{ kind: 'quarantined', reason: 'management-key' }],
    });
    expect(await found()).not.toHaveProperty('pending');
  });

  it('tells which key was tried, when, and how the card answered', async () => {
    const identity = `${mediumIdentity}-tried`;
    const { authenticationId } = await client.must(
      'beginManagementAuthentication',
      {},
      {
        mediumIdentity: identity,
        keyVersion: 'current',
        algorithm: 'aes-128',
        encryptedWitness: Buffer.alloc(16, 7).toString('base64'),
      },
    );
    const wrong = { response: Buffer.alloc(16, 9).toString('base64') };
    expect(await client.must('finishManagementAuthentication', { authenticationId }, wrong)).toMatchObject({
      genuine: false,
    });
    const { cards } = await client.must('findQuarantined', {});
    expect(cards.find((card) => card.mediumIdentity === identity)?.attempts).toMatchObject([
      { what: 'management-key', version: 'factory', answer: 'refused' },
    ]);
  });

  it('is let out by two people: one asks, another decides, and both stay in its story', async () => {
    const releaseId = await releaseIdOf();
    expect((await found())?.pending).toMatchObject({ releaseId, askedBy: 'T-1', finding: 'as-recorded' });
    expect(await decide(releaseId, manager)).toMatchObject({
      ok: true,
      value: { mediumIdentity, released: true },
    });
    expect(await found()).toBeUndefined();
    await client.must('quarantineCard', { mediumIdentity }, { reason: 'channel-keys' });
    expect((await found())?.events.map(({ kind, officerId }) => [kind, officerId])).toEqual([
      ['quarantined', undefined],
      ['release-asked', 'T-1'],
      ['released', 'M-1'],
      ['quarantined', undefined],
    ]);
  });

  it('stays when the manager refuses, and can be asked for again', async () => {
    expect(await decide(await releaseIdOf(), manager, false)).toMatchObject({ value: { released: false } });
    expect(await found()).toMatchObject({ reason: 'management-key' });
    expect(await found()).not.toHaveProperty('pending');
    expect((await ask()).ok).toBe(true);
  });

  it('is not let out by who asked, nor by one who is no manager, nor asked for by one who is no technician', async () => {
    const releaseId = await releaseIdOf();
    expect(faultOf(await decide(releaseId, { officerId: 'T-1', role: 'manager' } as never))).toBe(
      'second-officer-needed',
    );
    expect(faultOf(await decide(releaseId, { officerId: 'T-2', role: 'technician' }))).toBe('not-allowed');
    const byManager = { ...asked, officer: manager };
    expect(faultOf(await client.call('askQuarantineRelease', { mediumIdentity }, byManager))).toBe(
      'not-allowed',
    );
    expect(await found()).toMatchObject({ pending: { releaseId } });
  });

  it('is asked for once at a time, and decided once', async () => {
    const releaseId = await releaseIdOf();
    expect(faultOf(await ask())).toBe('release-waits');
    expect((await decide(releaseId, manager)).ok).toBe(true);
    expect(faultOf(await decide(releaseId, { officerId: 'M-2', role: 'manager' } as never, false))).toBe(
      'card-not-quarantined',
    );
    expect(faultOf(await ask())).toBe('card-not-quarantined');
  });

  it('gives the same answer to the same request, and decides nothing twice', async () => {
    const first = await ask('ask-00001');
    expect(await ask('ask-00001')).toEqual(first);
    if (!first.ok) throw new Error('not asked');
    const { releaseId } = first.value;
    const decided = await decide(releaseId, manager, true, 'decide-00001');
    expect(await decide(releaseId, manager, true, 'decide-00001')).toEqual(decided);
    expect(faultOf(await decide(releaseId, manager, false, 'decide-00001'))).toBe('idempotency-conflict');
  });

  it('that has the factory’s secrets again is in the book as such after its release', async () => {
    await client.must(
      'reportCardKeys',
      { mediumIdentity },
      { managementKey: 'diversified', puk: 'diversified' },
    );
    const { releaseId } = await client.must(
      'askQuarantineRelease',
      { mediumIdentity },
      { ...asked, finding: 'factory' },
    );
    await client.must(
      'decideQuarantineRelease',
      { releaseId },
      { approved: true, reason: '', officer: manager },
    );
    expect(await client.must('readCardKeys', { mediumIdentity })).toMatchObject({
      managementKey: 'factory',
      puk: 'factory',
    });
  });
});

describe('a card of the stock', () => {
  const identity = () => `${mediumIdentity}-stock`;
  const medium = () => ({ kind: 'smart-card', identity: identity(), serial: '4711' }) as const;
  const prepare = () =>
    client.call('reportPrepared', { mediumIdentity: identity() }, { medium: medium(), officerId: 'T-1' });
  const keys = (state: 'factory' | 'diversified') =>
    client.must('reportCardKeys', { mediumIdentity: identity() }, { managementKey: state, puk: state });
  const stock = async () => (await client.must('readStockCard', { mediumIdentity: identity() })).stock;

  it('is prepared only with keys of its own, and blank as soon as it has the factory’s again', async () => {
    expect(await stock()).toBeUndefined();
    expect(faultOf(await prepare())).toBe('card-state-conflict');
    await keys('diversified');
    expect((await prepare()).ok).toBe(true);
    expect(await stock()).toMatchObject({ state: 'prepared', officerId: 'T-1', medium: { serial: '4711' } });
    await keys('factory');
    expect(await stock()).toMatchObject({ state: 'blank' });
  });

  it('is withdrawn, and withdrawing what never was prepared changes nothing', async () => {
    await keys('diversified');
    await prepare();
    await client.must(
      'withdrawPrepared',
      { mediumIdentity: identity() },
      { officerId: 'T-1', reason: 'undone' },
    );
    expect(await stock()).toMatchObject({ state: 'blank' });
    await client.must(
      'withdrawPrepared',
      { mediumIdentity: 'never' },
      { officerId: 'T-1', reason: 'undone' },
    );
  });

  it('is not prepared from quarantine, nor under another identity than its own', async () => {
    await keys('diversified');
    await client.must('quarantineCard', { mediumIdentity: identity() }, { reason: 'channel-keys' });
    expect(faultOf(await prepare())).toBe('card-quarantined');
    const other = await client.call(
      'reportPrepared',
      { mediumIdentity: 'other' },
      { medium: medium(), officerId: 'T-1' },
    );
    expect(faultOf(other)).toBe('request-malformed');
  });
});
