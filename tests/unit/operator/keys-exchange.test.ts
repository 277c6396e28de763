import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  admitOfficer,
  deliverKeys,
  enterSeed,
  nextSeed,
  retireEpochs,
  seedStatement,
  supplyOperators,
} from '../../../electron/bank-server/operator/index.ts';
import { forgetWhatIsOver } from '../../../electron/operator-platform/keys/forget-what-is-over.ts';
import { openTransactionKeys } from '../../../electron/operator-platform/keys/open-transaction-keys.ts';
import { receiveKeyMessage } from '../../../electron/operator-platform/keys/receive-key-message.ts';
import { staticWorkingKey, wrapKey } from '../../../electron/shared/codec/operator-keys/index.ts';
import { fail } from '../../../electron/shared/result/index.ts';
import { newWorld, valueOf, type World } from './world.ts';

const lost = fail('operator-unreachable');

describe.each(['symmetric', 'asymmetric'] as const)('seeds and keys, %s', (form) => {
  let world: World;
  beforeEach(async () => {
    world = await newWorld(form);
  });
  afterEach(() => world.close());

  const deliver = () => deliverKeys(world.desk, 'operator-1');
  const states = async () => {
    const rows = await world.desk.db.selectFrom('operator_epochs').selectAll().orderBy('epoch').execute();
    return rows.map((row) => row.state);
  };
  const operatorStates = async () => {
    const rows = await world.operator.db.selectFrom('key_epochs').selectAll().orderBy('epoch').execute();
    return rows.map((row) => row.state);
  };

  it('make an epoch that both sides have', async () => {
    const [one, two] = world.officers;
    expect(await nextSeed(world.desk, 'operator-1')).toEqual({ ok: true, value: { epoch: 1, part: 1 } });
    valueOf(await world.enter(one));
    valueOf(await deliver());
    expect(await states()).toEqual(['collecting']);
    expect(await nextSeed(world.desk, 'operator-1')).toEqual({ ok: true, value: { epoch: 1, part: 2 } });
    expect(await openTransactionKeys(world.operator, world.operator.banks.get('bank-1')!)).toMatchObject({
      fault: { code: 'operator-key-unknown' },
    });
    valueOf(await world.enter(two));
    expect(await states()).toEqual(['sending']);
    valueOf(await deliver());
    expect(await states()).toEqual(['active']);
    expect(await operatorStates()).toEqual(['active']);
    expect(world.keyMessages.map(({ kind, under, epoch }) => [kind, under, epoch])).toEqual([
      ['seed-1', 0, 1],
      ['seed-2', 0, 1],
      ['control-key', 1, 1],
    ]);
    expect(await openTransactionKeys(world.operator, world.operator.banks.get('bank-1')!)).toMatchObject({
      value: { epoch: 1, serial: 1 },
    });
  });

  it('come from two different employees, each signed', async () => {
    const [one, two] = world.officers;
    const seed = randomBytes(32);
    valueOf(await world.enter(one, seed));
    const refused = (reason: string) => ({ ok: false, fault: { code: 'seed-refused', data: { reason } } });
    expect(await world.enter(one)).toEqual(refused('same-officer'));
    expect(await world.enter(two, seed)).toEqual(refused('same-seed'));
    expect(await world.enter(two, randomBytes(31))).toEqual(refused('length'));
    expect(await world.enter(two, randomBytes(33))).toEqual(refused('length'));
    // The same person under another name.
    await expect(admitOfficer(world.desk, 'O-9', one.publicKey)).rejects.toThrow(/UNIQUE/);
    const order = { epoch: 1, part: 2 } as const;
    const entry = { operatorId: 'operator-1', order, seed: randomBytes(32), officerId: two.officerId };
    const statement = (more: object) => {
      const said = {
        bankId: 'bank-1',
        operatorId: 'operator-1',
        order: entry.order,
        seed: entry.seed,
        ...more,
      };
      return seedStatement(said.bankId, said.operatorId, said.order, said.seed);
    };
    for (const signature of [
      two.sign(statement({ bankId: 'bank-2' })),
      two.sign(statement({ operatorId: 'operator-2' })),
      two.sign(statement({ order: { epoch: 1, part: 1 } })),
      two.sign(statement({ order: { epoch: 2, part: 2 } })),
      two.sign(statement({ seed: randomBytes(32) })),
      one.sign(statement({})),
      randomBytes(70),
      new Uint8Array(0),
    ])
      expect(await enterSeed(world.desk, { ...entry, signature })).toEqual(refused('signature'));
    const good = two.sign(statement({}));
    expect(await enterSeed(world.desk, { ...entry, officerId: 'nobody', signature: good })).toEqual(
      refused('signature'),
    );
    expect(
      await enterSeed(world.desk, { ...entry, operatorId: 'operator-2', signature: good }),
    ).toMatchObject({
      fault: { code: 'operator-unknown' },
    });
    valueOf(await enterSeed(world.desk, { ...entry, signature: good }));
    // The answer was lost and the officer's station asks again.
    valueOf(await enterSeed(world.desk, { ...entry, signature: good }));
    expect(await states()).toEqual(['sending']);
  });

  it('are entered in their order', async () => {
    const [one, two] = world.officers;
    const give = async (officer: typeof one, order: { epoch: number; part: 1 | 2 }) => {
      const seed = randomBytes(32);
      const signature = officer.sign(seedStatement('bank-1', 'operator-1', order, seed));
      return enterSeed(world.desk, {
        operatorId: 'operator-1',
        order,
        seed,
        officerId: officer.officerId,
        signature,
      });
    };
    const refused = { fault: { code: 'seed-refused', data: { reason: 'order' } } };
    expect(await give(one, { epoch: 1, part: 2 })).toMatchObject(refused);
    expect(await give(one, { epoch: 2, part: 1 })).toMatchObject(refused);
    valueOf(await give(one, { epoch: 1, part: 1 }));
    expect(await give(two, { epoch: 1, part: 1 })).toMatchObject(refused);
    expect(await give(two, { epoch: 2, part: 1 })).toMatchObject(refused);
    valueOf(await give(two, { epoch: 1, part: 2 }));
    // Seeds of the next epoch travel under this one: it has to be there first.
    expect(await give(one, { epoch: 2, part: 1 })).toMatchObject({ fault: { data: { reason: 'pending' } } });
    valueOf(await deliver());
    valueOf(await give(one, { epoch: 2, part: 1 }));
  });

  it('arrive although any message or any answer is lost on the way', async () => {
    const losing = async (place: 'before' | 'after', nth: number) => {
      let left = nth;
      world.keyTraffic[place] = () => (--left === 0 ? lost : undefined);
      expect(await deliver()).toEqual(lost);
      world.keyTraffic[place] = undefined;
    };
    for (let epoch = 1; epoch <= 3; epoch++) {
      valueOf(await world.enter(world.officers[0]));
      await losing('before', 1);
      await losing('after', 1);
      valueOf(await deliver());
      valueOf(await world.enter(world.officers[1]));
      await losing('before', 1);
      await losing('after', 1);
      await losing('before', 2); // the seed arrives, the control key does not
      await losing('before', 1);
      await losing('after', 1);
      expect((await states()).at(-1)).toBe('sending');
      expect((await operatorStates()).at(-1)).toBe('active');
      valueOf(await deliver());
      expect((await states()).at(-1)).toBe('active');
    }
    expect(await states()).toEqual(['retiring', 'retiring', 'active']);
    expect(await operatorStates()).toEqual(['retiring', 'retiring', 'active']);
  });

  it('are renewed under the working key, never again under the static one', async () => {
    await world.newEpoch();
    await world.newEpoch();
    expect(world.keyMessages.map(({ kind, under, epoch }) => [kind, under, epoch]).slice(3)).toEqual([
      ['seed-1', 1, 2],
      ['seed-2', 1, 2],
      ['control-key', 2, 2],
    ]);
    // Somebody who found the static key.
    const context = { bankId: 'bank-1', operatorId: 'operator-1', epoch: 3, purpose: 'seed-1' } as const;
    const { staticKey } = world.operator.banks.get('bank-1')!;
    const box = await wrapKey(world.desk.primitives, staticWorkingKey(staticKey), context, randomBytes(32));
    const message = { version: 1, bankId: 'bank-1', operatorId: 'operator-1', epoch: 3, kind: 'seed-1', box };
    expect(await receiveKeyMessage(world.operator, 'bank-1', { ...message, under: 0 })).toMatchObject({
      fault: { code: 'operator-key-unknown', data: { reason: 'under' } },
    });
    expect(await receiveKeyMessage(world.operator, 'bank-1', { ...message, under: 2 })).toMatchObject({
      fault: { code: 'operator-message-unreadable' },
    });
  });

  it('are refused when repeated with other content, late, mixed up or changed', async () => {
    await world.newEpoch();
    const [seed1, seed2, control] = world.keyMessages;
    await world.newEpoch();
    const receive = async (message: unknown, bankId = 'bank-1') => {
      const result = await receiveKeyMessage(world.operator, bankId, message);
      return result.ok ? 'received' : result.fault.code;
    };
    const latest = world.keyMessages.at(-1)!;
    expect(await receive(latest)).toBe('received');
    expect(await receive(seed1)).toBe('operator-key-unknown');
    expect(await receive(seed2)).toBe('operator-key-unknown');
    expect(await receive(control)).toBe('operator-message-replayed');
    expect(await receive({ ...control, epoch: 2, under: 2 })).toBe('operator-key-unknown');
    expect(await receive({ ...latest, box: control!.box })).toBe('operator-message-unreadable');
    expect(await receive({ ...latest, workingCheck: control!.workingCheck })).toBe('operator-key-unknown');
    expect(await receive({ ...latest, bankId: 'bank-2' })).toBe('operator-unknown');
    expect(await receive({ ...latest, operatorId: 'operator-2' })).toBe('operator-unknown');
    expect(await receive(latest, 'bank-2')).toBe('operator-unknown');
    expect(await receive({ ...latest, epoch: 3, under: 3 })).toBe('operator-key-unknown');
    expect(await receive({ ...latest, epoch: 0 })).toBe('request-malformed');
    expect(await receive('nonsense')).toBe('request-malformed');
    // A second control key for an epoch that has one: nobody but a thief of the working key sends it.
    const epoch = await world.desk.db
      .selectFrom('operator_epochs')
      .selectAll()
      .where('epoch', '=', 2)
      .executeTakeFirstOrThrow();
    const { workingKeyOf } = await import('../../../electron/bank-server/operator/epochs.ts');
    const working = valueOf(await workingKeyOf(world.desk, epoch));
    const context = { bankId: 'bank-1', operatorId: 'operator-1', epoch: 2, purpose: 'control-key' } as const;
    const box = await wrapKey(world.desk.primitives, working, context, randomBytes(32));
    expect(await receive({ ...latest, box })).toBe('operator-message-replayed');
  });

  it('are forgotten on both sides when their time is over', async () => {
    await world.newEpoch();
    await world.newEpoch();
    const retire = async () => {
      valueOf(await retireEpochs(world.desk));
      valueOf(await forgetWhatIsOver(world.operator));
    };
    world.clock.after(3_599);
    await retire();
    expect(await states()).toEqual(['retiring', 'active']);
    world.clock.after(1);
    await retire();
    expect(await states()).toEqual(['retired', 'active']);
    expect(await operatorStates()).toEqual(['retired', 'active']);
    const old = await world.desk.db
      .selectFrom('operator_epochs')
      .selectAll()
      .where('epoch', '=', 1)
      .execute();
    expect(old[0]).toMatchObject({ working_key: null, control_key: null });
    const seeds = await world.desk.db.selectFrom('operator_seeds').select(['epoch', 'seed']).execute();
    expect(seeds.filter((each) => each.seed !== null).map((each) => each.epoch)).toEqual([2, 2]);
    const atOperator = await world.operator.db
      .selectFrom('key_epochs')
      .selectAll()
      .where('epoch', '=', 1)
      .execute();
    expect(atOperator[0]).toMatchObject({ working_key: null, control_key: null });
  });

  it('are brought and forgotten by the rounds of the bank', async () => {
    await world.newEpoch();
    valueOf(await world.enter(world.officers[0]));
    valueOf(await world.enter(world.officers[1]));
    world.keyTraffic.before = () => lost;
    await supplyOperators(world.desk);
    expect(await states()).toEqual(['active', 'sending']);
    world.keyTraffic.before = undefined;
    await supplyOperators(world.desk);
    expect(await states()).toEqual(['retiring', 'active']);
    world.clock.after(3_600);
    await supplyOperators(world.desk);
    expect(await states()).toEqual(['retired', 'active']);
  });

  it('lie sealed in both databases', async () => {
    const seed = Buffer.alloc(32, 'S');
    valueOf(await world.enter(world.officers[0], seed));
    valueOf(await deliver());
    const everything = JSON.stringify([
      await world.desk.db.selectFrom('operator_seeds').selectAll().execute(),
      await world.desk.db.selectFrom('operators').selectAll().execute(),
      await world.operator.db.selectFrom('key_seeds').selectAll().execute(),
      world.keyMessages,
    ]);
    const { staticKey } = world.operator.banks.get('bank-1')!;
    for (const secret of [seed, Buffer.from(staticKey)])
      for (const encoding of ['hex', 'base64', 'latin1'] as const)
        expect(everything).not.toContain(secret.toString(encoding).slice(0, 20));
  });
});
