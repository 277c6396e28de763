import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { afterReply } from '../../../electron/operator-platform/dialogue/dialogue-view.ts';
import { findDialogue, startDialogue } from '../../../electron/operator-platform/dialogue/start-dialogue.ts';
import { askAgain, takeStep, viewOf } from '../../../electron/operator-platform/dialogue/take-step.ts';
import { forgetWhatIsOver } from '../../../electron/operator-platform/keys/forget-what-is-over.ts';
import { registerPhone } from '../../../electron/operator-platform/registration/register-phone.ts';
import type { TransferReply } from '../../../electron/shared/operator-api/index.ts';
import { fail } from '../../../electron/shared/result/index.ts';
import type { Step } from './crafted.ts';
import { li, newWorld, pin, valueOf, wang, type World } from './world.ts';

const payee: Step = { kind: 'payee', payeeAccount: wang.account };
const payer: Step = { kind: 'payer', payerAccount: li.account };
const amount: Step = { kind: 'amount', amount: 10_00, currency: 'CNY' };
const silent = () => fail('bank-unreachable');

describe.each(['symmetric', 'asymmetric'] as const)("the operator's side of a dialogue, %s", (form) => {
  let world: World;
  let id: string;
  beforeEach(async () => {
    world = await newWorld(form);
    await world.newEpoch();
    valueOf(await registerPhone(world.operator, bank(), li.imsi, li.phoneNumber));
    id = valueOf(await startDialogue(world.operator, bank(), li.imsi));
  });
  afterEach(() => world.close());

  const bank = () => world.operator.banks.get('bank-1')!;
  const row = async () => valueOf(await findDialogue(world.operator, id, li.imsi));
  const take = async (step: Step, password?: string) => {
    const now = await row();
    return takeStep(world.operator, now, now.number, step, password);
  };
  const upToConfirm = async (): Promise<Step> => {
    valueOf(await take(payee));
    valueOf(await take(payer, pin));
    valueOf(await take(amount));
    return { kind: 'confirm', order: viewOf(await row()).order ?? '' };
  };

  it('goes from stage to stage and forgets its keys at the end', async () => {
    const stages = [(await row()).stage];
    for (const step of [payee, payer, amount]) {
      valueOf(await take(step, pin));
      stages.push((await row()).stage);
    }
    valueOf(await take({ kind: 'confirm', order: viewOf(await row()).order ?? '' }));
    const done = await row();
    expect([...stages, done.stage]).toEqual(['payee', 'payer', 'amount', 'confirm', 'done']);
    expect(done).toMatchObject({ keys: '', enc: null, pending: null });
    expect(viewOf(done)).toMatchObject({
      lastCharacter: '国',
      amount: 10_00,
      receiptNumber: expect.any(String),
    });
    expect(await take(payee)).toEqual(fail('dialogue-expired'));
  });

  it('arrives although message or answer is lost at every step, with one booking', async () => {
    let asked = 0;
    const steps: (() => Promise<Step>)[] = [
      async () => payee,
      async () => payer,
      async () => amount,
      async () => ({ kind: 'confirm', order: viewOf(await row()).order ?? '' }),
    ];
    for (const step of steps) {
      world.traffic.before = silent;
      expect(await take(await step(), pin)).toEqual(fail('bank-unreachable'));
      // Nothing else goes before this is known.
      expect(await take({ kind: 'cancel' })).toEqual(fail('run-busy'));
      world.traffic.before = undefined;
      world.traffic.after = silent;
      expect(await askAgain(world.operator, await row())).toEqual(fail('bank-unreachable'));
      world.traffic.after = undefined;
      valueOf(await askAgain(world.operator, await row()));
      const bodies = world.sent.slice(-3).map((each) => JSON.stringify(each.body));
      expect(new Set(bodies).size).toBe(1);
      asked += 1;
    }
    expect(asked).toBe(4);
    expect((await row()).stage).toBe('done');
    expect(await askAgain(world.operator, await row())).toEqual(fail('run-busy'));
    expect(await world.balance(wang.account)).toBe(510_00);
    expect(world.customers.pinChecks).toBe(1);
  });

  it('believes only the answer to its own message', async () => {
    const answers: unknown[] = [];
    world.traffic.change = (reply) => {
      answers.push(reply);
      return reply;
    };
    valueOf(await take(payee));
    const change = async (changed: (reply: object) => object): Promise<unknown> => {
      world.traffic.change = (reply) => changed(reply as object);
      const result =
        (await row()).pending === null ? await take(payer, pin) : await askAgain(world.operator, await row());
      return result.ok ? 'taken' : result.fault.code;
    };
    expect(await change(() => answers[0] as object)).toBe('bank-bad-answer'); // the answer before
    expect(await change((reply) => ({ ...reply, number: 1 }))).toBe('bank-bad-answer');
    expect(await change((reply) => ({ ...reply, serial: 99 }))).toBe('bank-bad-answer');
    expect(await change((reply) => ({ ...reply, epoch: 9 }))).toBe('bank-bad-answer');
    expect(await change((reply) => ({ ...reply, bankId: 'bank-2' }))).toBe('bank-bad-answer');
    expect(await change((reply) => ({ ...reply, operatorId: 'operator-2' }))).toBe('bank-bad-answer');
    expect(await change((reply) => ({ ...reply, direction: 'to-bank' }))).toBe('bank-bad-answer');
    expect(await change((reply) => ({ ...reply, mac: '0'.repeat(64) }))).toBe('bank-bad-answer');
    expect(await change(() => world.sent.at(-1)!.body as object)).toBe('bank-bad-answer'); // its own message back
    expect((await row()).stage).toBe('payer');
    expect(await change((reply) => reply)).toBe('taken');
    expect(world.customers.pinChecks).toBe(1);
  });

  it('sends one message for a page that was sent many times', async () => {
    const now = await row();
    const sent = world.sent.length;
    const taken = await Promise.all(Array.from({ length: 5 }, () => takeStep(world.operator, now, 0, payee)));
    expect(taken.filter((each) => each.ok)).toHaveLength(1);
    expect(world.sent.length).toBe(sent + 1);
    expect(await takeStep(world.operator, await row(), 0, payee)).toEqual(fail('run-busy'));
  });

  it('keeps no password in the clear, also while the bank is silent', async () => {
    valueOf(await take(payee));
    world.traffic.before = silent;
    await take(payer, pin);
    const rows = await world.operator.db.selectFrom('dialogues').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(pin);
    expect(rows[0]?.pending).not.toBeNull();
  });

  it('ends when the bank does not take its message, in the network’s wording', async () => {
    await upToConfirm();
    await world.desk.db.updateTable('operator_subscribers').set({ state: 'suspended' }).execute();
    expect(await take(amount)).toEqual(fail('subscriber-unknown'));
    expect(await row()).toMatchObject({ stage: 'ended', keys: '' });
    expect(viewOf(await row()).refused).toEqual({ code: '25' });
  });

  it('is over after ten minutes, and its keys are forgotten unless an answer is missing', async () => {
    const waiting = id;
    world.traffic.before = silent;
    await take(payee);
    world.traffic.before = undefined;
    id = valueOf(await startDialogue(world.operator, bank(), li.imsi));
    world.clock.after(600);
    expect(await take(payee)).toEqual(fail('dialogue-expired'));
    valueOf(await forgetWhatIsOver(world.operator));
    expect((await row()).keys).toBe('');
    id = waiting;
    expect((await row()).keys).not.toBe('');
  });

  it('belongs to one SIM, and needs a registration', async () => {
    expect(await findDialogue(world.operator, id, wang.imsi)).toEqual(fail('dialogue-expired'));
    expect(await startDialogue(world.operator, bank(), wang.imsi)).toEqual(fail('subscriber-unknown'));
    expect(await startDialogue(world.operator, bank(), '460000000000000')).toEqual(
      fail('subscriber-unknown'),
    );
  });
});

describe('what an answer changes', () => {
  const done: TransferReply['step'] = {
    kind: 'done',
    receiptNumber: 'T1',
    amount: 5,
    currency: 'CNY',
    bookedAt: 'now',
  };
  it.each<[Step, TransferReply['step']]>([
    [payee, { kind: 'payer', currency: 'CNY' }],
    [payer, { kind: 'payee', lastCharacter: '国' }],
    [amount, { kind: 'amount', amount: 9, fee: 0, currency: 'CNY', order: 'a'.repeat(64) }],
    [amount, { kind: 'amount', amount: 10_00, fee: 0, currency: 'EUR', order: 'a'.repeat(64) }],
    [amount, done],
    [{ kind: 'confirm', order: 'a'.repeat(64) }, done], // another amount than the customer confirmed
    [payee, { kind: 'cancelled' }],
  ])('is nothing when it does not fit: %o, %o', (step, reply) => {
    expect(afterReply('payee', { amount: 10_00 }, step, reply)).toBeUndefined();
  });
});
