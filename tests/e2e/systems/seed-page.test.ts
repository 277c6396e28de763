import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingOfficerPin } from '../../../electron/bank-server/training/equip-training-operator.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

/* The page on which two employees enter the seeds for the operator, in a real browser. */

describe('the seed page', () => {
  const operatorFolder = mkdtempSync(join(tmpdir(), 'cardwright-seeds-'));
  let bank: TestBank;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    bank = await startBank({ operatorFolder });
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await bank.stop();
    rmSync(operatorFolder, { recursive: true, force: true });
  });

  const open = async (locale: 'zh-CN' | 'en-GB', colorScheme: 'light' | 'dark'): Promise<Page> => {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true, // the training CA is not in this browser
      locale,
      colorScheme,
      viewport: { width: 900, height: 900 },
    });
    const page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(bank.server.seedOrigin!);
    await page.locator('section').waitFor();
    return page;
  };
  const enter = async (page: Page, officer: string, pin = trainingOfficerPin): Promise<void> => {
    await page.locator('[name=card]').setInputFiles(join(operatorFolder, `employees/${officer}.json`));
    await page.locator('[name=pin]').fill(pin);
    await page.locator('.draw').click();
    await page.locator('.enter').click();
  };
  const picture = async (page: Page, name: string): Promise<void> => {
    const out = process.env.CARDWRIGHT_SYSTEMS;
    if (out !== undefined) await page.screenshot({ path: join(out, `S3-${name}.png`) });
  };

  it('takes one seed from each of two employees, signed in the page with their own cards', async () => {
    const first = await open('en-GB', 'light');
    await first.getByText('Epoch 1 · seed 1 of 2').waitFor();
    await enter(first, 'E-2001', '000000');
    await first.getByText('Wrong PIN').waitFor();
    await picture(first, '1-wrong-pin');
    await enter(first, 'E-2001');
    await first.getByText('Seed 1 was entered.').waitFor();
    expect(await first.locator('[name=seed]').inputValue()).toBe('');
    expect(await first.locator('[name=pin]').inputValue()).toBe('');
    await enter(first, 'E-2001');
    await first.getByText('The two seeds have to come from two different employees.').waitFor();

    const second = await open('zh-CN', 'dark');
    await second.getByText('第 1 期 · 第 2 个种子').waitFor();
    expect(await second.locator('.first').textContent()).toContain('E-2001');
    await picture(second, '2-second-employee');
    await enter(second, 'E-2002');
    await second.getByText('已录入第 2 个种子。').waitFor(); // there is no operator here to bring them to
    await picture(second, '3-entered');
    // The browser's own word for an answer that is a refusal.
    expect(complaints.filter((each) => !each.includes('status of 422'))).toEqual([]);
  });
});
