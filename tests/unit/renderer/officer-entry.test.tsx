import { openOfficer } from './open-window.tsx';
import { screen, waitFor } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import type { StationDescription } from '../../../electron/shared/contract/index.ts';
import { managersCard, readers, withOfficerCard } from '../../harness/fake-station/index.ts';
import {
  firstManagerPage,
  managerCodePage,
  officersPage,
  ownPasswordPage,
  shell,
  signAct,
  signInPage,
} from '../../harness/route-objects.ts';

const production: Partial<StationDescription> = {
  training: false,
  trainingOfficers: [],
  officerCards: 'required',
};
const isDisabled = (testId: string) => screen.getByTestId<HTMLButtonElement>(testId).disabled;

describe('a station without officers', () => {
  const fill = async (user: ReturnType<typeof openOfficer>['user']) => {
    await user.type(await screen.findByTestId(firstManagerPage.code), '7KQM-P3XD');
    await user.type(screen.getByTestId(firstManagerPage.officerId), 'M-1');
    await user.type(screen.getByTestId(firstManagerPage.name), '陈静 Chen Jing');
    await user.type(screen.getByTestId(firstManagerPage.password), 'vier Kraniche im Nebel');
    await user.type(screen.getByTestId(firstManagerPage.again), 'vier Kraniche im Nebe');
  };

  test('takes its first manager and nobody’s sign-in; the passwords have to be the same', async () => {
    const { station, user } = openOfficer({ noOfficers: true, description: production });
    await fill(user);
    expect(screen.queryByTestId(signInPage.screen)).toBeNull();
    expect(screen.getByTestId(firstManagerPage.screen).textContent).toContain('station-0101');
    expect(isDisabled(firstManagerPage.enter)).toBe(true);
    await user.type(screen.getByTestId(firstManagerPage.again), 'l{Enter}');
    await screen.findByTestId(signInPage.screen);
    const password = 'vier Kraniche im Nebel';
    expect(station.calledWith('officers.enterFirst')).toEqual([
      { code: '7KQM-P3XD', officerId: 'M-1', name: '陈静 Chen Jing', password },
    ]);
    expect(station.calledWith('officers.signIn')).toEqual([{ officerId: 'M-1', password }]);
  });

  test('says why the bank does not take the code, which stays for the next try', async () => {
    const refuse = { 'officers.enterFirst': { code: 'first-manager-code-refused', data: {} } } as const;
    const { user } = openOfficer({ noOfficers: true, description: production, refuse });
    await fill(user);
    await user.type(screen.getByTestId(firstManagerPage.again), 'l{Enter}');
    expect((await screen.findByTestId(firstManagerPage.fault)).textContent).toContain(
      'does not take this code',
    );
    expect(screen.getByTestId<HTMLInputElement>(firstManagerPage.code).value).toBe('7KQM-P3XD');
  });

  test('that has got one meanwhile asks who is there', async () => {
    const refuse = { 'officers.enterFirst': { code: 'officers-entered-already', data: {} } } as const;
    const { user } = openOfficer({ noOfficers: true, description: production, refuse });
    await fill(user);
    await user.type(screen.getByTestId(firstManagerPage.again), 'l{Enter}');
    await screen.findByTestId(signInPage.screen);
  });
});

describe('a manager who has forgotten the password', () => {
  const fill = async (user: ReturnType<typeof openOfficer>['user']) => {
    await user.click(await screen.findByTestId(managerCodePage.open));
    await user.type(await screen.findByTestId(managerCodePage.code), '7KQM-P3XD');
    await user.type(screen.getByTestId(managerCodePage.officerId), 'M-1');
    await user.type(screen.getByTestId(managerCodePage.password), 'vier Kraniche im Nebel');
    await user.type(screen.getByTestId(managerCodePage.again), 'vier Kraniche im Nebel');
  };

  test('chooses another with the bank’s code and signs in with it, number filled in', async () => {
    const { station, user } = openOfficer({ description: production });
    await fill(user);
    expect(screen.getByTestId(managerCodePage.screen).textContent).toContain('station-0101');
    await user.click(screen.getByTestId(managerCodePage.set));
    expect((await screen.findByTestId(signInPage.screen)).textContent).toContain('The password is set');
    expect(screen.getByTestId<HTMLInputElement>(signInPage.officerId).value).toBe('M-1');
    expect(station.calledWith('officers.readmitManager')).toEqual([
      { code: '7KQM-P3XD', officerId: 'M-1', password: 'vier Kraniche im Nebel' },
    ]);
  });

  test('is told why the bank does not take the code, and finds back', async () => {
    const refuse = { 'officers.readmitManager': { code: 'manager-code-refused', data: {} } } as const;
    const { user } = openOfficer({ description: production, refuse });
    await fill(user);
    await user.click(screen.getByTestId(managerCodePage.set));
    expect((await screen.findByTestId(managerCodePage.fault)).textContent).toContain(
      'does not take this code',
    );
    expect(screen.getByTestId<HTMLInputElement>(managerCodePage.code).value).toBe('7KQM-P3XD');
    await user.click(screen.getByTestId(managerCodePage.back));
    expect((await screen.findByTestId(signInPage.screen)).textContent).not.toContain('is replaced');
  });

  test('has no such way in training, where the passwords are on the screen', async () => {
    openOfficer({});
    await screen.findByTestId(signInPage.screen);
    expect(screen.queryByTestId(managerCodePage.open)).toBeNull();
  });
});

describe('a start password', () => {
  test('is replaced before anything else is shown', async () => {
    const { station, user } = openOfficer({ signedIn: 'lina', passwordDue: true });
    await user.type(await screen.findByTestId(ownPasswordPage.password), 'lina lina lina');
    expect(screen.getByTestId(ownPasswordPage.screen).textContent).toContain('The officer number is in it');
    expect(screen.queryByTestId(shell.officer)).toBeNull();
    expect(station.calledWith('runs.list')).toEqual([]);
    await user.clear(screen.getByTestId(ownPasswordPage.password));
    await user.type(screen.getByTestId(ownPasswordPage.password), 'drei Reiher am Ufer');
    expect(isDisabled(ownPasswordPage.set)).toBe(true);
    await user.type(screen.getByTestId(ownPasswordPage.again), 'drei Reiher am Ufer{Enter}');
    await screen.findByTestId(shell.officer);
    expect(station.calledWith('officers.replacePassword')).toEqual([{ password: 'drei Reiher am Ufer' }]);
    await waitFor(() => {
      expect(station.calledWith('runs.list')).toHaveLength(1);
    });
  });

  test('may be left for later', async () => {
    const { user } = openOfficer({ signedIn: 'lina', passwordDue: true });
    await user.click(await screen.findByTestId(shell.signOut));
    await screen.findByTestId(signInPage.screen);
  });
});

describe('a manager', () => {
  const approval = { actId: 'act-1', card: { reader: readers.card2, pin: '240622' } };
  const open = async (more: object = {}) => {
    const opened = openOfficer({
      signedIn: 'wangqiang',
      signedInWith: managersCard,
      audit: [],
      readers: [withOfficerCard(managersCard)],
      ...more,
    });
    await opened.user.click(await screen.findByTestId(shell.nav('officers')));
    await screen.findByTestId(officersPage.pick('lina'));
    return opened;
  };
  const sign = async (user: ReturnType<typeof openOfficer>['user']) => {
    await user.type(await screen.findByTestId(signAct.pin), '240622{Enter}');
  };

  test('enters an officer by signature and sees the start password once', async () => {
    const { station, user } = await open();
    await user.click(screen.getByTestId(officersPage.enter));
    await user.type(await screen.findByTestId(officersPage.enterId), 'zhou lei');
    await user.type(screen.getByTestId(officersPage.enterName), '周磊 Zhou Lei');
    await user.click(screen.getByTestId(officersPage.enterRole('teller')));
    await user.click(screen.getByTestId(officersPage.enterNext));
    expect((await screen.findByTestId(signAct.lines)).textContent).toContain('enter-officer');
    await sign(user);
    expect((await screen.findByTestId(officersPage.startPassword)).textContent).toBe('K7MP-3XQD-9RTA-W2HF');
    await user.click(screen.getByTestId(officersPage.startPasswordDone));
    await screen.findByTestId(officersPage.pick('zhoulei'));
    expect(document.body.textContent).not.toContain('K7MP');
    expect(station.calledWith('officers.enter')).toEqual([
      { officerId: 'zhoulei', name: '周磊 Zhou Lei', role: 'teller', approval },
    ]);
  });

  test('ends an officer, who stays in the list and may come back in another role', async () => {
    const { station, user } = await open();
    await user.click(screen.getByTestId(officersPage.pick('zhaomin')));
    await user.click(screen.getByTestId(officersPage.leave));
    await sign(user);
    await screen.findByTestId(officersPage.done);
    expect(station.calledWith('officers.end')).toEqual([{ officerId: 'zhaomin', approval }]);
    await user.click(await screen.findByTestId(officersPage.enterAgain));
    expect((await screen.findByTestId<HTMLInputElement>(officersPage.enterId)).value).toBe('zhaomin');
    await user.click(screen.getByTestId(officersPage.enterRole('manager')));
    await user.click(screen.getByTestId(officersPage.enterNext));
    await sign(user);
    await screen.findByTestId(officersPage.startPassword);
    expect(station.calledWith('officers.enter')).toMatchObject([{ officerId: 'zhaomin', role: 'manager' }]);
  });

  test('gives a new start password to others, not to himself', async () => {
    const { station, user } = await open();
    await user.click(screen.getByTestId(officersPage.pick('wangqiang')));
    expect(screen.queryByTestId(officersPage.giveStartPassword)).toBeNull();
    await user.click(screen.getByTestId(officersPage.pick('lina')));
    await user.click(screen.getByTestId(officersPage.giveStartPassword));
    await sign(user);
    await screen.findByTestId(officersPage.startPassword);
    expect(station.calledWith('officers.giveStartPassword')).toEqual([{ officerId: 'lina', approval }]);
  });

  test('without a card, where cards are required, makes the own card first', async () => {
    await open({ signedInWith: undefined, description: { officerCards: 'required' } });
    expect(screen.getByTestId('card-first')).toBeTruthy();
    expect(isDisabled(officersPage.enter)).toBe(true);
    expect(isDisabled(officersPage.leave)).toBe(true);
    expect(isDisabled(officersPage.enrol)).toBe(false);
  });
});
