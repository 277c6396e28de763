import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509CertificateGenerator } from '@peculiar/x509';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFiles } from '../../../electron/bank-server/ca/key-files.ts';
import { transferWordsIn } from '../../../electron/bank-server/portal/account-words.ts';
import { wordsIn, type Refusal } from '../../../electron/bank-server/portal/words.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import { httpsTransport, onlineBank } from '../../../electron/customer-card/index.ts';
import { verifyReceipt, type Receipt } from '../../../electron/bank-server/transactions/index.ts';
import type { TransferOrder } from '../../../electron/shared/bank-api/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { issueCard, type IssuedCard } from '../../harness/issue-card.ts';
import { portalClient, signAssertion } from '../../harness/portal-client.ts';
import { softPhone, type SoftPhone, type TransferInput } from '../../harness/soft-phone.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

/*
 * S1 at the bank, and what whoever attacks it is answered. Cards are real, the phone's chain is the phone
 * client's own code, the bank is the whole server over TLS.
 */
let bank: TestBank;
let station: BankClient;
const phones: SoftPhone[] = [];

beforeAll(async () => {
  bank = await startBank();
  station = bank.client();
});
afterEach(() => {
  for (const each of phones.splice(0)) each.close();
});
afterAll(() => bank.stop());

const passwordOf = (customerId: string): string => bank.trainingSecrets[customerId]!.suggestedLoginPassword;
const phoneOf = async (card: IssuedCard, storage?: Map<string, string>): Promise<SoftPhone> => {
  const phone = await softPhone(bank, card, storage);
  phones.push(phone);
  return phone;
};
const issue = (customerId: string, chained = true) => issueCard(bank, station, customerId, { chained });
const refusedAs = (refusal: Refusal) => wordsIn.en.refusals[refusal].happened;
const wang: TransferInput = { payee: '6230 5810 0002 0034 561', payeeName: '王建国', amount: '128.50' };
const stateOf = async ({ cardId }: IssuedCard) => (await station.must('readCard', { cardId })).card.state;

const ledger = async (number: string): Promise<number> => {
  const store = await openSqliteStore(join(bank.dataFolder, 'bank.sqlite'), bank.now());
  if (!store.ok) throw new Error(store.fault.code);
  const row = await store.value.db
    .selectFrom('ledger_accounts')
    .select('balance')
    .where('account_number', '=', number)
    .executeTakeFirstOrThrow();
  await store.value.close();
  return Number(row.balance);
};
const wangHas = () => ledger('6230581000020034561');

const waiting = async (phone: SoftPhone, form: TransferInput = wang) => {
  const placed = await phone.order(form);
  expect(placed.status).toBe(303);
  const { order, challenge } = await phone.ask();
  return { order: order as TransferOrder, challenge, page: String(placed.headers.location) };
};

describe('the random number of S4', () => {
  const begin = async (customerId: string, chained: boolean) => {
    const card = await issue(customerId, chained);
    const ca = readFileSync(join(bank.stationFolder, 'bank-ca.pem'), 'utf8');
    const { loginName } = bank.customers.find((each) => each.customerId === customerId)!;
    return onlineBank(httpsTransport(bank.server.onlineOrigin, ca)).call(
      'login',
      {},
      {
        certificate: card.certificate.toString('base64'),
        loginName,
        password: passwordOf(customerId),
      },
    );
  };

  it('is no way round the chain: the key and the password of a chained card open nothing', async () => {
    expect(await begin('C-100002', true)).toMatchObject({ fault: { code: 'challenge-unknown' } });
    expect(await begin('C-100004', false)).toMatchObject({ ok: true });
  });
});

describe('a customer with a chained card', () => {
  it('signs in with a one-time password and pays with a second one, booked once, with a signed receipt', async () => {
    const card = await issue('C-100001');
    const phone = await phoneOf(card);
    await phone.signIn(passwordOf('C-100001'));
    const before = await wangHas();
    const { order, challenge, page } = await waiting(phone, { ...wang, memo: 'rent' });
    expect(order).toMatchObject({ payeeName: '王建国', amount: 12_850, currency: 'CNY', memo: 'rent' });
    expect((await phone.browser.get(page)).text).toContain(transferWordsIn.en.confirm.title);

    const outcome = await phone.confirm(order, { challenge });
    expect(outcome).toMatchObject({ state: 'booked' });
    expect(await wangHas()).toBe(before + 12_850);
    const receipt = (await phone.browser.get(page)).text;
    expect(receipt).toContain(transferWordsIn.en.receipt.title);
    expect(receipt).toContain((outcome as { receiptNumber: string }).receiptNumber);
    const history = (await phone.browser.get('/accounts/1')).text;
    expect(history).toContain('rent');
    expect(history).toContain('128.50');

    const store = await openSqliteStore(join(bank.dataFolder, 'bank.sqlite'), bank.now());
    const keys = openKeyFiles(join(bank.dataFolder, 'keys'), false);
    if (!store.ok || !keys.ok) throw new Error('no bank');
    const row = await store.value.db
      .selectFrom('transfer_orders')
      .select(['receipt', 'confirmation'])
      .where('order_id', '=', order.orderId)
      .executeTakeFirstOrThrow();
    await store.value.close();
    const key = keys.value.privateKey('receipts');
    const signed = JSON.parse(row.receipt!) as Receipt;
    expect(key.ok && verifyReceipt(createPublicKey(key.value), signed)).toBe(true);
    expect(row.confirmation).toContain(card.cardId);
    // Its keys and links are nowhere in the open.
    expect(JSON.stringify(row)).not.toContain('firstLink');
  });

  it('may refuse on the card, or cancel on the page, or let the time run out: nothing is booked', async () => {
    const phone = await phoneOf(await issue('C-100003'));
    await phone.signIn(passwordOf('C-100003'));
    const before = await wangHas();
    const first = await waiting(phone);
    expect(await phone.confirm(first.order, { decision: 'refuse' })).toMatchObject({ state: 'refused' });
    expect((await phone.browser.get(first.page)).text).toContain(transferWordsIn.en.ended.refused);

    const second = await waiting(phone);
    const csrf = /name="csrf"\s+value="([^"]+)"/.exec((await phone.browser.get(second.page)).text)![1]!;
    await phone.browser.post(`${second.page}/cancel`, { csrf });
    expect(await phone.confirm(second.order, second)).toMatchObject({ state: 'refused' });

    const third = await waiting(phone);
    bank.advance(301);
    expect(await phone.confirm(third.order, third)).toMatchObject({ state: 'expired' });
    expect(await wangHas()).toBe(before);
  });

  it.each([
    ['payee-mismatch', { ...wang, payeeName: '李娜' }],
    ['payee-mismatch', { ...wang, payee: '6230581099999999999' }],
    ['insufficient-funds', { ...wang, amount: '49,999' }],
    ['transfer-limit-exceeded', { ...wang, amount: '50000.01' }],
    ['transfer-not-possible', { payee: '6230 5810 0008 0090 127', payeeName: '', amount: '1' }],
    ['amount', { ...wang, amount: '0' }],
    ['amount', { ...wang, amount: '1.234' }],
    ['amount', { ...wang, amount: '-5' }],
    ['payee', { ...wang, payee: 'x' }],
  ] as const)('is told on the form what is wrong: %s', async (problem, form) => {
    const phone = await formPhone();
    const own = bank.customers.find((each) => each.customerId === 'C-100008')!;
    const typed = problem === 'transfer-not-possible' ? { ...form, payeeName: own.name } : form;
    const answer = await phone.order(typed);
    expect(answer.status).toBe(422);
    const said = transferWordsIn.en.transfer.problems[problem];
    expect(answer.text).toContain(said);
  });
  let forms: SoftPhone | undefined;
  const formPhone = async (): Promise<SoftPhone> => {
    if (forms === undefined) {
      forms = await softPhone(bank, await issue('C-100008'));
      await forms.signIn(passwordOf('C-100008'));
    }
    return forms;
  };
  afterAll(() => forms?.close());

  it('without a chain confirms by signature alone (S0)', async () => {
    const phone = await phoneOf(await issue('C-100005', false));
    await phone.signIn(passwordOf('C-100005'));
    const before = await wangHas();
    const { order, challenge } = await waiting(phone);
    expect(challenge).toBeUndefined();
    expect(await phone.confirm(order)).toMatchObject({ state: 'booked' });
    expect(await wangHas()).toBe(before + 12_850);
  });
});

describe('an attack', () => {
  let card: IssuedCard;
  let phone: SoftPhone;
  const customerId = 'C-100007';
  beforeAll(async () => {
    card = await issue(customerId);
  });
  const storage = new Map<string, string>();
  const fresh = async (): Promise<SoftPhone> => {
    phone = await phoneOf(card, storage);
    return phone;
  };
  const loginWith = (otp: unknown) =>
    phone.browser.login(signAssertion(bank, card, { payload: { ...(otp !== undefined && { otp }) } }));

  it('by replay: of the message, of its one-time password, of a confirmation', async () => {
    await fresh();
    const { challenge } = await phone.ask();
    const otp = await phone.answer(challenge!);
    const message = signAssertion(bank, card, { payload: { otp } });
    expect((await phone.browser.login(message)).status).toBe(200);
    expect((await phone.browser.login(message)).text).toContain(refusedAs('assertion-replayed'));
    expect((await loginWith(otp)).text).toContain(refusedAs('challenge-unknown'));

    await phone.signIn(passwordOf(customerId));
    const before = await wangHas();
    const waits = await waiting(phone);
    const said = await phone.answer(waits.challenge!);
    expect(await phone.confirm(waits.order, { otp: said })).toMatchObject({ state: 'booked' });
    // Signed once more it is the same order, and the same receipt.
    expect(await phone.confirm(waits.order, { otp: said })).toMatchObject({ state: 'booked' });
    expect(await wangHas()).toBe(before + 12_850);
  });

  it('with the password only: there is no page to type it on', async () => {
    const thief = portalClient(bank);
    expect((await thief.post('/login/password', { password: passwordOf(customerId) })).text).toContain(
      refusedAs('session-expired'),
    );
    expect(
      (await thief.login({ payload: '{}', signature: '', certificate: '', userInfo: '' })).text,
    ).toContain(refusedAs('assertion-malformed'));
    thief.close();
  });

  it('with the card and its PIN only: stops at the password, which is counted', async () => {
    await fresh();
    await phone.openLogin();
    expect((await phone.browser.password('not-the-password')).text).toContain('9 tries are left');
    expect((await phone.browser.get('/menu')).text).toContain(refusedAs('session-expired'));
    expect((await phone.browser.get('/transfer')).text).toContain(refusedAs('session-expired'));
    await phone.signIn(passwordOf(customerId));
  });

  it('with the key but without the chain: no login, no transfer', async () => {
    await fresh();
    await phone.ask();
    expect((await loginWith(undefined)).text).toContain(refusedAs('challenge-unknown'));
    await phone.signIn(passwordOf(customerId));
    const { order } = await waiting(phone);
    expect(await phone.confirm(order)).toBe('challenge-unknown');
    expect(await phone.confirm(order, { decision: 'refuse' })).toMatchObject({ state: 'refused' });
  });

  it('with a certificate of one’s own making', async () => {
    await fresh();
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const usage = ['sign', 'verify'] as const;
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const pkcs8 = new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }));
    const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
    const forged = await X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: 'CN=Qingyu Bank',
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      keys: {
        privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, [usage[0]]),
        publicKey: await crypto.subtle.importKey('spki', spki, algorithm, true, [usage[1]]),
      },
    });
    const certificate = Buffer.from(forged.rawData);
    const page = await phone.browser.login(signAssertion(bank, card, { certificate, key: privateKey }));
    expect(page.text).toContain(refusedAs('assertion-foreign-key'));
  });

  it('with a challenge that is too old, or was followed by another', async () => {
    await fresh();
    const first = await phone.answer((await phone.ask()).challenge!);
    const second = (await phone.ask()).challenge!;
    expect((await loginWith(first)).text).toContain(refusedAs('challenge-unknown'));
    const otp = await phone.answer(second);
    bank.advance(301);
    expect((await loginWith(otp)).text).toContain(refusedAs('challenge-unknown'));
    await phone.signIn(passwordOf(customerId));
  });

  it('by two logins side by side: the later one stands', async () => {
    const one = await fresh();
    const other = await phoneOf(card, storage);
    await one.signIn(passwordOf(customerId));
    expect((await one.browser.get('/menu')).status).toBe(200);
    await other.signIn(passwordOf(customerId));
    expect((await other.browser.get('/menu')).status).toBe(200);
    expect((await one.browser.get('/menu')).text).toContain(refusedAs('session-expired'));
  });

  it('on what is signed: another payee, another amount, the one-time password of a login', async () => {
    await fresh();
    await phone.signIn(passwordOf(customerId));
    const login = (await phone.ask()).challenge!;
    const before = await wangHas();
    const { order, challenge } = await waiting(phone);
    for (const changed of [
      { ...order, payee: '6230581000080090127' },
      { ...order, amount: 1 },
    ])
      expect(await phone.confirm(changed)).toBe('order-unknown');
    expect(await phone.confirm(order, { otp: await phone.answer(login) })).toBe('challenge-unknown');
    expect(await wangHas()).toBe(before);
    expect(await phone.confirm(order, { challenge })).toMatchObject({ state: 'booked' });
  });

  it('from another site: forms without the page’s token, frames, the answers of strangers', async () => {
    await fresh();
    await phone.signIn(passwordOf(customerId));
    const page = await phone.browser.get('/transfer');
    const csrf = /name="csrf"\s+value="([^"]+)"/.exec(page.text)![1]!;
    const form = { payer: '1', memo: '', ...wang, orderId: 'a'.repeat(22) };
    const refused = refusedAs('session-expired');
    expect((await phone.browser.post('/transfer', form)).text).toContain(refused);
    const evil = { Origin: 'https://evil.example' };
    expect((await phone.browser.post('/transfer', { ...form, csrf }, evil)).text).toContain(refused);
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    const unsigned = await phone.browser.raw('/card/ask', '{}');
    expect([unsigned.status, JSON.parse(unsigned.text).fault.code]).toEqual([403, 'assertion-malformed']);
    // An order of somebody else's is no page at all.
    expect((await phone.browser.get(`/orders/${'b'.repeat(22)}`)).status).toBe(404);
  });

  it('with a session planted before: it is never the one that signs in', async () => {
    await fresh();
    const name = '__Host-cardwright-session';
    const refused = refusedAs('session-expired');
    // A value of somebody's choice is not taken over, before the login or by it.
    const planted = 'planted-by-somebody-who-waits-for-a-login-00';
    expect((await phone.browser.get('/menu', { Cookie: `${name}=${planted}` })).text).toContain(refused);
    await phone.openLogin();
    const before = phone.browser.cookies.get(name);
    expect(before).not.toBe(planted);
    await phone.browser.password(passwordOf(customerId));
    const after = phone.browser.cookies.get(name);
    expect(after).not.toBe(before);
    expect((await phone.browser.get('/menu')).status).toBe(200);
    for (const old of [planted, before ?? ''])
      expect((await phone.browser.get('/menu', { Cookie: `${name}=${old}` })).text).toContain(refused);
  });

  it.each(['ask', 'login', 'confirmation'])('on the network: the reply to the %s is lost', async (lost) => {
    await fresh();
    if (lost === 'ask') await phone.ask();
    // The bank took the one-time password; the phone never hears of it.
    if (lost === 'login') await loginWith(await phone.answer((await phone.ask()).challenge!));
    await phone.signIn(passwordOf(customerId));
    const before = await wangHas();
    const { order, challenge } = await waiting(phone);
    await phone.confirm(order, { challenge });
    if (lost === 'confirmation')
      expect((await phone.ask(order.orderId)).about).toMatchObject({
        state: 'booked',
        orderId: order.orderId,
      });
    expect(await wangHas()).toBe(before + 12_850);
    await phone.signIn(passwordOf(customerId));
  });

  it('with a copy of card and phone: the fork is seen, and both are suspended', async () => {
    const victim = await issue('C-100010');
    const one = await phoneOf(victim);
    await one.signIn(passwordOf('C-100010'));
    const copy = await phoneOf(victim, new Map(one.storage));
    await copy.signIn(passwordOf('C-100010'));
    await one.openLogin();
    const caught = await one.ask().then(
      ({ challenge }) => challenge,
      () => undefined,
    );
    // The rightful phone finds its chain continued: it answers nothing by itself and offers to report.
    expect(caught && (await one.answer(caught))).toBeUndefined();
    const alarm = await reportOf(victim, one);
    expect(alarm).toContain(refusedAs('card-copied'));
    expect(await stateOf(victim)).toBe('suspended');
    expect((await copy.browser.get('/menu')).text).toContain(refusedAs('registration-inactive'));
    await expect(copy.ask()).rejects.toThrow('registration-inactive');
  });

  it('by guessing one-time passwords: the tenth voids card and certificate', async () => {
    const victim = await issue('C-100011');
    const guesser = await phoneOf(victim);
    const seen: string[] = [];
    for (let tries = 0; tries < 10; tries += 1) {
      const { challenge } = await guesser.ask();
      const otp = { chainId: victim.cardId, serial: challenge!.serial, otp: '00000000', alarm: false };
      const page = await guesser.browser.login(signAssertion(bank, victim, { payload: { otp } }));
      seen.push(/<h1>([^<]+)<\/h1>/.exec(page.text)![1]!);
    }
    const wrong = refusedAs('otp-wrong');
    expect(seen).toEqual([...Array.from({ length: 9 }, () => wrong), refusedAs('registration-void')]);
    expect(await stateOf(victim)).toBe('revoked');
  });
});

/** What the customer does on the page that says the card was used elsewhere. */
const reportOf = async (card: IssuedCard, phone: SoftPhone): Promise<string> => {
  const { challenge } = await phone.ask();
  const alarm = await phone.alarm(challenge!);
  return (await phone.browser.login(signAssertion(bank, card, { payload: { otp: alarm } }))).text;
};
