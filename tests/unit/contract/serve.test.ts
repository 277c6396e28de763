import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  call,
  connect,
  event,
  portPair,
  serve,
  stationContract,
  type CallerRole,
  type FramePort,
} from '../../../electron/shared/contract/index.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';

const contract = {
  calls: {
    double: call(['teller'], z.object({ n: z.number().int().max(100) }), z.object({ n: z.number() })),
    leak: call(['teller', 'manager'], z.object({}), z.object({ public: z.string() })),
    boom: call(['teller'], z.object({}), z.object({})),
  },
  events: { ticked: event(['teller'], z.object({ n: z.number() })) },
} as const;

function setUp(role: CallerRole = 'teller') {
  const [screen, station] = portPair();
  const now = { role };
  const onBug = vi.fn();
  const double = vi.fn(({ n }: { n: number }) => ok({ n: n * 2 }));
  const serving = serve(
    contract,
    station,
    {
      double,
      leak: () => ok({ public: 'yes', secret: '1234' }),
      boom: () => {
        throw new Error('with 1234 in it');
      },
    },
    { caller: () => ({ role: now.role, officerId: 'li' }), onBug },
  );
  return { now, onBug, double, serving, screen, client: connect(contract, screen) };
}

describe('serve and connect', () => {
  test('a call goes through and comes back typed', async () => {
    const { client } = setUp();
    expect(await client.call('double', { n: 21 })).toEqual(ok({ n: 42 }));
  });

  test('the role is asked for every call, before the input is looked at', async () => {
    const { client, now, double } = setUp();
    now.role = 'signed-out';
    expect(await client.call('double', { n: 1 })).toEqual(
      fail('not-allowed', { call: 'double', role: 'signed-out' }),
    );
    now.role = 'teller';
    expect((await client.call('double', { n: 1 })).ok).toBe(true);
    expect(double).toHaveBeenCalledTimes(1);
  });

  test('bad input names the field, never the value, and does not reach the handler', async () => {
    const { client, double } = setUp();
    const result = await client.call('double', { n: 4711 });
    expect(result).toEqual(fail('bad-input', { fields: 'n' }));
    expect(double).not.toHaveBeenCalled();
  });

  test('a name that is not in the contract is refused, also one that every object has', async () => {
    const { screen } = setUp();
    for (const name of ['nothing', 'toString', '__proto__'])
      expect(await raw(screen, name)).toMatchObject({ fault: { code: 'unknown-call' } });
  });

  test('a field that the contract does not name never reaches a screen', async () => {
    const { client } = setUp();
    expect(JSON.stringify(await client.call('leak', {}))).not.toContain('1234');
  });

  test('a handler that throws is a bug: the screen learns the call, not the message', async () => {
    const { client, onBug } = setUp();
    const result = await client.call('boom', {});
    expect(result).toEqual(fail('internal-error', { call: 'boom' }));
    expect(onBug).toHaveBeenCalledOnce();
  });

  test('events reach only roles that may see them, and listening returns its end', async () => {
    const { client, serving, now } = setUp();
    const seen: number[] = [];
    const stop = client.on('ticked', ({ n }) => seen.push(n));
    serving.emit('ticked', { n: 1 });
    now.role = 'manager';
    serving.emit('ticked', { n: 2 });
    now.role = 'teller';
    await Promise.resolve();
    await Promise.resolve();
    stop();
    serving.emit('ticked', { n: 3 });
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).toEqual([1]);
  });

  test('closing the port fails what is outstanding', async () => {
    const [screen] = portPair();
    const client = connect(contract, screen);
    const outstanding = client.call('double', { n: 1 });
    client.close();
    expect(await outstanding).toEqual(fail('port-closed'));
    expect(await client.call('double', { n: 1 })).toEqual(fail('port-closed'));
  });
});

describe('the station contract', () => {
  test('the customer screen can only do what is the customer’s, and no officer can answer for the customer', () => {
    for (const [name, definition] of Object.entries(stationContract.calls)) {
      const roles: readonly CallerRole[] = definition.roles;
      if (name.startsWith('customer.')) expect(roles, name).toEqual(['customer-screen']);
      else if (roles.includes('customer-screen'))
        expect(['station.describe', 'station.setLocale'], name).toContain(name);
    }
  });

  test('signed out, nothing but describing and signing in', () => {
    const open = Object.entries(stationContract.calls)
      .filter(([, definition]) => definition.roles.includes('signed-out'))
      .map(([name]) => name);
    expect(open).toEqual([
      'station.describe',
      'station.setLocale',
      'officers.session',
      'officers.signIn',
      'officers.enterFirst',
      'officers.readmitManager',
      'officers.readers',
      'training.insertOfficerCard',
    ]);
  });

  test('with a start password, nothing but choosing another one and leaving', () => {
    const open = Object.entries(stationContract.calls)
      .filter(([, definition]) => definition.roles.includes('password-due'))
      .map(([name]) => name);
    expect(open).toEqual([
      'station.describe',
      'station.setLocale',
      'officers.session',
      'officers.replacePassword',
      'officers.signOut',
      'officers.readers',
    ]);
  });

  test('locked, nothing but opening again and leaving', () => {
    const open = Object.entries(stationContract.calls)
      .filter(([, definition]) => definition.roles.includes('locked'))
      .map(([name]) => name);
    expect(open).toEqual([
      'station.describe',
      'station.setLocale',
      'officers.session',
      'officers.unlock',
      'officers.signOut',
      'officers.readers',
      'training.insertOfficerCard',
    ]);
  });
});

function raw(port: FramePort, name: string): Promise<unknown> {
  return new Promise((resolve) => {
    port.onFrame((frame) => {
      if (frame.kind === 'reply' && frame.id === 99) resolve(frame.result);
    });
    port.send({ kind: 'call', id: 99, name, input: {} });
  });
}
