import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connect,
  portPair,
  stationContract,
  type CallerRole,
  type CallName,
  type StationContract,
} from '../../../electron/shared/contract/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  moved,
  must,
  settled,
  startIssuance,
  startTestStation,
  type Screen,
  type TestStation,
} from '../../harness/start-station.ts';

/** The station behind the contract: who may call what, and what every refusal leaves in the log. */

let bank: TestBank;
let station: TestStation;
const screens = new Map<CallerRole, Screen>();

beforeAll(async () => {
  bank = await startBank();
  station = await startTestStation({ bank, options: { version: '9.9.9' } });
  screens.set('teller', station.teller);
  screens.set('manager', await station.window('manager'));
  screens.set('technician', await station.window('technician'));
  screens.set('customer-screen', station.customer);
  const [screenEnd, stationEnd] = portPair();
  station.station.attach(stationEnd, 'officer');
  screens.set('signed-out', connect(stationContract, screenEnd));
  const officer = { officerId: 'chen', name: '陈静', role: 'teller' } as const;
  const { startPassword } = must(await screens.get('manager')!.call('officers.enter', officer));
  const [newEnd, newStationEnd] = portPair();
  station.station.attach(newStationEnd, 'officer');
  const newcomer = connect(stationContract, newEnd);
  must(await newcomer.call('officers.signIn', { officerId: 'chen', password: startPassword }));
  screens.set('password-due', newcomer);
});
afterAll(async () => {
  await station.stop();
  await bank.stop();
});

const calls = Object.keys(stationContract.calls) as CallName<StationContract>[];
const roles = ['signed-out', 'password-due', 'teller', 'manager', 'technician', 'customer-screen'] as const;

describe('who may call', () => {
  test.each(roles)('%s: every call is answered by a handler or refused by its role', async (role) => {
    const screen = screens.get(role)!;
    for (const name of calls) {
      if (name === 'officers.signOut') continue; // it would end the window for the calls after it
      const allowed = stationContract.calls[name].roles.includes(role);
      const answer = await screen.call(name, {});
      const code = answer.ok ? 'ok' : answer.fault.code;
      if (allowed) expect(['not-allowed', 'unknown-call', 'internal-error'], name).not.toContain(code);
      else expect(code, name).toBe('not-allowed');
    }
    expect(station.bugs).toEqual([]);
  });

  test('every refusal is in the log, with the call and never what was typed', async () => {
    const manager = screens.get('manager')!;
    const typed = 'S3cret typed into the wrong field';
    await screens.get('teller')!.call('customers.find', { query: typed.repeat(9) });
    await screens.get('signed-out')!.call('audit.verify', {});
    await screens.get('signed-out')!.call(typed as never, {} as never);
    const { records } = must(
      await manager.call('audit.search', { filter: { event: 'call.refused' }, limit: 3 }),
    );
    expect(records.map(({ faultCode, data }) => [faultCode, data])).toEqual([
      ['unknown-call', { call: 'unknown', role: 'signed-out' }],
      ['not-allowed', { call: 'audit.verify', role: 'signed-out' }],
      ['bad-input', { call: 'customers.find', role: 'teller', fields: 'query' }],
    ]);
    expect(JSON.stringify(records)).not.toContain('S3cret');
  });
});

describe('officers', () => {
  const newWindow = (): Screen => {
    const [screenEnd, stationEnd] = portPair();
    station.station.attach(stationEnd, 'officer');
    return connect(stationContract, screenEnd);
  };

  test('sign in, are who they are, and sign out', async () => {
    const screen = newWindow();
    expect(must(await screen.call('officers.session', {}))).toEqual({});
    const wrong = await screen.call('officers.signIn', { officerId: 'lina', password: 'wrong' });
    expect(wrong).toMatchObject({ fault: { code: 'sign-in-refused' } });
    must(await screen.call('officers.signIn', { officerId: 'lina', password: 'training-teller' }));
    expect(must(await screen.call('officers.session', {})).officer).toMatchObject({ role: 'teller' });
    const ended = new Promise((resolve) => screen.on('officers.signedOut', resolve));
    must(await screen.call('officers.signOut', {}));
    expect(await ended).toEqual({ reason: 'asked' });
    expect(await screen.call('runs.list', {})).toMatchObject({ fault: { code: 'not-allowed' } });
  });

  test('one window’s officer is not the other’s', async () => {
    const screen = newWindow();
    expect(await screen.call('runs.list', {})).toMatchObject({ fault: { code: 'not-allowed' } });
    expect((await station.teller.call('runs.list', {})).ok).toBe(true);
  });

  test('what is typed as a name is not kept', async () => {
    const screen = newWindow();
    await screen.call('officers.signIn', { officerId: 'hunter2-typed-here', password: 'x' });
    const { records } = must(
      await screens
        .get('manager')!
        .call('audit.search', { filter: { event: 'officer.sign-in-refused' }, limit: 1 }),
    );
    expect(records[0]).toMatchObject({ officerId: 'station', faultCode: 'sign-in-refused' });
    expect(JSON.stringify(records)).not.toContain('hunter2');
  });

  test('who does nothing for a while is signed out', async () => {
    const idle = await startTestStation({ bank, options: { idleMs: 60 } });
    const reason = await new Promise((resolve) => idle.teller.on('officers.signedOut', resolve));
    expect(reason).toEqual({ reason: 'idle' });
    expect(await idle.teller.call('runs.list', {})).toMatchObject({ fault: { code: 'not-allowed' } });
    await idle.stop();
  });
});

describe('the station', () => {
  test('says what it is', async () => {
    const described = must(await screens.get('signed-out')!.call('station.describe', {}));
    expect(described).toMatchObject({ training: true, version: '9.9.9', host: 'none' });
    expect(described.trainingOfficers.slice(0, 3).map(({ role }) => role)).toEqual([
      'teller',
      'manager',
      'technician',
    ]);
    // Whom a manager has entered can sign in too, and shows nobody with what.
    expect(described.trainingOfficers.slice(3)).toEqual([
      { officerId: 'chen', name: '陈静', role: 'teller' },
    ]);
  });

  test('shows no training password that is not the officer’s any more', async () => {
    const other = await startTestStation({ bank, isTellerOut: true });
    const manager = await other.window('manager');
    const passwordOf = async () => {
      const { trainingOfficers } = must(await other.teller.call('station.describe', {}));
      return trainingOfficers.find(({ officerId }) => officerId === 'lina')?.password;
    };
    expect(await passwordOf()).toBe('training-teller');
    const given = must(await manager.call('officers.giveStartPassword', { officerId: 'lina' }));
    expect(await passwordOf()).toBeUndefined();
    must(await other.teller.call('officers.signIn', { officerId: 'lina', password: given.startPassword }));
    must(await other.teller.call('officers.replacePassword', { password: 'four cranes in the mist' }));
    expect(await passwordOf()).toBeUndefined();
    await other.stop();
  });

  test('changes the language of one seat, not of the other', async () => {
    const seen: string[] = [];
    station.teller.on('locale.changed', ({ locale }) => seen.push(`officer ${locale}`));
    station.customer.on('locale.changed', ({ locale }) => seen.push(`customer ${locale}`));
    must(await station.customer.call('station.setLocale', { locale: 'en' }));
    must(await station.teller.call('station.setLocale', { locale: 'zh-CN' }));
    expect(seen).toEqual(['customer en', 'officer zh-CN']);
  });

  test('finds and shows customers, and keeps a record of who looked', async () => {
    const { customers } = must(await station.teller.call('customers.find', { query: 'Li Na' }));
    expect(customers.map(({ customerId }) => customerId)).toContain('C-100001');
    const { customer } = must(await station.teller.call('customers.read', { customerId: 'C-100001' }));
    expect(customer.photo).toMatch(/^data:image/);
    const filter = { event: 'customer.read', customerId: 'C-100001' };
    const { records } = must(await screens.get('manager')!.call('audit.search', { filter, limit: 1 }));
    expect(records[0]).toMatchObject({ officerId: 'lina' });
  });

  test('has no drawer where there are no virtual devices', async () => {
    expect(must(await station.teller.call('training.drawer', {})).items).toEqual([]);
    expect(await station.teller.call('training.remove', { reader: 'x' })).toMatchObject({
      fault: { code: 'training-only' },
    });
  });

  test('a receipt of a run that made no card is not made up', async () => {
    const { runId } = must(await startIssuance(station, bank, 'C-100009'));
    await settled(station.teller, runId);
    expect(await station.teller.call('issuance.receipt', { runId })).toMatchObject({
      fault: { code: 'run-unknown' },
    });
    await moved(station.teller, runId, () => station.teller.call('runs.cancel', { runId }));
    expect(await station.teller.call('runs.read', { runId: 'nobody' })).toMatchObject({
      fault: { code: 'run-unknown' },
    });
  });

  test('a detached screen gets nothing more', async () => {
    const [screenEnd, stationEnd] = portPair();
    const seat = station.station.attach(stationEnd, 'customer');
    const screen = connect(stationContract, screenEnd);
    expect((await screen.call('customer.prompt', {})).ok).toBe(true);
    seat.detach();
    const outcome = await Promise.race([
      screen.call('customer.prompt', {}),
      new Promise((resolve) => setTimeout(() => resolve('silence'), 30)),
    ]);
    expect(outcome).toBe('silence');
  });
});
