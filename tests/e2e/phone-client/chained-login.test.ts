import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildPhoneClient } from '../../../resources/phone-client/build.mjs';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { issueAtBank, type CardFromBank } from './issue-at-bank.ts';
import { startPhone, type Phone } from './phone.ts';

let bank: TestBank;
let client: BankClient;
let phone: Phone;
let card: CardFromBank;
const customerId = 'C-100001';

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
  phone = await startPhone();
  card = await issueAtBank(bank, client, customerId, await buildPhoneClient());
});
afterAll(async () => {
  await phone.close();
  card.close();
  await bank.stop();
});

/** Pictures for whoever looks: CARDWRIGHT_PICTURES names a folder. */
const picture = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.CARDWRIGHT_PICTURES;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
};

/** S1 in one phone: two tabs of one browser, the bank's page and the card's own program. */
it('signs in with a one-time password, and pays what the card has shown, with a second one', async () => {
  const secrets = bank.trainingSecrets[customerId];
  const payee = bank.customers.find((each) => each.customerId === 'C-100002');
  if (secrets === undefined || payee?.accounts[0] === undefined) throw new Error('no such customer');
  const one = await phone.open(card.clientUrl);
  const bankPage = one.page;
  await one.enterPin(card.pin);
  await bankPage.waitForURL(/\/login\/password$/);
  await bankPage.getByLabel('登录密码', { exact: true }).fill(secrets.suggestedLoginPassword);
  await picture(bankPage, '1-password');
  await bankPage.getByRole('button', { name: '登录' }).click();
  await bankPage.getByText('您好').waitFor();
  await picture(bankPage, '2-menu');

  await bankPage.getByRole('link', { name: '转账' }).click();
  await bankPage.getByLabel('收款人姓名').fill(payee.name);
  await bankPage.getByLabel('收款账号').fill(payee.accounts[0].number);
  await bankPage.getByLabel('金额').fill('1,280.50');
  await bankPage.getByLabel('附言').fill('房租');
  await picture(bankPage, '3-transfer');
  await bankPage.getByRole('button', { name: '下一步' }).click();
  await bankPage.getByRole('heading', { name: '请用您的卡确认' }).waitFor();
  await picture(bankPage, '4-waiting');

  // The card's file once more, in another tab of the same phone: its chain goes on where it stopped.
  const cardPage = await bankPage.context().newPage();
  await cardPage.goto(card.clientUrl);
  await cardPage.locator('.bottom').waitFor();
  await cardPage.keyboard.type(card.pin);
  await cardPage.locator('.primary').tap();
  await cardPage.getByRole('heading', { name: '确认这笔转账？' }).waitFor();
  const shown = (await cardPage.locator('.order').textContent()) ?? '';
  for (const part of [payee.name, '6230 5810 0002 0034 561', '1,280.50', '房租'])
    expect(shown).toContain(part);
  await picture(cardPage, '5-confirm');
  await cardPage.getByRole('button', { name: '确认并签名' }).tap();
  await cardPage.getByRole('heading', { name: '转账成功' }).waitFor();
  const receiptNumber = (await cardPage.locator('.remedy .serial').textContent()) ?? '';
  expect(receiptNumber).toMatch(/^T\d{8}-\w{4}-\w{4}$/);
  await picture(cardPage, '6-booked');

  // The bank's page looks again by itself; the card's page leads to the same receipt.
  await bankPage.getByText(receiptNumber).waitFor();
  // Nothing stands over the edge of the phone.
  expect(await bankPage.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await picture(bankPage, '7-receipt');
  await cardPage.getByRole('link', { name: '到银行网页' }).click();
  await cardPage.waitForURL(/\/orders\//);
  await cardPage.getByText(receiptNumber).waitFor();

  await bankPage.getByRole('link', { name: '返回主菜单' }).click();
  await bankPage.getByRole('link', { name: /活期账户/ }).click();
  await bankPage.getByText('房租').waitFor();
  await picture(bankPage, '8-movements');
  await one.close();
});

it('on another phone stops, and reports the copy when the customer says so', async () => {
  const other = await phone.open(card.clientUrl);
  await other.enterPin(card.pin);
  await other.page.getByRole('heading', { name: '这张卡在另一部手机上用过' }).waitFor();
  await picture(other.page, '9-other-phone');
  await other.page.getByRole('button', { name: '不是我，报告银行' }).tap();
  await other.page.getByRole('heading', { name: '这张卡已被暂停使用' }).waitFor();
  const { card: record } = await client.must('readCard', { cardId: card.card.cardId });
  expect(record.state).toBe('suspended');
  await other.close();
});
