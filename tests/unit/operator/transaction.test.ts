import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  admitOperator,
  deliverKeys,
  releaseSubscriber,
  retireEpochs,
} from '../../../electron/bank-server/operator/index.ts';
import { receiveTransaction } from '../../../electron/bank-server/operator/receive-transaction.ts';
import { registerSubscriber } from '../../../electron/bank-server/operator/register-subscriber.ts';
import { openTransactionKeys } from '../../../electron/operator-platform/keys/open-transaction-keys.ts';
import { registerPhone } from '../../../electron/operator-platform/registration/register-phone.ts';
import {
  openUnderStaticKey,
  sealUnderStaticKey,
} from '../../../electron/shared/codec/operator-keys/index.ts';
import { fail } from '../../../electron/shared/result/index.ts';
import { craftedTransaction, type Step } from './crafted.ts';
import { li, newWorld, pin, stranger, valueOf, wang, type World } from './world.ts';

const forms = ['symmetric', 'asymmetric'] as const;
const payee: Step = { kind: 'payee', payeeAccount: wang.account };
const payer: Step = { kind: 'payer', payerAccount: li.account };
const amountOf = (amount: number): Step => ({ kind: 'amount', amount, currency: 'CNY' });
const refused = (code: string, ended = false) => ({ kind: 'refused', code, ended });

describe.each(forms)('at the bank, %s', (form) => {
  let world: World;
  beforeEach(async () => {
    world = await newWorld(form);
    await world.newEpoch();
  });
  afterEach(() => world.close());

  const bank = () => world.operator.banks.get('bank-1')!;
  const register = async (who = li) =>
    valueOf(await registerPhone(world.operator, bank(), who.imsi, who.phoneNumber));
  const transaction = (serial: number, more = {}) => craftedTransaction(world, form, serial, more);

  /** Up to the confirmation; the order's name. */
  const upToConfirm = async (serial: number, amount = 100_00) => {
    const crafted = await transaction(serial);
    await crafted.send(1, payee);
    await crafted.send(2, payer);
    const { outcome } = await crafted.send(3, amountOf(amount));
    if (typeof outcome === 'string' || outcome.kind !== 'amount') throw new Error(JSON.stringify(outcome));
    return { ...crafted, order: outcome.order };
  };

  describe('a registration', () => {
    const row = () => world.desk.db.selectFrom('operator_subscribers').selectAll().execute();

    it('binds SIM, number, customer and serial', async () => {
      expect(await register()).toBe('00');
      expect(await row()).toEqual([
        {
          operator_id: 'operator-1',
          imsi: li.imsi,
          phone_number: li.phoneNumber,
          customer_id: 'C-1',
          state: 'active',
          registered_at: world.clock.now.toISOString(),
          last_serial: 1,
        },
      ]);
    });

    it('is refused for a number the operator did not give to this SIM, before anything is sent', async () => {
      const result = await registerPhone(world.operator, bank(), li.imsi, wang.phoneNumber);
      expect(result).toEqual(fail('subscriber-mismatch'));
      expect(world.sent).toEqual([]);
    });

    it('is refused for a number that is not on file with the bank, or whose customer is blocked', async () => {
      expect(await registerPhone(world.operator, bank(), stranger.imsi, stranger.phoneNumber)).toEqual({
        ok: true,
        value: '25',
      });
      expect(await row()).toEqual([]);
      const direct = await registerMessage({ phoneNumber: '+8613800100003' });
      expect(await outcomeOf(direct)).toMatchObject({ code: '62' });
    });

    it('is not taken from another SIM for the same number, or for another number of the same SIM', async () => {
      await register();
      expect(await outcomeOf(await registerMessage({ imsi: '460007777777777', serial: 50 }))).toMatchObject({
        code: '57',
      });
      expect(
        await outcomeOf(await registerMessage({ phoneNumber: wang.phoneNumber, serial: 51 })),
      ).toMatchObject({ code: '57' });
      expect(await row()).toMatchObject([{ imsi: li.imsi, phone_number: li.phoneNumber }]);
      // At the counter the number is freed.
      valueOf(await releaseSubscriber(world.desk, li.phoneNumber));
      expect(await releaseSubscriber(world.desk, li.phoneNumber)).toEqual(fail('subscriber-unknown'));
      expect(await outcomeOf(await registerMessage({ imsi: '460007777777777', serial: 52 }))).toMatchObject({
        code: '00',
      });
    });

    it('is made once, although message or answer is lost', async () => {
      for (const place of ['before', 'after'] as const) {
        world.traffic[place] = () => fail('bank-unreachable');
        expect(await registerPhone(world.operator, bank(), li.imsi, li.phoneNumber)).toEqual(
          fail('bank-unreachable'),
        );
        world.traffic[place] = undefined;
      }
      expect(await register()).toBe('00');
      // The very same message each time.
      expect(new Set(world.sent.map((each) => JSON.stringify(each.body))).size).toBe(1);
      expect(await row()).toMatchObject([{ last_serial: 1 }]);
      expect(await register()).toBe('00');
      expect(world.sent).toHaveLength(3);
    });

    it('is refused when replayed under another content, stale, or with an epoch that is not known', async () => {
      await register();
      const code = async (more: object) => {
        const result = await registerSubscriber(world.desk, 'operator-1', await registerMessage(more));
        return result.ok ? 'ok' : [result.fault.code, result.fault.data.reason].join('/');
      };
      expect(await code({ serial: 1 })).toBe('operator-message-replayed/replayed');
      await (await transaction(9)).send(1, payee);
      expect(await code({ serial: 8 })).toBe('operator-message-replayed/stale-serial');
      expect(await code({ serial: 60, epoch: 2 })).toBe('operator-key-unknown/');
      expect(await code({ serial: 61, imsi: 'x' })).toBe('request-malformed/');
    });

    it('is refused from an operator that did not make it', async () => {
      const message = await registerMessage({});
      expect(await registerSubscriber(world.desk, 'operator-2', message)).toEqual(fail('operator-unknown'));
      expect(await registerSubscriber(world.desk, 'operator-1', { ...message, bankId: 'bank-2' })).toEqual(
        fail('operator-unknown'),
      );
      await admitSecondOperator();
      const retold = { ...message, operatorId: 'operator-2' };
      expect(await registerSubscriber(world.desk, 'operator-2', retold)).toEqual(
        fail('operator-message-unreadable'),
      );
      expect(await registerSubscriber(world.desk, 'operator-1', 'x')).toEqual(fail('request-malformed'));
    });

    const registerMessage = async (more: object) => {
      const content = {
        imsi: li.imsi,
        phoneNumber: li.phoneNumber,
        epoch: 1,
        serial: 40,
        sentAt: 'now',
        ...more,
      };
      const partners = { bankId: 'bank-1', operatorId: 'operator-1' };
      const box = await sealUnderStaticKey(
        world.operator.primitives,
        partners,
        bank().staticKey,
        true,
        content,
      );
      return { version: 1 as const, ...partners, box };
    };
    const outcomeOf = async (message: Awaited<ReturnType<typeof registerMessage>>) => {
      const { box } = valueOf(await registerSubscriber(world.desk, 'operator-1', message));
      const { primitives } = world.operator;
      return valueOf(await openUnderStaticKey(primitives, message, bank().staticKey, false, box));
    };
  });

  const admitSecondOperator = async () =>
    valueOf(
      await admitOperator(world.desk, {
        operatorId: 'operator-2',
        name: 'other',
        form,
        staticKey: new Uint8Array(32).fill(1),
        certificateSha256: 'cd'.repeat(32),
        keyChannel: 'https://other.invalid',
      }),
    );

  describe('a transfer', () => {
    beforeEach(() => register());

    it('takes six steps and books once', async () => {
      const crafted = await transaction(2);
      expect((await crafted.send(1, payee)).outcome).toEqual({ kind: 'payee', lastCharacter: '国' });
      expect((await crafted.send(2, payer)).outcome).toEqual({ kind: 'payer', currency: 'CNY' });
      const order = (await crafted.send(3, amountOf(123_45))).outcome;
      expect(order).toMatchObject({ kind: 'amount', amount: 123_45, fee: 0, currency: 'CNY' });
      const confirm: Step = { kind: 'confirm', order: (order as { order: string }).order };
      const done = (await crafted.send(4, confirm)).outcome;
      expect(done).toMatchObject({
        kind: 'done',
        amount: 123_45,
        receiptNumber: expect.stringMatching(/^T2026/),
      });
      expect(await world.balance(li.account)).toBe(10_000_00 - 123_45);
      expect(await world.balance(wang.account)).toBe(500_00 + 123_45);
      expect(await world.desk.ledger.verify()).toEqual([]);
    });

    it('shows the last character as people see it', async () => {
      for (const [serial, name, last] of [
        [2, 'Anna Müller ', 'r'],
        [3, '𠮷野家𠮷', '𠮷'],
        [4, 'Zoe\u0301', 'e\u0301'],
      ] as const) {
        world.customers.names.set('C-2', name);
        expect((await (await transaction(serial)).send(1, payee)).outcome).toEqual({
          kind: 'payee',
          lastCharacter: last,
        });
      }
    });

    it('gives the same answer to the same message, at every step, and does nothing twice', async () => {
      const crafted = await upToConfirm(2);
      const confirmed = await crafted.send(4, { kind: 'confirm', order: crafted.order });
      for (let times = 0; times < 3; times++) {
        world.clock.after(1_000);
        expect((await crafted.deliver(confirmed.message)).raw).toEqual(confirmed.raw);
      }
      expect(await world.balance(wang.account)).toBe(600_00);
      const wrong = await transaction(3);
      await wrong.send(1, payee);
      const first = await wrong.send(2, payer, { password: '000000' });
      expect(first.outcome).toEqual({ ...refused('55'), triesLeft: 2 });
      expect((await wrong.deliver(first.message)).raw).toEqual(first.raw);
      expect(world.customers.pinChecks).toBe(2);
    });

    it('refuses every message that comes again later', async () => {
      const crafted = await transaction(2);
      const messages = [
        await crafted.make(1, payee),
        await crafted.make(2, payer),
        await crafted.make(3, amountOf(1)),
      ];
      for (const message of messages) await crafted.deliver(message);
      for (const message of messages.slice(0, 2))
        expect((await crafted.deliver(message)).outcome).toBe('operator-message-replayed/replayed');
      // Another message under a number that was used.
      expect((await crafted.send(3, amountOf(2))).outcome).toBe('operator-message-replayed/replayed');
      expect((await crafted.send(2, payer)).outcome).toBe('operator-message-replayed/replayed');
    });

    it('refuses messages out of their order', async () => {
      const crafted = await transaction(2);
      expect((await crafted.send(2, payer)).outcome).toBe('operator-message-replayed/out-of-order');
      await crafted.send(1, payee);
      expect((await crafted.send(3, payer)).outcome).toBe('operator-message-replayed/out-of-order');
      expect((await crafted.send(2, payer)).outcome).toMatchObject({ kind: 'payer' });
    });

    it('refuses steps out of their order, and takes the right one afterwards', async () => {
      const crafted = await transaction(2);
      const order = '0'.repeat(64);
      const steps: Step[] = [
        payer,
        amountOf(1),
        { kind: 'confirm', order },
        payee,
        payee,
        { kind: 'confirm', order },
        payer,
      ];
      const outcomes = [];
      for (const [at, step] of steps.entries()) outcomes.push((await crafted.send(at + 1, step)).outcome);
      expect(outcomes).toEqual([
        refused('12'),
        refused('12'),
        refused('12'),
        { kind: 'payee', lastCharacter: '国' },
        refused('12'),
        refused('12'),
        { kind: 'payer', currency: 'CNY' },
      ]);
      expect(world.customers.pinChecks).toBe(1);
    });

    it('refuses a stale serial: one that is not higher than the last of this SIM', async () => {
      await (await transaction(7)).send(1, payee);
      expect((await (await transaction(6)).send(1, payee)).outcome).toBe(
        'operator-message-replayed/stale-serial',
      );
      // The serial of the registration.
      expect((await (await transaction(1)).send(1, payee)).outcome).toBe(
        'operator-message-replayed/stale-serial',
      );
      expect((await (await transaction(8)).send(1, payee)).outcome).toMatchObject({ kind: 'payee' });
    });

    it('refuses another SIM or number, also in the middle of a transaction', async () => {
      await register(wang);
      const crafted = await transaction(5);
      await crafted.send(1, payee);
      const as = (imsi: string, phoneNumber: string) => crafted.send(2, payer, { imsi, phoneNumber });
      expect((await as(wang.imsi, wang.phoneNumber)).outcome).toBe('subscriber-mismatch');
      expect((await as(li.imsi, wang.phoneNumber)).outcome).toBe('subscriber-mismatch');
      expect((await as(wang.imsi, li.phoneNumber)).outcome).toBe('subscriber-mismatch');
      expect((await as(stranger.imsi, stranger.phoneNumber)).outcome).toBe('subscriber-unknown');
      expect((await as(li.imsi, li.phoneNumber)).outcome).toMatchObject({ kind: 'payer' });
      await world.desk.db.updateTable('operator_subscribers').set({ state: 'suspended' }).execute();
      expect((await crafted.send(3, amountOf(1))).outcome).toBe('subscriber-unknown');
    });

    it('refuses messages of one operator from another, and keys of another', async () => {
      const crafted = await transaction(5);
      const message = await crafted.make(1, payee);
      await admitSecondOperator();
      expect((await crafted.deliver(message, 'operator-2')).outcome).toBe('operator-unknown');
      const retold = { ...message, operatorId: 'operator-2' };
      expect((await crafted.deliver(retold, 'operator-2')).outcome).toBe('operator-key-unknown');
      const otherBank = await transaction(5, { bankId: 'bank-2' });
      expect((await otherBank.send(1, payee)).outcome).toBe('operator-unknown');
      const asOurs = { ...(await otherBank.make(1, payee)), bankId: 'bank-1' };
      expect((await otherBank.deliver(asOurs)).outcome).toBe('operator-message-unreadable');
      // The customer of one operator is unknown to the other.
      await world.desk.db.updateTable('operator_subscribers').set({ operator_id: 'operator-2' }).execute();
      expect((await crafted.deliver(message)).outcome).toBe('subscriber-unknown');
    });

    it('refuses an answer of its own, a changed message and nonsense', async () => {
      const crafted = await transaction(5);
      const sent = await crafted.send(1, payee);
      const reflected = await crafted.make(2, payer, {}, { direction: 'to-operator' });
      expect((await crafted.deliver(reflected)).outcome).toBe('operator-message-unreadable');
      expect((await crafted.deliver(valueOf(sent.raw))).outcome).toBe('operator-message-unreadable');
      const message = await crafted.make(2, payer);
      expect((await crafted.deliver({ ...message, number: 3 })).outcome).toBe('operator-message-unreadable');
      expect((await crafted.deliver({ ...message, epoch: 9 })).outcome).toBe('operator-key-unknown');
      expect((await crafted.send(2, { kind: 'payer' })).outcome).toBe('request-malformed');
      expect((await crafted.send(2, { kind: 'amount', amount: -5, currency: 'CNY' })).outcome).toBe(
        'request-malformed',
      );
      expect((await crafted.send(2, { kind: 'amount', amount: 1.5, currency: 'CNY' })).outcome).toBe(
        'request-malformed',
      );
      for (const body of [undefined, null, 1, 'x', {}, [], { ...message, mac: 1 }])
        expect(await receiveTransaction(world.desk, 'operator-1', body)).toEqual(fail('request-malformed'));
    });

    it('ends after five tries at a step', async () => {
      const crafted = await transaction(2);
      const unknown: Step = { kind: 'payee', payeeAccount: '9999999999' };
      for (let number = 1; number <= 5; number++)
        expect((await crafted.send(number, unknown)).outcome).toEqual(refused('14'));
      expect((await crafted.send(6, unknown)).outcome).toEqual(refused('65', true));
      expect((await crafted.send(7, payee)).outcome).toBe('dialogue-expired');
    });

    it('counts wrong passwords at the account and ends when it is blocked', async () => {
      const crafted = await transaction(2);
      await crafted.send(1, payee);
      const tryAs = async (number: number) =>
        (await crafted.send(number, payer, { password: '111111' })).outcome;
      expect(await tryAs(2)).toEqual({ ...refused('55'), triesLeft: 2 });
      expect(await tryAs(3)).toEqual({ ...refused('55'), triesLeft: 1 });
      expect(await tryAs(4)).toEqual({ ...refused('75', true), triesLeft: 0 });
      expect((await crafted.send(5, payer)).outcome).toBe('dialogue-expired');
      const next = await transaction(3);
      await next.send(1, payee);
      expect((await next.send(2, payer)).outcome).toEqual({ ...refused('75', true), triesLeft: 0 });
    });

    it('pays only from the own account, and never checks a password for another', async () => {
      const crafted = await transaction(2);
      await crafted.send(1, { kind: 'payee', payeeAccount: li.account });
      const from = async (number: number, payerAccount: string) =>
        (await crafted.send(number, { kind: 'payer', payerAccount }, { account: payerAccount })).outcome;
      expect(await from(2, wang.account)).toEqual(refused('57'));
      expect(await from(3, '9999999999')).toEqual(refused('57'));
      expect(await from(4, li.account)).toEqual(refused('12'));
      expect(world.customers.pinChecks).toBe(0);
    });

    it('does not take a password that was sealed for another account, or none', async () => {
      const crafted = await transaction(2);
      await crafted.send(1, payee);
      expect((await crafted.send(2, payer, { account: wang.account })).outcome).toEqual(refused('30'));
      expect(world.customers.pinChecks).toBe(0);
    });

    it.each([
      ['51', 10_000_01],
      ['61', 50_000_01],
      ['13', 2_000_000_000_000],
    ])('says %s for an amount of %i, and takes a better one', async (code, amount) => {
      const crafted = await transaction(2);
      await crafted.send(1, payee);
      await crafted.send(2, payer);
      expect((await crafted.send(3, amountOf(amount))).outcome).toEqual(refused(code));
      expect((await crafted.send(4, { kind: 'amount', amount: 1, currency: 'EUR' })).outcome).toEqual(
        refused('12'),
      );
      expect((await crafted.send(5, amountOf(1))).outcome).toMatchObject({ kind: 'amount' });
    });

    it('books only the order that the customer saw', async () => {
      const other = await upToConfirm(2, 999_00);
      const crafted = await upToConfirm(3, 1_00);
      expect((await crafted.send(4, { kind: 'confirm', order: other.order })).outcome).toEqual(refused('12'));
      expect(await world.balance(wang.account)).toBe(500_00);
    });

    it('ends when the money is gone between order and confirmation', async () => {
      const crafted = await upToConfirm(2, 6_000_00);
      const other = await upToConfirm(3, 6_000_00);
      expect((await crafted.send(4, { kind: 'confirm', order: crafted.order })).outcome).toMatchObject({
        kind: 'done',
      });
      expect((await other.send(4, { kind: 'confirm', order: other.order })).outcome).toEqual(
        refused('51', true),
      );
    });

    it('is over when cancelled, and after ten minutes', async () => {
      const crafted = await upToConfirm(2);
      expect((await crafted.send(4, { kind: 'cancel' })).outcome).toEqual({ kind: 'cancelled' });
      expect((await crafted.send(5, { kind: 'confirm', order: crafted.order })).outcome).toBe(
        'dialogue-expired',
      );
      const late = await upToConfirm(3);
      world.clock.after(600);
      expect((await late.send(4, { kind: 'confirm', order: late.order })).outcome).toBe('dialogue-expired');
      expect(await world.balance(wang.account)).toBe(500_00);
    });

    it('may be begun thirty times in an hour', async () => {
      let last: unknown;
      for (let serial = 2; serial <= 31; serial++)
        last = (await (await transaction(serial)).send(1, payee)).outcome;
      expect(last).toEqual(refused('65', true)); // with the registration it is the thirty-first
      world.clock.after(3_601);
      expect((await (await transaction(50)).send(1, payee)).outcome).toMatchObject({ kind: 'payee' });
    });

    it('is taken by one server when a message comes many times at once', async () => {
      const crafted = await upToConfirm(2);
      const confirm = await crafted.make(4, { kind: 'confirm', order: crafted.order });
      const answers = await Promise.all(Array.from({ length: 8 }, () => crafted.deliver(confirm)));
      const kinds = answers.map(({ outcome }) => (typeof outcome === 'string' ? outcome : outcome.kind));
      expect(kinds).toContain('done');
      expect(kinds.filter((kind) => kind !== 'done' && kind !== 'bank-busy')).toEqual([]);
      expect(await world.balance(wang.account)).toBe(600_00);
      expect((await crafted.deliver(confirm)).outcome).toMatchObject({ kind: 'done' });
    });

    it('is taken up again after a server died in the middle of a step, and booked once', async () => {
      const crafted = await upToConfirm(2);
      const confirm = await crafted.make(4, { kind: 'confirm', order: crafted.order });
      const { transfer } = world.desk.ledger;
      const dying = {
        ...world.desk,
        ledger: {
          ...world.desk.ledger,
          transfer: async (...args: Parameters<typeof transfer>) => {
            valueOf(await transfer(...args));
            throw new Error('killed after booking');
          },
        },
      };
      await expect(receiveTransaction(dying, 'operator-1', confirm)).rejects.toThrow('killed');
      expect((await crafted.deliver(confirm)).outcome).toBe('bank-busy');
      expect((await crafted.send(5, { kind: 'cancel' })).outcome).toBe(
        'operator-message-replayed/out-of-order',
      );
      world.clock.after(31);
      expect((await crafted.deliver(confirm)).outcome).toMatchObject({ kind: 'done', amount: 100_00 });
      expect(await world.balance(wang.account)).toBe(600_00);
    });

    it('goes on under its epoch while a newer one is begun, until the overlap is over', async () => {
      const crafted = await upToConfirm(2);
      await world.newEpoch();
      const next = await transaction(3, { epoch: 2 });
      expect((await next.send(1, payee)).outcome).toMatchObject({ kind: 'payee' });
      expect((await crafted.send(4, { kind: 'confirm', order: crafted.order })).outcome).toMatchObject({
        kind: 'done',
      });
      expect((await (await transaction(4)).send(1, payee)).outcome).toMatchObject({ kind: 'payee' });
      const old = await transaction(5);
      world.clock.after(3_600);
      expect((await old.send(1, payee)).outcome).toBe('operator-key-unknown');
      valueOf(await retireEpochs(world.desk));
      expect((await old.send(1, payee)).outcome).toBe('operator-key-unknown');
      expect((await (await transaction(6, { epoch: 2 })).send(1, payee)).outcome).toMatchObject({
        kind: 'payee',
      });
    });

    it('is taken under a new epoch although the operator’s proof was lost, and proves it by that', async () => {
      valueOf(await world.enter(world.officers[0]));
      valueOf(await deliverKeys(world.desk, 'operator-1'));
      valueOf(await world.enter(world.officers[1]));
      let answers = 0;
      world.keyTraffic.after = () => (++answers === 2 ? fail('operator-unreachable') : undefined);
      expect(await deliverKeys(world.desk, 'operator-1')).toEqual(fail('operator-unreachable'));
      const states = async () => {
        const rows = await world.desk.db
          .selectFrom('operator_epochs')
          .select('state')
          .orderBy('epoch')
          .execute();
        return rows.map((row) => row.state);
      };
      expect(await states()).toEqual(['active', 'sending']);
      const opened = valueOf(await openTransactionKeys(world.operator, bank()));
      expect(opened.epoch).toBe(2);
      const crafted = await transaction(opened.serial, { epoch: 2 });
      expect((await crafted.send(1, payee)).outcome).toMatchObject({ kind: 'payee' });
      expect(await states()).toEqual(['retiring', 'active']);
    });
  });

  it('nothing in the bank’s database holds the password', async () => {
    await register();
    const crafted = await upToConfirm(2);
    await crafted.send(4, { kind: 'confirm', order: crafted.order });
    const rows = await world.desk.db.selectFrom('operator_transactions').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(pin);
  });
});
