import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { wordsIn } from '../../../electron/bank-server/portal/words.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { checkPin, issueCard, type IssuedCard } from '../../harness/issue-card.ts';
import { signAssertion } from '../../harness/portal-client.ts';
import { softPhone, type SoftPhone } from '../../harness/soft-phone.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

/* A card's one-time passwords begin anew at the counter: for another phone, or after a false alarm. */
let bank: TestBank;
let station: BankClient;
const phones: SoftPhone[] = [];
const officerId = 'technician-1';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  bank = await startBank();
  station = bank.client();
});
afterEach(() => {
  for (const each of phones.splice(0)) each.close();
});
afterAll(() => bank.stop());

const passwordOf = ({ customerId }: IssuedCard): string =>
  bank.trainingSecrets[customerId]?.suggestedLoginPassword ?? '';
const phoneOf = async (card: IssuedCard, storage?: Map<string, string>): Promise<SoftPhone> => {
  const phone = await softPhone(bank, card, storage);
  phones.push(phone);
  return phone;
};
const begin = async (card: IssuedCard, reason: 'other-phone' | 'false-alarm' = 'other-phone') => {
  const pinCheckId = await checkPin(bank, station, card.customerId);
  return station.must('beginChainMove', { cardId: card.cardId }, { pinCheckId, reason, officerId });
};
const finish = ({ cardId }: IssuedCard, epoch: number, content = `content ${epoch}`) =>
  station.call('finishChainMove', { cardId }, { epoch, contentSha256: digest(content), officerId });
/** The card as its client carries it afterwards. */
const withSeed = (card: IssuedCard, seed = ''): IssuedCard => ({
  ...card,
  seed: Buffer.from(seed, 'base64'),
});
const stateOf = async ({ cardId }: IssuedCard) => (await station.must('readCard', { cardId })).card.state;

const rows = async ({ cardId }: IssuedCard) => {
  const store = await openSqliteStore(join(bank.dataFolder, 'bank.sqlite'), bank.now());
  if (!store.ok) throw new Error(store.fault.code);
  const { db } = store.value;
  const moves = await db
    .selectFrom('chain_moves')
    .selectAll()
    .where('card_id', '=', cardId)
    .orderBy('epoch')
    .execute();
  const told = await db.selectFrom('transitions').selectAll().where('card_id', '=', cardId).execute();
  await store.value.close();
  return { moves, told };
};

describe('one-time passwords that begin anew', () => {
  it('go on with the old phone until the card is written, then with the new one only', async () => {
    const card = await issueCard(bank, station, 'C-100001', { chained: true });
    const old = await phoneOf(card);
    await old.signIn(passwordOf(card));
    const { seed, epoch } = await begin(card);
    expect(epoch).toBe(2);
    expect(seed).not.toBe(card.seed?.toString('base64'));
    // Begun is not finished: whatever stops the counter now, the customer can still sign in.
    await old.signIn(passwordOf(card));
    expect(await finish(card, epoch)).toMatchObject({ ok: true, value: { card: { state: 'active' } } });
    // What it had open is over, and its chain answers nothing of the bank's any more.
    expect((await old.browser.get('/menu')).text).toContain(wordsIn.en.refusals['session-expired'].happened);
    const { challenge } = await old.ask();
    expect(challenge && (await old.answer(challenge))).toBeUndefined();
    const page = await old.browser.login(signAssertion(bank, card));
    expect(page.text).toContain(wordsIn.en.refusals['challenge-unknown'].happened);
    // The same storage: a phone that goes on with the card it had before begins with the new chain, too.
    const fresh = await phoneOf(withSeed(card, seed), new Map(old.storage));
    await fresh.signIn(passwordOf(card));
    await fresh.signIn(passwordOf(card));

    const { moves, told } = await rows(card);
    expect(moves).toMatchObject([
      { epoch: 2, state: 'in-force', keys: null, chain: null, officer_id: officerId },
    ]);
    expect(told.map(({ why }) => why)).toContain(
      'one-time passwords begun anew (other-phone): chain 2, the one before is over',
    );
  });

  it('need the customer’s PIN each time, and say the same when asked again', async () => {
    const card = await issueCard(bank, station, 'C-100002', { chained: true });
    const { cardId } = card;
    const pinCheckId = await checkPin(bank, station, card.customerId);
    const order = { pinCheckId, reason: 'other-phone', officerId } as const;
    const { epoch } = await station.must('beginChainMove', { cardId }, order);
    expect(await station.call('beginChainMove', { cardId }, order)).toMatchObject({
      problem: { fault: { code: 'pin-check-expired' } },
    });
    const foreign = await checkPin(bank, station, 'C-100003');
    expect(await station.call('beginChainMove', { cardId }, { ...order, pinCheckId: foreign })).toMatchObject(
      {
        problem: { fault: { code: 'pin-check-expired' } },
      },
    );
    expect((await finish(card, epoch)).ok).toBe(true);
    expect((await finish(card, epoch)).ok).toBe(true);
    expect(await finish(card, epoch, 'another content')).toMatchObject({
      problem: { fault: { code: 'card-state-conflict' } },
    });
    expect(await finish(card, epoch + 1)).toMatchObject({
      problem: { fault: { code: 'chain-move-over' } },
    });
  });

  it('are withdrawn without a trace on the card, by hand or by another begin', async () => {
    const card = await issueCard(bank, station, 'C-100004', { chained: true });
    const phone = await phoneOf(card);
    await phone.signIn(passwordOf(card));
    const { cardId } = card;
    const first = await begin(card);
    expect(await station.must('withdrawChainMove', { cardId })).toEqual({ state: 'withdrawn' });
    expect(await station.must('withdrawChainMove', { cardId })).toEqual({ state: 'withdrawn' });
    expect(await finish(card, first.epoch)).toMatchObject({
      problem: { fault: { code: 'chain-move-over' } },
    });
    const second = await begin(card);
    const third = await begin(card);
    expect([second.epoch, third.epoch]).toEqual([3, 4]);
    expect(await finish(card, second.epoch)).toMatchObject({
      problem: { fault: { code: 'chain-move-over' } },
    });
    await phone.signIn(passwordOf(card));
    expect((await finish(card, third.epoch)).ok).toBe(true);
    expect(await station.must('withdrawChainMove', { cardId })).toEqual({ state: 'in-force' });
    expect((await rows(card)).moves.map(({ state }) => state)).toEqual([
      'withdrawn',
      'withdrawn',
      'in-force',
    ]);
  });

  it('are not for a card without a chain, or one that is not in use', async () => {
    const plain = await issueCard(bank, station, 'C-100005');
    const sim = await issueCard(bank, station, 'C-100006', { kind: 'sim' });
    const held = await issueCard(bank, station, 'C-100007', { chained: true });
    await station.must('holdCard', { cardId: held.cardId }, { reason: 'missing', officerId });
    for (const card of [plain, sim, held]) {
      const pinCheckId = await checkPin(bank, station, card.customerId);
      const order = { pinCheckId, reason: 'other-phone', officerId } as const;
      expect(await station.call('beginChainMove', { cardId: card.cardId }, order)).toMatchObject({
        problem: { fault: { code: card === held ? 'card-state-conflict' : 'chain-absent' } },
      });
      expect(await station.must('readOtpChain', { cardId: card.cardId })).toEqual(
        card === held ? { chain: { state: 'good', epoch: 1 } } : {},
      );
    }
    // Missing and found again: its chain was never forked, so it is as before.
    await station.must('releaseCard', { cardId: held.cardId }, { reason: 'found', officerId });
    await (await phoneOf(held)).signIn(passwordOf(held));
  });
});

describe('a card whose chain was forked', () => {
  it('is not released as it is; with a new chain it is, and signs in', async () => {
    const card = await issueCard(bank, station, 'C-100010', { chained: true });
    const { cardId } = card;
    const one = await phoneOf(card);
    await one.signIn(passwordOf(card));
    const copy = await phoneOf(card, new Map(one.storage));
    await copy.signIn(passwordOf(card));
    const { challenge } = await one.ask();
    const alarm = challenge && (await one.alarm(challenge));
    await one.browser.login(signAssertion(bank, card, { payload: { otp: alarm } }));
    expect(await stateOf(card)).toBe('suspended');

    const release = () => station.call('releaseCard', { cardId }, { reason: 'false alarm', officerId });
    expect(await release()).toMatchObject({ problem: { fault: { code: 'chain-suspended' } } });
    expect(await stateOf(card)).toBe('suspended');
    const { seed, epoch } = await begin(card, 'false-alarm');
    // Its medium is sealed anew before it is released.
    const files = [{ path: 'client.html', sha256: digest('client'), size: 6 }];
    const order = { files, clientVersion: '1.0.0', mediumIdentity: card.mediumIdentity };
    expect((await station.call('signManifest', { cardId }, order)).ok).toBe(true);
    expect((await finish(card, epoch)).ok).toBe(true);
    expect(await stateOf(card)).toBe('suspended');
    expect((await station.call('signManifest', { cardId }, order)).ok).toBe(false);
    expect(await release()).toMatchObject({ value: { card: { state: 'active' } } });
    await (await phoneOf(withSeed(card, seed))).signIn(passwordOf(card));
    await expect(copy.signIn(passwordOf(card))).rejects.toThrow();
  });
});
