import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../electron/chromium/find-chromium.ts';
import { buildStale } from '../../../resources/host/build.mjs';
import {
  firstManagerPage,
  managerCodePage,
  officersPage,
  shell,
  signInPage,
} from '../../harness/route-objects.ts';
import { startInProcess, type InProcessBank } from '../../harness/standalone-in-process.ts';
import { openHouse, type OpenHouse } from './open-house.ts';

/* A production station is pointed at a bank that is no training bank, and gets its first manager at the real screens. */

const password = 'vier Kraniche im Nebel';

describe.skipIf(findChromium() === undefined)('the first start of a production station', () => {
  let bank: InProcessBank;
  let open: OpenHouse;
  beforeAll(async () => {
    await buildStale(['renderer', 'phoneClient']);
    bank = await startInProcess();
    open = await openHouse(false, {
      origin: bank.apiOrigin,
      credentialsFolder: bank.stationFolder,
      production: { branch: { name: '朝阳支行', nameLatin: 'Chaoyang Branch' } },
    });
  }, 120_000);
  afterAll(async () => {
    await open.close();
    await bank.stop();
  });

  it('shows who is missing, takes the bank’s code, and lets the first manager make the own card first', async () => {
    const { teller } = open;
    await teller.see(firstManagerPage.screen);
    expect(await teller.shows(shell.trainingBand)).toBe(false);
    expect(await teller.shows(signInPage.screen)).toBe(false);
    const [, station = ''] = /(station-[\w-]+)/.exec(await teller.read(firstManagerPage.screen)) ?? [];
    const admitted = await bank.command('admit-first-manager', station, '--officer', 'operations');
    const { code } = admitted as { code: string };
    await teller.type(firstManagerPage.code, code.replace(/^./, '!'));
    await teller.type(firstManagerPage.officerId, 'M-1');
    await teller.type(firstManagerPage.name, '陈静 Chen Jing');
    await teller.type(firstManagerPage.password, password);
    await teller.type(firstManagerPage.again, password);
    await teller.press('Enter');
    await teller.see(firstManagerPage.fault);
    await teller.type(firstManagerPage.code, code);
    await teller.press('F9');
    await teller.see(shell.officer, 30_000);
    expect(await teller.read(shell.officer)).toContain('陈静 Chen Jing');
    await teller.click(shell.nav('officers'));
    await teller.see(officersPage.pick('M-1'));
    await teller.see('card-first');
    await teller.click(shell.signOut);
    await teller.see(signInPage.screen);
    expect(await teller.shows(firstManagerPage.screen)).toBe(false);
    await teller.type(signInPage.officerId, 'M-1');
    await teller.type(signInPage.password, password);
    await teller.press('Enter');
    await teller.see(shell.officer, 30_000);
  }, 90_000);

  it('gives a manager who forgot the password another one, with the bank’s code', async () => {
    const { teller } = open;
    await teller.click(shell.signOut);
    await teller.see(signInPage.screen);
    await teller.click(managerCodePage.open);
    await teller.see(managerCodePage.screen);
    await teller.click(managerCodePage.back);
    await teller.see(signInPage.screen);
    await teller.click(managerCodePage.open);
    const [, station = ''] = /(station-[\w-]+)/.exec(await teller.read(managerCodePage.screen)) ?? [];
    const admitted = await bank.command(
      ...['readmit-manager', station, '--manager', 'M-1', '--officer', 'operations'],
    );
    const { code } = admitted as { code: string };
    const chosen = 'fuenf Stoerche auf dem Dach';
    await teller.type(managerCodePage.code, code.replace(/^./, '!'));
    await teller.type(managerCodePage.officerId, 'M-1');
    await teller.type(managerCodePage.password, chosen);
    await teller.type(managerCodePage.again, chosen);
    await teller.press('Enter');
    await teller.see(managerCodePage.fault);
    await teller.type(managerCodePage.code, code);
    await teller.press('F9');
    await teller.see(signInPage.screen, 30_000);
    // The number is there already.
    await teller.type(signInPage.password, password);
    await teller.press('Enter');
    await teller.see(signInPage.fault, 30_000);
    await teller.type(signInPage.password, chosen);
    await teller.press('Enter');
    await teller.see(shell.officer, 30_000);
  }, 90_000);
});
