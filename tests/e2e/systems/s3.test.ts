import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { chromium, devices, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  trainingOfficerPin,
  trainingSubscribers,
} from '../../../electron/bank-server/training/equip-training-operator.ts';
import { startOperatorProcess, type OperatorProcess } from '../../../electron/launch/operator-process.ts';
import { ok } from '../../../electron/shared/result/index.ts';
import { uicc } from '../../../native/applications/uicc/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { simOf, virtualBankCard, type VirtualPivCard } from '../../../native/virtual/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { counter, goOn, must, startIssuance, startTestStation } from '../../harness/start-station.ts';

/*
 * S3 in front of people: a SIM that the station issued, two employees who enter a seed each, and a phone that
 * registers and transfers in its browser. The operator platform is a process of its own.
 */

describe('S3 in browsers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-s3-e2e-'));
  const operatorFolder = join(folder, 'operator');
  let bank: TestBank;
  let platform: OperatorProcess;
  let browser: Browser;
  let phone: Page;
  let imsi: string;
  const complaints: string[] = [];

  const digits = (text: string) => text.replaceAll(' ', '');
  const account = (customerId: string): string =>
    digits(bank.customers.find((each) => each.customerId === customerId)?.accounts[0]?.number ?? '');
  const balance = (number: string): number => {
    const books = new BetterSqlite3(join(bank.dataFolder, 'bank.sqlite'), { readonly: true });
    const row = books.prepare('select balance from ledger_accounts where account_number = ?').get(number);
    books.close();
    return (row as { balance: number }).balance;
  };
  const open = async (options: Parameters<Browser['newContext']>[0]): Promise<Page> => {
    // The training CA is not in this browser.
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
    const page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    return page;
  };
  const picture = async (name: string): Promise<void> => {
    const out = process.env.CARDWRIGHT_SYSTEMS;
    if (out !== undefined) await phone.screenshot({ path: join(out, `S3-phone-${name}.png`) });
  };

  beforeAll(async () => {
    bank = await startBank({ operatorFolder });
    platform = must(
      await startOperatorProcess({
        program: new URL('../../../electron/operator-platform/program.ts', import.meta.url),
        optionsFile: join(operatorFolder, 'operator-options.json'),
        logFile: join(folder, 'operator.log'),
      }),
    );
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking'],
    });
    phone = await open({ ...devices['Pixel 7'], locale: 'en-GB' });
  });
  afterAll(async () => {
    await browser.close();
    await platform.stop();
    await bank.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('begins with the SIM that the counter gave the customer', async () => {
    const li = bank.customers.find(({ customerId }) => customerId === 'C-100001');
    const subscriber = trainingSubscribers.find(({ phoneNumber }) => phoneNumber === digits(li?.phone ?? ''));
    if (subscriber === undefined) throw new Error('C-100001 has no subscription');
    const sim = virtualBankCard({
      sim: simOf({
        iccid: '89860012345678901237',
        imsi: subscriber.imsi,
        number: subscriber.phoneNumber,
        provider: 'FARSAIL',
      }),
    });
    // The counter asks no more of a card than what both have.
    const atCounter = counter(folder, { sim: sim as unknown as VirtualPivCard });
    const station = await startTestStation({ bank, folder: join(folder, 'station'), counter: atCounter });
    const { runId } = must(await startIssuance(station, bank, 'C-100001'));
    const { state } = await goOn(station, bank, runId, 'sim');
    expect(state).toMatchObject({ kind: 'completed', outcome: 'done' });
    await station.stop();
    const pipe = openPipe({ transmit: async (command) => ok(sim.transmit(command)) });
    imsi = must(await must(await uicc.open(pipe)).readImsi());
  });

  it('waits for two employees to enter their seeds', async () => {
    await phone.goto(platform.phoneOrigin);
    await phone.locator(`form:has(input[value="${imsi}"]) button`).click();
    await phone.getByRole('link', { name: 'Register this phone' }).click();
    await phone.getByLabel('Phone number').fill('13800000000');
    await phone.getByRole('button', { name: 'Register' }).click();
    await phone.getByText('This number does not belong to the SIM in this phone.').waitFor();
    const number = trainingSubscribers.find((each) => each.imsi === imsi)?.phoneNumber ?? '';
    const register = async () => {
      await phone.getByLabel('Phone number').fill(number);
      await phone.getByRole('button', { name: 'Register' }).click();
    };
    await register();
    await phone.getByText('This cannot go on').waitFor();
    const seeds = [
      ['E-2001', 'Seed 1 was entered.'],
      ['E-2002', 'The keys have arrived: epoch 1 is in use.'],
    ] as const;
    for (const [employee, said] of seeds) {
      const page = await open({ viewport: { width: 900, height: 900 }, locale: 'en-GB' });
      await page.goto(bank.server.seedOrigin ?? '');
      await page.locator('[name=card]').setInputFiles(join(operatorFolder, `employees/${employee}.json`));
      await page.locator('[name=pin]').fill(trainingOfficerPin);
      await page.locator('.draw').click();
      await page.locator('.enter').click();
      await page.getByText(said).waitFor();
      await page.close();
    }
    await register();
    await phone.getByText('This phone is registered.').waitFor();
    await picture('1-registered');
  });

  it('transfers in six steps, with the last character of the payee’s name', async () => {
    const [from, to] = [account('C-100001'), account('C-100002')];
    const before = [balance(from), balance(to)];
    await phone.getByRole('button', { name: 'Transfer' }).click();
    await phone.getByLabel('Payee’s account').fill(to);
    await phone.getByRole('button', { name: 'Continue' }).click();
    await phone.getByText('国', { exact: true }).waitFor();
    // The one thing to check is drawn, also where no font of the phone has it.
    await phone.waitForFunction(() => document.fonts.check("34px 'Noto Sans SC Variable'", '国'));
    await picture('2-last-character');
    await phone.getByLabel('Your account').fill(from);
    await phone.getByLabel('Account password').fill('000000');
    await phone.getByRole('button', { name: 'Check password' }).click();
    await phone.getByRole('alert').waitFor();
    await picture('3-wrong-password');
    await phone.getByLabel('Account password').fill(bank.trainingSecrets['C-100001']?.accountPin ?? '');
    await phone.getByRole('button', { name: 'Check password' }).click();
    await phone.getByLabel('Amount').fill('88.50');
    await phone.getByRole('button', { name: 'Continue' }).click();
    await phone.getByRole('heading', { name: 'Please check' }).waitFor();
    expect(await phone.locator('main, body').first().textContent()).toContain('88.50');
    await picture('4-confirm');
    await phone.getByRole('button', { name: 'Transfer now' }).click();
    await phone.getByRole('status').filter({ hasText: 'Transferred' }).waitFor();
    await picture('5-booked');
    expect([balance(from), balance(to)]).toEqual([(before[0] ?? 0) - 88_50, (before[1] ?? 0) + 88_50]);
    // The way back shows no form that could send it once more.
    await phone.goBack();
    expect(await phone.getByRole('button', { name: 'Transfer now' }).count()).toBe(0);
    expect(balance(to)).toBe((before[1] ?? 0) + 88_50);
    expect(complaints.filter((each) => !/status of 4\d\d/.test(each))).toEqual([]);
  });
});
