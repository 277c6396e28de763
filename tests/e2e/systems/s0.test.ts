import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPhoneClient } from '../../../resources/phone-client/build.mjs';
import { documented, newSequence } from '../../harness/sequence.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { issueAtBank, type CardFromBank } from '../phone-client/issue-at-bank.ts';
import { startPhone, type Phone, type PhonePage } from '../phone-client/phone.ts';
import { listen } from './listen.ts';

/* S0 as systems.md shows it: the messages of one login with an SD card, as the browser sent them. */

const customerId = 'C-100001';

describe('S0 in the document', () => {
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

  const picture = async ({ page }: PhonePage, name: string): Promise<void> => {
    const out = process.env.CARDWRIGHT_SYSTEMS;
    if (out !== undefined) await page.screenshot({ path: join(out, `S0-${name}.png`) });
  };
  it('is what the browser sends', async () => {
    const { loginName } = bank.customers.find((each) => each.customerId === customerId)!;
    const { suggestedLoginPassword } = bank.trainingSecrets[customerId]!;
    await sequence.during('login with the SD card', async () => {
      sequence.note('S', 'P', 'client.html with certificate, user information and encrypted key');
      const one = await phone.open(card.clientUrl);
      listen(one.page, bank.server.portalOrigin, sequence);
      await picture(one, '1-card-pin');
      await one.enterPin(card.pin);
      await one.page.waitForURL((address) => address.pathname === '/login/password');
      expect(await one.page.locator('main').textContent()).toContain(loginName);
      await picture(one, '2-login-password');
      await one.page.getByLabel('登录密码', { exact: true }).fill(suggestedLoginPassword);
      await one.page.getByRole('button', { name: '登录' }).click();
      await one.page.waitForURL((address) => address.pathname === '/menu');
      await one.page.getByText('您好').waitFor();
      await picture(one, '3-menu');
      await one.close();
    });
    expect(documented('S0', sequence.mermaid())).toBe(sequence.mermaid());
  });
});
