import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encryptKey } from '../../../native/applications/sd/index.ts';
import { buildPhoneClient } from '../../../resources/phone-client/build.mjs';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { clientFile, issueAtBank, type CardFromBank } from './issue-at-bank.ts';
import { startPhone, type Phone, type PhoneOptions, type PhonePage } from './phone.ts';

let bank: TestBank;
let client: BankClient;
let template: string;
let phone: Phone;
let card: CardFromBank;
const opened: PhonePage[] = [];
const cards: CardFromBank[] = [];
const customerId = 'C-100001';

const issue = async (customer: string): Promise<CardFromBank> => {
  // S0 alone: with a chain, every fresh profile here would be another phone.
  const issued = await issueAtBank(bank, client, customer, template, { chained: false });
  cards.push(issued);
  return issued;
};

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
  template = await buildPhoneClient();
  phone = await startPhone();
  card = await issue(customerId);
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
afterAll(async () => {
  await phone.close();
  for (const one of cards) one.close();
  await bank.stop();
});

const open = async (url: string, options: PhoneOptions = {}): Promise<PhonePage> => {
  const page = await phone.open(url, options);
  opened.push(page);
  return page;
};

/** Unlocks the client and waits until the bank's own page is there. */
const goToBank = async (url: string, options: PhoneOptions = {}): Promise<PhonePage> => {
  const one = await open(url, options);
  await one.enterPin(card.pin);
  await one.page.waitForURL((address) => address.origin === bank.server.portalOrigin);
  return one;
};

const heading = async (one: PhonePage): Promise<string> =>
  (await one.page.getByRole('heading', { level: 1 }).textContent()) ?? '';

const customer = () => {
  const found = bank.customers.find((each) => each.customerId === customerId);
  const secrets = bank.trainingSecrets[customerId];
  if (found === undefined || secrets === undefined) throw new Error('no such customer');
  return { ...found, password: secrets.suggestedLoginPassword };
};

describe('a login at the bank with the card from the counter', () => {
  it.each([
    ['zh-CN', '登录密码', '登录', '您好'],
    ['en-GB', 'Login password', 'Sign in', 'Hello'],
  ] as const)('in %s: the page shows the login name, takes the password, opens the menu', async (...row) => {
    const [locale, label, button, greeting] = row;
    const one = await goToBank(card.clientUrl, { locale });
    expect(await one.page.locator('main').textContent()).toContain(customer().loginName);
    await one.page.getByLabel(label, { exact: true }).fill(customer().password);
    await one.page.getByRole('button', { name: button }).click();
    await one.page.getByText(greeting).waitFor();
    expect(await one.page.locator('main').textContent()).toContain(card.card.cardId);
  });

  it('refuses a wrong password and lets the right one in afterwards', async () => {
    const one = await goToBank(card.clientUrl);
    await one.page.getByLabel('登录密码', { exact: true }).fill('not-the-password-1');
    await one.page.getByRole('button', { name: '登录' }).click();
    await one.page.getByText('登录密码不正确').waitFor();
    await one.page.getByLabel('登录密码', { exact: true }).fill(customer().password);
    await one.page.getByRole('button', { name: '登录' }).click();
    await one.page.getByText('您好').waitFor();
  });
});

describe('the files on the card', () => {
  it('satisfy openssl: certificate, user information and manifest by the bank’s CA, the key by the PIN', () => {
    const folder = join(card.folder, 'BANKCARD', card.credential.bankId);
    const ca = join(bank.stationFolder, 'bank-ca.pem');
    const openssl = (...args: readonly string[]): string =>
      execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(openssl('verify', '-CAfile', ca, 'certificate.cer')).toBe('certificate.cer: OK\n');
    const verified = (file: string): unknown =>
      JSON.parse(openssl('cms', '-verify', '-binary', '-inform', 'DER', '-in', file, '-CAfile', ca));
    expect(verified('user-info.p7m')).toMatchObject({ loginName: customer().loginName });
    expect(verified('manifest.p7s')).toEqual(card.readBack.manifestContent);
    const key = openssl('pkey', '-inform', 'DER', '-in', 'key.p8', '-passin', `pass:${card.pin}`, '-pubout');
    expect(key).toBe(createPublicKey(card.card.privateKey).export({ type: 'spki', format: 'pem' }));
  });
});

describe('the bank refuses, in words', () => {
  it('a wrong PIN never comes that far', async () => {
    const one = await open(card.clientUrl);
    await one.enterPin('000000');
    await one.page.locator('.notice.wrong').waitFor();
    expect(one.requests.some((request) => request.startsWith('POST'))).toBe(false);
  });

  it('an assertion that was used before', async () => {
    const one = await goToBank(card.clientUrl);
    const assertion = one.posted();
    await one.close();
    opened.length = 0;
    const thief = await open(card.clientUrl);
    await thief.post(`${bank.server.portalOrigin}/login`, assertion);
    expect(await heading(thief)).toBe('这次登录已经用过');
  });

  it('the certificate of the customer with the key of somebody else', async () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const key = await encryptKey(stranger.export({ type: 'pkcs8', format: 'der' }), card.pin);
    if (!key.ok) throw new Error(key.fault.code);
    const forged = clientFile(card.folder, template, { ...card.credential, key: key.value });
    const one = await goToBank(forged);
    expect(await heading(one)).toBe('这张卡不是本行发出的那一张');
    const english = await goToBank(forged, { locale: 'en-GB' });
    expect(await heading(english)).toBe('This is not the card the bank gave you');
  });

  it('a card whose certificate was revoked', async () => {
    const revoked = await issue('C-100003');
    await client.must(
      'revokeCard',
      { cardId: revoked.card.cardId },
      { reason: 'lost', officerId: 'technician-1' },
    );
    const one = await goToBank(revoked.clientUrl);
    expect(await heading(one)).toBe('这张卡已停用');
  });

  it('a login from a phone whose clock is an hour late', async () => {
    const one = await goToBank(card.clientUrl, { today: new Date(Date.now() - 3_600_000) });
    expect(await heading(one)).toBe('登录信息已过期');
  });
});
