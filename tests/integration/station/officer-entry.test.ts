import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, portPair, stationContract } from '../../../electron/shared/contract/index.ts';
import { fail, type Result } from '../../../electron/shared/result/index.ts';
import type { BankClient } from '../../../electron/station/bank/bank-client.ts';
import type { StationOptions } from '../../../electron/station/index.ts';
import { virtualPivCard } from '../../../native/virtual/index.ts';
import { filesBelow } from '../../harness/planted-secrets/find-secret.ts';
import { startInProcess, type InProcessBank } from '../../harness/standalone-in-process.ts';
import {
  cardReader,
  clientOf,
  must,
  recognisedIn,
  startTestStation,
  type BankOfStation,
  type Screen,
  type TestStation,
} from '../../harness/start-station.ts';

/** A production station gets its officers: the first one with the bank's code, everybody else by a manager's card. */

const second = 'Second reader';
const first = { officerId: 'M-1', name: '陈静 Chen Jing', password: 'vier Kraniche im Nebel' };
const pin = '280611';

let house: InProcessBank;
let bank: BankOfStation;
let station: TestStation;
let stationId = '';

beforeAll(async () => {
  house = await startInProcess();
  bank = { stationFolder: house.stationFolder, server: { apiOrigin: house.apiOrigin } };
}, 60_000);
afterAll(() => house.stop());
afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
});

const open = async (options: Partial<StationOptions> = {}, folder?: string): Promise<Screen> => {
  station = await startTestStation({
    bank,
    isTellerOut: true,
    ...(folder !== undefined && { folder }),
    options: { training: false, officerCardGraceMs: 60_000, ...options },
  });
  for (let tries = 0; tries < 1000; tries++) {
    const description = must(await station.teller.call('station.describe', {}));
    stationId = description.stationNumber;
    if (description.connection.bank.state === 'connected') return station.teller;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('the bank was not reached');
};
const window = (): Screen => {
  const [screenEnd, stationEnd] = portPair();
  station.station.attach(stationEnd, 'officer');
  return connect(stationContract, screenEnd);
};
const faultOf = (result: Result<unknown>) => (result.ok ? undefined : result.fault.code);
/** The bank has done it, and its answer is lost. */
const losingAnswersOf = (lost: string) => {
  const line = clientOf(bank);
  let isCut = true;
  const client: BankClient = {
    ...line,
    async call(name, ...rest) {
      const answer = await line.call(name, ...rest);
      return isCut && name === lost ? fail('bank-timeout', {}) : answer;
    },
  };
  return { client, mend: () => void (isCut = false) };
};
const newCode = async (): Promise<string> => {
  const { code } = (await house.command('admit-first-manager', stationId, '--officer', 'operations')) as {
    code: string;
  };
  return code;
};

describe('a station without officers', () => {
  test('takes its first manager with the bank’s code and nothing else', async () => {
    const screen = await open();
    expect(must(await screen.call('officers.session', {}))).toEqual({ noOfficers: true });
    const code = await newCode();
    expect(code).toMatch(/^([2-9A-Z]{4}-){5}[2-9A-Z]{4}$/);
    const enter = (more: object = {}) => screen.call('officers.enterFirst', { ...first, code, ...more });
    expect(faultOf(await enter({ code: code.replace(/.$/, '!') }))).toBe('first-manager-code-refused');
    for (const password of ['short one', 'M-1 is who I am', '123123123123123', 'a'.repeat(20)])
      expect(faultOf(await enter({ password })), password).toBe('officer-password-weak');
    expect(faultOf(await enter({ officerId: 'no number' }))).toBe('bad-input');
    expect(faultOf(await enter({ name: 'a\u0000b' }))).toBe('bad-input');
    expect(must(await screen.call('officers.session', {}))).toEqual({ noOfficers: true });
    // As people type it.
    must(await enter({ code: ` ${code.toLowerCase().replaceAll('-', ' ')} ` }));
    expect(must(await screen.call('officers.session', {}))).toEqual({});
    must(await screen.call('officers.signIn', { officerId: first.officerId, password: first.password }));
    expect(must(await screen.call('officers.session', {}))).toEqual({
      officer: { officerId: 'M-1', name: first.name, role: 'manager' },
    });
    const { records } = must(
      await screen.call('audit.search', { filter: { event: 'officer.entered' }, limit: 50 }),
    );
    expect(records.at(0)).toMatchObject({
      officerId: 'station',
      outcome: 'ok',
      data: { of: 'M-1', role: 'manager', first: true },
    });
    expect(records.at(-1)).toMatchObject({
      outcome: 'refused',
      faultCode: 'first-manager-code-refused',
      data: { first: true },
    });
  });

  test('is closed for ever from then on, with a good code and after a restart', async () => {
    const screen = await open();
    must(await screen.call('officers.enterFirst', { ...first, code: await newCode() }));
    const other = { ...first, officerId: 'M-2' };
    expect(faultOf(await screen.call('officers.enterFirst', { ...other, code: await newCode() }))).toBe(
      'officers-entered-already',
    );
    await station.station.stop();
    const again = await open({}, station.folder);
    expect(must(await again.call('officers.session', {}))).toEqual({});
    expect(faultOf(await again.call('officers.enterFirst', { ...other, code: await newCode() }))).toBe(
      'officers-entered-already',
    );
  });

  test('does not begin over the data of a training station, whose passwords everybody knows', async () => {
    await open();
    const folder = join(station.folder, 'trained');
    mkdirSync(folder);
    const trained = await startTestStation({ bank, folder, isTellerOut: true });
    await trained.stop();
    await expect(
      startTestStation({ bank, folder, isTellerOut: true, options: { training: false } }),
    ).rejects.toThrow('training-data');
  });

  test('of two at once one is the first, whoever they are', async () => {
    const screen = await open();
    const code = await newCode();
    const entered = await Promise.all(
      ['M-1', 'M-2', 'M-1', 'M-1'].map((officerId) =>
        [screen, window()][officerId === 'M-1' ? 0 : 1]!.call('officers.enterFirst', {
          ...first,
          officerId,
          code,
        }),
      ),
    );
    expect(entered.filter(({ ok }) => ok)).toHaveLength(1);
    for (const each of entered)
      expect([undefined, 'officers-entered-already', 'first-manager-code-refused']).toContain(faultOf(each));
  });

  test('goes on with the same officer where it was cut off after the bank’s yes, and with no other', async () => {
    const line = losingAnswersOf('admitFirstManager');
    const screen = await open({ bank: line.client });
    const code = await newCode();
    expect(faultOf(await screen.call('officers.enterFirst', { ...first, code }))).toBe('bank-timeout');
    expect(must(await screen.call('officers.session', {}))).toEqual({ noOfficers: true });
    line.mend();
    expect(faultOf(await screen.call('officers.enterFirst', { ...first, officerId: 'M-3', code }))).toBe(
      'first-manager-code-refused',
    );
    must(await screen.call('officers.enterFirst', { ...first, code }));
  });

  test('a code is dead after ten wrong ones; the next one lives', async () => {
    const screen = await open();
    const code = await newCode();
    const enter = (typed: string) => screen.call('officers.enterFirst', { ...first, code: typed });
    for (let tries = 0; tries < 10; tries++)
      expect(faultOf(await enter('AAAA-BBBB'))).toBe('first-manager-code-refused');
    expect(faultOf(await enter(code))).toBe('first-manager-code-refused');
    must(await enter(await newCode()));
  });
});

describe('the only manager of a station, who has forgotten the password', () => {
  const officerId = first.officerId;
  const chosen = 'fünf Störche auf dem Dach';
  let screen: Screen;
  const readmitted = (manager = officerId): Promise<Record<string, unknown>> =>
    house.command('readmit-manager', stationId, '--manager', manager, '--officer', 'operations') as never;
  const codeFor = async (manager = officerId): Promise<string> => (await readmitted(manager)).code as string;
  const use = (code: string, more: object = {}) =>
    screen.call('officers.readmitManager', { officerId, password: chosen, code, ...more });
  const signIn = (password: string, who = officerId) =>
    screen.call('officers.signIn', { officerId: who, password });

  beforeEach(async () => {
    screen = await open();
    await house.command('reopen-officer-set-up', stationId, '--officer', 'operations');
    must(await screen.call('officers.enterFirst', { ...first, code: await newCode() }));
  });

  test('chooses another with the bank’s code, is signed out elsewhere, and both records say so', async () => {
    for (let tries = 0; tries < 5; tries++) await signIn('no idea any more');
    expect(faultOf(await signIn(first.password))).toBe('sign-in-delayed');
    const elsewhere = window();
    const code = await codeFor();
    expect(code).toMatch(/^([2-9A-Z]{4}-){5}[2-9A-Z]{4}$/);
    expect(faultOf(await use(code, { password: 'short one' }))).toBe('officer-password-weak');
    must(await use(` ${code.toLowerCase().replaceAll('-', ' ')} `));
    // The waits after wrong passwords have gone with the password.
    expect(faultOf(await signIn(first.password))).toBe('sign-in-refused');
    must(await signIn(chosen));
    expect(must(await screen.call('officers.session', {}))).toEqual({
      officer: { officerId, name: first.name, role: 'manager' },
    });
    const gone = new Promise((resolve) => screen.on('officers.signedOut', resolve));
    const again = 'sechs Schwäne im Schilf';
    const next = { officerId, password: again, code: await codeFor() };
    must(await elsewhere.call('officers.readmitManager', next));
    expect(await gone).toEqual({ reason: 'password-replaced' });
    must(await signIn(again));

    const { records } = must(
      await screen.call('audit.search', { filter: { event: 'officer.readmitted' }, limit: 50 }),
    );
    expect(records.map(({ outcome, faultCode, data }) => [outcome, faultCode, data])).toEqual([
      ['ok', undefined, { of: officerId }],
      ['ok', undefined, { of: officerId }],
      ['refused', 'officer-password-weak', {}],
    ]);
    const { admissions } = (await house.command('list-manager-admissions')) as { admissions: object[] };
    expect(admissions.slice(0, 2)).toEqual([
      expect.objectContaining({ stationId, officerId, by: 'operations', usedAt: expect.any(String) }),
      expect.objectContaining({ stationId, officerId, by: 'operations', usedAt: expect.any(String) }),
    ]);
    expect(filesBelow(station.folder).some((file) => readFileSync(file).includes(code))).toBe(false);
  });

  test('has a code that serves once, this officer and no other, and not before it is given out', async () => {
    expect(faultOf(await use('AAAA-BBBB-CCCC'))).toBe('manager-code-refused');
    // A first manager's code is another thing.
    expect(faultOf(await use(await newCode()))).toBe('manager-code-refused');
    const code = await codeFor();
    expect(faultOf(await use(code, { officerId: 'M-2' }))).toBe('manager-code-refused');
    expect(faultOf(await use(code.replace(/.$/, '!')))).toBe('manager-code-refused');
    must(await use(code));
    expect(faultOf(await use(code, { password: 'sieben Raben am Weg' }))).toBe('manager-code-refused');
    must(await signIn(chosen));
    const { admissions } = (await house.command('list-manager-admissions')) as { admissions: object[] };
    const unused = await codeFor();
    const after = (await house.command('list-manager-admissions')) as { admissions: object[] };
    expect(after.admissions).toHaveLength(admissions.length + 1);
    expect(after.admissions[0]).not.toHaveProperty('usedAt');
    // The next one takes its place.
    const last = await codeFor();
    await screen.call('officers.signOut', {});
    expect(faultOf(await use(unused))).toBe('manager-code-refused');
    must(await use(last));
  });

  test('has ten tries; a stranger learns nothing of who is a manager, and no teller becomes one', async () => {
    const code = await codeFor();
    for (let tries = 0; tries < 10; tries++)
      expect(faultOf(await use('AAAA-BBBB', { officerId: tries % 2 ? officerId : 'nobody' }))).toBe(
        'manager-code-refused',
      );
    expect(faultOf(await use(code))).toBe('manager-code-refused');
    must(await signIn(first.password));
    must(await screen.call('officers.signOut', {}));
    // Whoever gave the code out has mistyped the number: nobody gets in, and the log names who was to.
    expect(faultOf(await use(await codeFor('M-9'), { officerId: 'M-9' }))).toBe('officer-unknown');
    expect(faultOf(await signIn(chosen, 'M-9'))).toBe('sign-in-refused');
    must(await use(await codeFor()));
    must(await signIn(chosen));
    const { records } = must(
      await screen.call('audit.search', { filter: { event: 'officer.readmitted' }, limit: 50 }),
    );
    expect(records.find(({ faultCode }) => faultCode === 'officer-unknown')?.data).toEqual({ of: 'M-9' });
  });

  test('tries again with the same code where the bank’s answer was lost', async () => {
    await station.station.stop();
    const line = losingAnswersOf('readmitManager');
    screen = await open({ bank: line.client }, station.folder);
    const code = await codeFor();
    expect(faultOf(await use(code))).toBe('bank-timeout');
    expect(faultOf(await signIn(chosen))).toBe('sign-in-refused');
    line.mend();
    // From another window it is another use, and the code has served.
    const stranger = window();
    const same = { officerId, password: chosen, code };
    expect(faultOf(await stranger.call('officers.readmitManager', same))).toBe('manager-code-refused');
    must(await use(code));
    must(await signIn(chosen));
  });

  test('is named by a number, and the code is given out by somebody', async () => {
    await expect(house.command('readmit-manager', stationId, '--officer', 'operations')).rejects.toThrow(
      '--manager is missing',
    );
    await expect(house.command('readmit-manager', stationId, '--manager', 'M-1')).rejects.toThrow(
      '--officer is missing',
    );
    await expect(readmitted('no number')).rejects.toThrow();
    expect(await readmitted()).toMatchObject({ kind: 'manager-readmitted', manager: 'M-1', hasCard: false });
  });
});

describe('a manager with a card', () => {
  const lina = { officerId: 'T-7', name: '李娜 Li Na', role: 'teller' } as const;
  let manager: Screen;

  /** Another card for each test: the bank knows one card of an officer. */
  const put = async (reader: string) => {
    station.counter.cards.remove(reader);
    must(station.counter.cards.insert(reader, virtualPivCard({ form: 'smart-card' })));
    await recognisedIn({ ...station, teller: manager }, reader);
  };
  const own = { reader: second, pin };
  const sign = async (order: object, screen = manager) => {
    const shown = must(await screen.call('officers.prepareAct', order as never));
    return { shown, approval: { actId: shown.actId!, card: own } };
  };
  const enter = async (officer: { officerId: string; name: string; role: 'teller' | 'manager' }) => {
    const { approval } = await sign({ act: 'enter-officer', ...officer });
    return manager.call('officers.enter', { ...officer, approval });
  };

  beforeEach(async () => {
    manager = await open();
    await house.command('reopen-officer-set-up', stationId, '--officer', 'operations');
    must(await manager.call('officers.enterFirst', { ...first, code: await newCode() }));
    const { officerId, password } = first;
    must(await manager.call('officers.signIn', { officerId, password }));
    // Cards are required here: without one nobody decides who works at the station.
    expect(faultOf(await manager.call('officers.enter', lina))).toBe('officer-signature-needed');
    await put(second);
    must(await manager.call('officers.enrolCard', { officerId, card: own }));
    await recognisedIn({ ...station, teller: manager }, second);
    must(await manager.call('officers.signOut', {}));
    must(await manager.call('officers.signIn', { officerId, password, card: own }));
  });

  test('enters an officer, who replaces the start password at the first sign-in', async () => {
    const { approval, shown } = await sign({ act: 'enter-officer', ...lina });
    expect(shown.lines.slice(-3)).toEqual([
      ['for', 'T-7'],
      ['name', '李娜 Li Na'],
      ['role', 'teller'],
    ]);
    // What was signed is what is done: not another role under the same signature.
    expect(faultOf(await manager.call('officers.enter', { ...lina, role: 'manager', approval }))).toBe(
      'officer-act-expired',
    );
    const { startPassword } = must(await enter(lina));
    expect(startPassword).toMatch(/^([2-9A-Z]{4}-){3}[2-9A-Z]{4}$/);
    expect(faultOf(await manager.call('officers.prepareAct', { act: 'enter-officer', ...lina }))).toBe(
      'officer-entered-already',
    );
    const teller = window();
    const { officerId } = lina;
    expect(faultOf(await teller.call('officers.signIn', { officerId, password: startPassword }))).toBe(
      'officer-card-needed',
    );
    await put(cardReader);
    const order = await sign({ act: 'enrol-card', officerId, reader: cardReader });
    const card = { reader: cardReader, pin: '240611' };
    must(await manager.call('officers.enrolCard', { officerId, card, approval: order.approval }));
    await recognisedIn({ ...station, teller: manager }, cardReader);

    const came = must(await teller.call('officers.signIn', { officerId, password: startPassword, card }));
    expect(came).toMatchObject({ officerId, passwordDue: true });
    expect(faultOf(await teller.call('runs.list', {}))).toBe('not-allowed');
    const replace = (password: string) => teller.call('officers.replacePassword', { password });
    expect(faultOf(await replace(startPassword))).toBe('officer-password-weak');
    expect(faultOf(await replace('T-7 T-7 T-7 T-7'))).toBe('officer-password-weak');
    const ownPassword = 'drei Reiher am Ufer';
    expect(must(await replace(ownPassword))).toEqual(lina);
    must(await teller.call('runs.list', {}));
    expect(faultOf(await replace('noch ein anderes Wort'))).toBe('not-allowed');
    must(await teller.call('officers.signOut', {}));
    expect(faultOf(await teller.call('officers.signIn', { officerId, password: startPassword, card }))).toBe(
      'sign-in-refused',
    );
    expect(must(await teller.call('officers.signIn', { officerId, password: ownPassword, card }))).toEqual({
      ...lina,
      certificateSha256: expect.any(String),
    });

    // In no log and in no file, but as a hash.
    const log = JSON.stringify(must(await manager.call('audit.search', { filter: {}, limit: 500 })));
    const files = filesBelow(station.folder).map((file) => readFileSync(file));
    for (const secret of [startPassword, ownPassword, first.password]) {
      expect(log).not.toContain(secret);
      expect(files.filter((file) => file.includes(secret))).toEqual([]);
    }

    // Ended: at once at every window, with the card, by one signature; what was done stays.
    const gone = new Promise((resolve) => teller.on('officers.signedOut', resolve));
    const leave = await sign({ act: 'end-officer', officerId });
    expect(leave.shown.lines[0]).toEqual(['act', 'revoke-officer-card']);
    must(await manager.call('officers.end', { officerId, approval: leave.approval }));
    expect(await gone).toEqual({ reason: 'officer-ended' });
    expect(faultOf(await teller.call('officers.signIn', { officerId, password: ownPassword, card }))).toBe(
      'sign-in-refused',
    );
    const { officers, cards } = must(await manager.call('officers.list', {}));
    expect(officers.find((each) => each.officerId === officerId)?.endedAt).toEqual(expect.any(String));
    expect(cards.find((each) => each.officerId === officerId)).toMatchObject({
      state: 'revoked',
      reason: 'left',
      endedBy: 'M-1',
    });
    const ended = must(
      await manager.call('audit.search', { filter: { event: 'officer.ended' }, limit: 5 }),
    ).records;
    expect(ended).toMatchObject([{ officerId: 'M-1', data: { of: 'T-7' } }]);
    expect(ended[0]?.data.signedText).toContain('act: revoke-officer-card');
    const others = must(await manager.call('audit.search', { filter: { officerId }, limit: 50 })).records;
    expect(others.map(({ event }) => event)).toContain('officer.password-replaced');
    // The same person in another role is entered anew.
    must(await enter({ ...lina, role: 'manager' }));
    expect(must(await manager.call('audit.verify', {})).intact).toBe(true);
  });

  test('gives a new start password for a forgotten one; after a week it opens nothing', async () => {
    must(await enter(lina));
    const { approval } = await sign({ act: 'give-start-password', officerId: 'T-7' });
    const { startPassword, until } = must(
      await manager.call('officers.giveStartPassword', { officerId: 'T-7', approval }),
    );
    expect(Date.parse(until)).toBeGreaterThan(Date.now() + 6 * 86_400_000);
    await manager.call('officers.signOut', {});
    const { folder } = station;
    await station.station.stop();
    const later = await open({ now: () => new Date(Date.now() + 8 * 86_400_000) }, folder);
    const answer = await later.call('officers.signIn', { officerId: 'T-7', password: startPassword });
    expect(faultOf(answer)).toBe('start-password-over');
  });

  test('does not go as the last one who can decide, nor as one beside a colleague without a card', async () => {
    const order = { act: 'end-officer', officerId: 'M-1' } as const;
    expect(faultOf(await manager.call('officers.prepareAct', order))).toBe('last-manager');
    expect(faultOf(await manager.call('officers.end', { officerId: 'M-1' }))).toBe('last-manager');
    must(await enter({ officerId: 'M-2', name: 'Zhou Lei', role: 'manager' }));
    expect(faultOf(await manager.call('officers.prepareAct', order))).toBe('last-manager');
    await put(cardReader);
    const { approval } = await sign({ act: 'enrol-card', officerId: 'M-2', reader: cardReader });
    const card = { reader: cardReader, pin: '240622' };
    must(await manager.call('officers.enrolCard', { officerId: 'M-2', card, approval }));
    const { approval: last } = await sign(order);
    const gone = new Promise((resolve) => manager.on('officers.signedOut', resolve));
    must(await manager.call('officers.end', { officerId: 'M-1', approval: last }));
    expect(await gone).toEqual({ reason: 'officer-ended' });
    expect(must(await manager.call('officers.session', {}))).toEqual({});
  });

  const chosen = 'neun Reiher im Regen';
  const next = { officerId: 'M-9', name: '周磊 Zhou Lei' };
  const successorCode = async (more: Record<string, string> = {}): Promise<string> => {
    const named = {
      manager: 'M-1',
      successor: next.officerId,
      name: next.name,
      officer: 'operations',
      ...more,
    };
    const options = Object.entries(named).flatMap(([name, value]) => [`--${name}`, value]);
    return ((await house.command('admit-successor', stationId, ...options)) as { code: string }).code;
  };
  const comeWith = (screen: Screen, code: string, officerId = next.officerId) =>
    screen.call('officers.readmitManager', { officerId, password: chosen, code });

  test('who never comes back has a successor, whom the bank names; nothing changes before', async () => {
    const code = await successorCode();
    const screen = window();
    expect(faultOf(await comeWith(screen, code, 'M-1'))).toBe('manager-code-refused');
    expect(faultOf(await comeWith(screen, code, 'T-7'))).toBe('manager-code-refused');
    must(await manager.call('officers.list', {}));
    const gone = new Promise((resolve) => manager.on('officers.signedOut', resolve));
    must(await comeWith(screen, code));
    expect(await gone).toEqual({ reason: 'officer-ended' });
    expect(faultOf(await comeWith(screen, code))).toBe('manager-code-refused');

    const { password } = first;
    const before = window();
    expect(faultOf(await before.call('officers.signIn', { officerId: 'M-1', password, card: own }))).toBe(
      'sign-in-refused',
    );
    must(await screen.call('officers.signIn', { officerId: next.officerId, password: chosen }));
    const { officers, cards } = must(await screen.call('officers.list', {}));
    expect(officers).toMatchObject([
      { officerId: 'M-1', endedAt: expect.any(String) },
      { ...next, role: 'manager' },
    ]);
    expect(cards.find(({ officerId }) => officerId === 'M-1')).toMatchObject({
      state: 'revoked',
      reason: 'left',
      endedBy: 'operations',
    });
    // The successor's own card is ordered without a signature, once; with it everybody else.
    manager = screen;
    await put(second);
    must(await screen.call('officers.enrolCard', { officerId: next.officerId, card: own }));
    await recognisedIn({ ...station, teller: manager }, second);
    must(await screen.call('officers.signOut', {}));
    must(await screen.call('officers.signIn', { officerId: next.officerId, password: chosen, card: own }));
    must(await enter(lina));
    const { records } = must(
      await screen.call('audit.search', { filter: { text: next.officerId }, limit: 50 }),
    );
    expect(
      records.filter(({ data }) => data.insteadOf !== undefined || data.successor !== undefined),
    ).toMatchObject([
      { event: 'officer.entered', outcome: 'ok', data: { of: 'M-9', role: 'manager', insteadOf: 'M-1' } },
      { event: 'officer.ended', outcome: 'ok', data: { of: 'M-1', successor: 'M-9' } },
    ]);
    const { admissions } = (await house.command('list-manager-admissions')) as { admissions: object[] };
    expect(admissions[0]).toMatchObject({
      stationId,
      officerId: 'M-9',
      insteadOf: 'M-1',
      by: 'operations',
      usedAt: expect.any(String),
    });
  });

  test('has none where a colleague with a card can enter one', async () => {
    must(await enter({ officerId: 'M-2', name: 'Zhou Lei', role: 'manager' }));
    await put(cardReader);
    const { approval } = await sign({ act: 'enrol-card', officerId: 'M-2', reader: cardReader });
    const card = { reader: cardReader, pin: '240622' };
    const code = await successorCode();
    must(await manager.call('officers.enrolCard', { officerId: 'M-2', card, approval }));
    await expect(successorCode()).rejects.toThrow('manager-with-card');
    // Given out before: it is good, and the colleague signs for the card.
    must(await comeWith(window(), code));
    const known = must(await clientOf(bank).call('findOfficerCards', { officers: 'M-1,M-2' }, {}));
    expect(known.firstManager).toBe(false);
    expect(known.cards.map(({ officerId, state }) => [officerId, state])).toEqual(
      expect.arrayContaining([
        ['M-1', 'revoked'],
        ['M-2', 'active'],
      ]),
    );
  });

  test('may have a teller of the station for a successor, who is signed out as one', async () => {
    must(await enter({ ...lina, officerId: next.officerId }));
    const code = await successorCode();
    await manager.call('officers.signOut', {});
    const screen = window();
    must(await comeWith(screen, code));
    const signedIn = must(
      await screen.call('officers.signIn', { officerId: next.officerId, password: chosen }),
    );
    expect(signedIn).toMatchObject({ ...next, role: 'manager' });
  });

  test('has the same successor where the bank’s answer was lost', async () => {
    await station.station.stop();
    const line = losingAnswersOf('readmitManager');
    const screen = await open({ bank: line.client }, station.folder);
    const code = await successorCode();
    expect(faultOf(await comeWith(screen, code))).toBe('bank-timeout');
    line.mend();
    must(await comeWith(screen, code));
    must(await screen.call('officers.signIn', { officerId: next.officerId, password: chosen }));
  });

  test('is not followed by themselves, by nobody, nor on nobody’s word', async () => {
    await expect(successorCode({ successor: 'M-1' })).rejects.toThrow('manager');
    await expect(successorCode({ successor: 'no number' })).rejects.toThrow('successor');
    await expect(successorCode({ manager: 'no number' })).rejects.toThrow('manager');
    await expect(successorCode({ name: ' ' })).rejects.toThrow('name');
    await expect(successorCode({ officer: '' })).rejects.toThrow('--officer is missing');
    const some = ['--manager', 'M-1', '--officer', 'operations'];
    await expect(house.command('admit-successor', stationId, ...some)).rejects.toThrow(
      '--successor is missing',
    );
    await expect(house.command('readmit-manager', stationId, ...some, '--name', 'X')).rejects.toThrow(
      '--name belongs to admit-successor',
    );
  });
});
