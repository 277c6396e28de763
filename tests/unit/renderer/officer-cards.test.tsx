import { openOfficer } from './open-window.tsx';
import { screen, waitFor } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import {
  filledReaders,
  managersCard,
  quarantinedCards,
  readers,
  tellersCard,
  withOfficerCard,
} from '../../harness/fake-station/index.ts';
import {
  lockScreen,
  officersPage,
  quarantinePage,
  shell,
  signAct,
  signInPage,
} from '../../harness/route-objects.ts';

const signInCalls = (station: ReturnType<typeof openOfficer>['station']) =>
  station.calledWith('officers.signIn');
/** An empty log: charts need a canvas, which jsdom has not. */
const managerWithCard = { signedIn: 'wangqiang', signedInWith: managersCard, audit: [] } as const;

describe('signing in with a card', () => {
  test('sends the reader that has this officer’s card, and the PIN; the PIN does not stay', async () => {
    const { station, user } = openOfficer({ readers: [withOfficerCard(tellersCard)] });
    await user.type(await screen.findByTestId(signInPage.pin), '24x0611');
    await user.type(screen.getByTestId(signInPage.password), 'wrong{Enter}');
    expect(await screen.findByTestId(signInPage.fault)).toBeTruthy();
    expect(signInCalls(station)).toEqual([
      { officerId: 'lina', password: 'wrong', card: { reader: readers.card2, pin: '240611' } },
    ]);
    expect(screen.getByTestId<HTMLInputElement>(signInPage.pin).value).toBe('');
  });

  test('says how many tries are left before one is made, and offers none for the last', async () => {
    const { station } = openOfficer({ readers: [withOfficerCard(tellersCard, { triesLeft: 2 })] });
    expect((await screen.findByTestId(signInPage.tries)).textContent).toContain('2 PIN tries left');
    station.putReaders([withOfficerCard(tellersCard, { triesLeft: 1 })]);
    await waitFor(() => {
      expect(screen.getByTestId(signInPage.tries).textContent).toContain('it is not used');
    });
    expect(screen.queryByTestId(signInPage.pin)).toBeNull();
  });

  test('names whose card it is when it is another officer’s, and asks for no PIN', async () => {
    openOfficer({ readers: [withOfficerCard(managersCard)] });
    expect((await screen.findByTestId(signInPage.card)).textContent).toContain('This is the card of 王强');
    expect(screen.queryByTestId(signInPage.pin)).toBeNull();
  });

  test('leaves the PIN to the reader’s own keys', async () => {
    const { station, user } = openOfficer({ readers: [withOfficerCard(tellersCard, { pinAtReader: true })] });
    await screen.findByTestId('pin-at-reader');
    await user.type(screen.getByTestId(signInPage.password), 'training-teller{Enter}');
    await screen.findByTestId(shell.officer);
    expect(signInCalls(station)).toMatchObject([{ card: { reader: readers.card2 } }]);
    expect(JSON.stringify(signInCalls(station))).not.toContain('"pin"');
  });

  test('asks for the card where the station requires one, and waits for its PIN', async () => {
    const { station, user } = openOfficer({ description: { officerCards: 'required' }, readers: [] });
    expect((await screen.findByTestId(signInPage.card)).textContent).toContain('No card in a reader');
    station.putReaders([withOfficerCard(tellersCard)]);
    await screen.findByTestId(signInPage.pin);
    await user.type(screen.getByTestId(signInPage.password), 'training-teller{Enter}');
    expect(screen.getByTestId<HTMLButtonElement>(signInPage.submit).disabled).toBe(true);
    expect(signInCalls(station)).toEqual([]);
    await user.type(screen.getByTestId(signInPage.pin), '240611{Enter}');
    await screen.findByTestId(shell.officer);
  });

  test('training has the card in the drawer', async () => {
    const { user } = openOfficer();
    await user.click(await screen.findByTestId(signInPage.insertCard));
    await user.click(await screen.findByTestId(signInPage.fillPin));
    expect(screen.getByTestId<HTMLInputElement>(signInPage.pin).value).toBe('240611');
  });
});

describe('the locked window', () => {
  test('shows nothing of the work, and goes on with card and PIN where it was', async () => {
    const { station, user } = openOfficer(managerWithCard);
    await user.click(await screen.findByTestId(shell.nav('quarantine')));
    await screen.findByTestId(quarantinePage.screen);
    station.lock();
    await screen.findByTestId(lockScreen.screen);
    expect(screen.queryByTestId(quarantinePage.screen)).toBeNull();
    station.putReaders([withOfficerCard(managersCard)]);
    await user.type(await screen.findByTestId(lockScreen.pin), '111111{Enter}');
    expect((await screen.findByTestId(lockScreen.fault)).textContent).toContain('Tries left: 2');
    await user.type(screen.getByTestId(lockScreen.pin), '240622{Enter}');
    await screen.findByTestId(quarantinePage.screen);
  });

  test('is still locked when the page is opened anew, and can be left', async () => {
    const { user } = openOfficer({ ...managerWithCard, locked: true });
    await screen.findByTestId(lockScreen.screen);
    await user.click(screen.getByTestId(shell.signOut));
    await screen.findByTestId(signInPage.screen);
  });
});

describe('signing a decision', () => {
  test('shows every line that is hashed, and sends the act and the PIN', async () => {
    const { station, user } = openOfficer({
      ...managerWithCard,
      quarantine: quarantinedCards,
      readers: [withOfficerCard(managersCard)],
    });
    await user.click(await screen.findByTestId(shell.nav('quarantine')));
    await user.type(await screen.findByTestId(quarantinePage.note), 'seen');
    expect(screen.queryByTestId(quarantinePage.password)).toBeNull();
    await user.click(screen.getByTestId(quarantinePage.release));
    const lines = (await screen.findByTestId(signAct.lines)).textContent;
    for (const part of ['release-from-quarantine', 'ST-0101', 'zhaomin', 'as-recorded', 'seen', 'Time20'])
      expect(lines).toContain(part);
    expect(screen.getByTestId<HTMLButtonElement>(signAct.sign).disabled).toBe(true);
    await user.type(screen.getByTestId(signAct.pin), '240622{Enter}');
    await screen.findByTestId(quarantinePage.done('released'));
    expect(station.calledWith('quarantine.decide')).toEqual([
      {
        releaseId: '7d0a8b52-release',
        approved: true,
        reason: 'seen',
        approval: { actId: 'act-1', card: { reader: readers.card2, pin: '240622' } },
      },
    ]);
  });

  test('a text that is too old is read anew, by button or Enter, and signed then', async () => {
    const { station, user } = openOfficer({
      ...managerWithCard,
      quarantine: quarantinedCards,
      readers: [withOfficerCard(managersCard)],
      refuse: { 'quarantine.decide': { code: 'officer-act-expired', data: {} } },
    });
    await user.click(await screen.findByTestId(shell.nav('quarantine')));
    await user.click(await screen.findByTestId(quarantinePage.release));
    await user.type(await screen.findByTestId(signAct.pin), '240622{Enter}');
    await screen.findByTestId(signAct.readAgain);
    expect(screen.queryByTestId(signAct.sign)).toBeNull();
    await user.type(screen.getByTestId(signAct.pin), '{Enter}');
    await user.type(screen.getByTestId(signAct.pin), '240622');
    await user.click(await screen.findByTestId(signAct.sign));
    await screen.findByTestId(signAct.readAgain);
    expect(station.calledWith('quarantine.decide')).toMatchObject([
      { approval: { actId: 'act-1' } },
      { approval: { actId: 'act-2' } },
    ]);
  });

  test('without a card in the session the password is typed as before', async () => {
    const { user } = openOfficer({ signedIn: 'wangqiang', audit: [], quarantine: quarantinedCards });
    await user.click(await screen.findByTestId(shell.nav('quarantine')));
    expect(await screen.findByTestId(quarantinePage.password)).toBeTruthy();
  });
});

describe('officers’ cards', () => {
  const open = async () => {
    const opened = openOfficer({
      ...managerWithCard,
      readers: [...filledReaders.slice(0, 1), withOfficerCard(managersCard)],
    });
    await opened.user.click(await screen.findByTestId(shell.nav('officers')));
    await screen.findByTestId(officersPage.pick('lina'));
    return opened;
  };

  test('one is made: blank card, the officer’s PIN twice, the order read and signed', async () => {
    const { station, user } = await open();
    await user.click(screen.getByTestId(officersPage.pick('zhaomin')));
    await user.click(screen.getByTestId(officersPage.enrol));
    await user.type(await screen.findByTestId(officersPage.newPin), '902134');
    await user.type(screen.getByTestId(officersPage.newPinAgain), '902135');
    expect(screen.getByTestId<HTMLButtonElement>(officersPage.next).disabled).toBe(true);
    await user.type(screen.getByTestId(officersPage.newPinAgain), '{Backspace}4');
    await user.click(screen.getByTestId(officersPage.next));
    await user.type(await screen.findByTestId(signAct.pin), '240622');
    await user.click(screen.getByTestId(signAct.sign));
    await screen.findByTestId(officersPage.done);
    expect(station.calledWith('officers.enrolCard')).toEqual([
      {
        officerId: 'zhaomin',
        card: { reader: readers.card1, pin: '902134' },
        approval: { actId: 'act-1', card: { reader: readers.card2, pin: '240622' } },
      },
    ]);
  });

  test('one is taken out of use, for a reason', async () => {
    const { station, user } = await open();
    await user.click(screen.getByTestId(officersPage.pick('lina')));
    await user.click(screen.getByTestId(officersPage.end));
    await user.click(await screen.findByTestId(officersPage.endReason('lost')));
    await user.click(screen.getByTestId(officersPage.endNext));
    await user.type(await screen.findByTestId(signAct.pin), '240622{Enter}');
    await screen.findByTestId(officersPage.done);
    expect(station.calledWith('officers.revokeCard')).toMatchObject([
      { certificateSha256: tellersCard.certificateSha256, reason: 'lost' },
    ]);
  });
});
