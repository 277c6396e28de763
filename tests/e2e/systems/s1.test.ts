import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPhoneClient } from '../../../resources/phone-client/build.mjs';
import { documented, newSequence } from '../../harness/sequence.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { issueAtBank, type CardFromBank } from '../phone-client/issue-at-bank.ts';
import { startPhone, type Phone } from '../phone-client/phone.ts';
import { listen } from './listen.ts';

/*
 * S1 as systems.md shows it: a login and a transfer, each with its one-time password. The bank's page looks
 * again by itself as often as it likes, so only what is posted is told.
 */

const customerId = 'C-100001';

describe('S1 in the document', () => {
  let bank: TestBank;
  let phone: Phone;
  let card: CardFromBank;
  const sequence = newSequence({ S: 'SD card', P: 'Phone', B: 'Bank' });

  beforeAll(async () => {
    bank = await startBank();
    phone = await startPhone();
    card = await issueAtBank(bank, bank.client(), customerId, await buildPhoneClient());
  });
  afterAll(async () => {
    await phone.close();
    card.close();
    await bank.stop();
  });

  const picture = async (page: Page, name: string): Promise<void> => {
    const out = process.env.CARDWRIGHT_SYSTEMS;
    if (out !== undefined) await page.screenshot({ path: join(out, `S1-${name}.png`) });
  };
  const tell = (page: Page): void => {
    listen(page, bank.server.portalOrigin, sequence, (request) => request.method() === 'POST');
  };

  it('is what the browser sends', async () => {
    const secrets = bank.trainingSecrets[customerId];
    const payee = bank.customers.find((each) => each.customerId === 'C-100002');
    if (secrets === undefined || payee?.accounts[0] === undefined) throw new Error('no such customer');
    const one = await phone.open(card.clientUrl);
    const bankPage = one.page;
    tell(bankPage);
    await sequence.during('login: challenge, one-time password, login password', async () => {
      sequence.note('S', 'P', 'client.html with certificate, encrypted key and the sealed seed of the chain');
      await one.enterPin(card.pin);
      await bankPage.waitForURL((address) => address.pathname === '/login/password');
      await bankPage.getByLabel('登录密码', { exact: true }).fill(secrets.suggestedLoginPassword);
      await bankPage.getByRole('button', { name: '登录' }).click();
      await bankPage.getByText('您好').waitFor();
      await picture(bankPage, '1-menu');
    });
    await bankPage.getByRole('link', { name: '转账' }).click();
    await bankPage.getByLabel('收款人姓名').fill(payee.name);
    await bankPage.getByLabel('收款账号').fill(payee.accounts[0].number);
    await bankPage.getByLabel('金额').fill('1,280.50');
    await sequence.during(
      'transfer: ordered on the page, shown, signed and answered by the card',
      async () => {
        await bankPage.getByRole('button', { name: '下一步' }).click();
        await bankPage.getByRole('heading', { name: '请用您的卡确认' }).waitFor();
        const cardPage = await bankPage.context().newPage();
        tell(cardPage);
        await cardPage.goto(card.clientUrl);
        await cardPage.locator('.bottom').waitFor();
        await cardPage.keyboard.type(card.pin);
        await cardPage.locator('.primary').tap();
        await cardPage.getByRole('heading', { name: '确认这笔转账？' }).waitFor();
        await picture(cardPage, '2-confirm');
        await cardPage.getByRole('button', { name: '确认并签名' }).tap();
        await cardPage.getByRole('heading', { name: '转账成功' }).waitFor();
        await picture(cardPage, '3-booked');
      },
    );
    await one.close();
    expect(documented('S1', sequence.mermaid())).toBe(sequence.mermaid());
  });
});
