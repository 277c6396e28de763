import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { officers } from '../../../electron/chromium/demonstration/people.ts';
import { findChromium } from '../../../electron/chromium/find-chromium.ts';
import { trainingOfficers } from '../../../electron/station/officers/training-officers.ts';
import { buildStale } from '../../../resources/host/build.mjs';
import { bankClient, type BankClient } from '../../harness/bank-client.ts';
import { lockScreen, quarantinePage, shell, signAct, signInPage } from '../../harness/route-objects.ts';
import { openHouse, type OpenHouse } from './open-house.ts';

/* A manager at the real screens: the training card from the drawer, a decision signed with it, the card pulled and back. */

const { officerId, password } = officers.manager;
const cardPin = trainingOfficers.find((each) => each.officerId === officerId)!.cardPin;

describe.skipIf(findChromium() === undefined)('a manager’s card at the screens', () => {
  let open: OpenHouse;
  let client: BankClient;
  beforeAll(async () => {
    await buildStale(['renderer', 'phoneClient']);
    open = await openHouse(false);
    client = bankClient(open.house.bank.apiOrigin, open.house.folders.credentials);
  }, 120_000);
  afterAll(async () => {
    client.close();
    await open.close();
  });

  it('is made when it is taken from the drawer, and opens the window with its PIN', async () => {
    const { teller } = open;
    await teller.see(signInPage.screen);
    await teller.click(signInPage.officer(officerId));
    await teller.click(signInPage.insertCard);
    if ((await teller.seeOneOf([signInPage.pin, signInPage.fault], 30_000)) === signInPage.fault)
      throw new Error(await teller.read(signInPage.fault));
    expect(await teller.read(signInPage.card)).toContain('3');
    await teller.type(signInPage.pin, cardPin);
    await teller.type(signInPage.password, password);
    await teller.press('Enter');
    await teller.see(shell.officer);
    const { cards } = await client.must('findOfficerCards', {});
    expect(cards).toMatchObject([{ officerId, role: 'manager', state: 'active' }]);
  }, 90_000);

  it('signs a release, line by line as it was shown', async () => {
    const { teller } = open;
    const mediumIdentity = '00c0ffee';
    await client.must('quarantineCard', { mediumIdentity }, { reason: 'management-key' });
    const { releaseId } = await client.must(
      'askQuarantineRelease',
      { mediumIdentity },
      {
        finding: 'as-recorded',
        reason: 'loose contact',
        officer: { officerId: 'zhaomin', role: 'technician' },
      },
    );
    await teller.click(shell.nav('quarantine'));
    await teller.click(quarantinePage.release);
    await teller.see(signAct.lines);
    const lines = await teller.read(signAct.lines);
    for (const part of ['release-from-quarantine', releaseId, mediumIdentity, 'zhaomin', 'loose contact'])
      expect(lines).toContain(part);
    await teller.type(signAct.pin, cardPin);
    await teller.press('F9');
    await teller.see(quarantinePage.done('released'));
    expect((await client.must('findQuarantined', {})).cards).toEqual([]);
  }, 60_000);

  it('that is pulled locks the window, and opens it where it was', async () => {
    const { teller } = open;
    await teller.click(shell.drawerOpen);
    await teller.click(`drawer-remove-officer-card-${officerId}`);
    await teller.see(lockScreen.screen, 30_000);
    expect(await teller.shows(quarantinePage.screen)).toBe(false);
    await teller.click(signInPage.insertCard);
    await teller.type(lockScreen.pin, cardPin);
    await teller.click(lockScreen.unlock);
    await teller.see(quarantinePage.screen);
  }, 60_000);
});
