import { openOfficer } from './open-window.tsx';
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { shell, signInPage } from '../../harness/route-objects.ts';

describe('signing in', () => {
  test('training shows who may, with their passwords; production shows neither', async () => {
    openOfficer();
    const page = await screen.findByTestId(signInPage.screen);
    expect(within(page).getAllByRole('radio')).toHaveLength(3);
    expect(page.textContent).toContain('training-teller');
    expect(screen.getByTestId(shell.trainingBand)).toBeTruthy();
  });

  test('production asks for a number and has no band', async () => {
    openOfficer({ description: { training: false, trainingOfficers: [] } });
    expect(await screen.findByTestId(signInPage.officerId)).toBeTruthy();
    expect(screen.queryByTestId(shell.trainingBand)).toBeNull();
    expect(screen.queryByText(/In training/)).toBeNull();
  });

  test('a wrong password is refused in words, and is not kept in the field', async () => {
    const { user } = openOfficer();
    await screen.findByTestId(signInPage.screen);
    await user.keyboard('wrong password{Enter}');
    expect((await screen.findByTestId(signInPage.fault)).textContent).toContain('do not belong together');
    expect(screen.getByTestId<HTMLInputElement>(signInPage.password).value).toBe('');
  });

  test('after too many, the button waits and says how long', async () => {
    const { user } = openOfficer({
      refuse: { 'officers.signIn': { code: 'sign-in-delayed', data: { seconds: 30 } } },
    });
    await screen.findByTestId(signInPage.screen);
    await user.keyboard('wrong{Enter}');
    const button = await screen.findByText('Wait 30 s');
    await user.type(screen.getByTestId(signInPage.password), 'again');
    expect(button.closest('button')?.disabled).toBe(true);
  });

  test.each([
    ['lina', 'training-teller', ['nav-issue', 'nav-devices']],
    ['wangqiang', 'training-manager', ['nav-audit', 'nav-quarantine', 'nav-officers', 'nav-devices']],
    ['zhaomin', 'training-technician', ['nav-reprovision', 'nav-batch', 'nav-quarantine', 'nav-devices']],
  ])('%s finds the places of their role', async (officerId, password, places) => {
    const { user } = openOfficer();
    await user.click(await screen.findByTestId(signInPage.officer(officerId)));
    await user.type(screen.getByTestId(signInPage.password), `${password}{Enter}`);
    await screen.findByTestId(shell.officer);
    const found = within(screen.getByRole('navigation')).getAllByRole('button');
    expect(found.map((button) => button.dataset.testid)).toEqual(places);
  });

  test('signed out by the station, the window says why and shows nothing of before', async () => {
    const { station } = openOfficer({ signedIn: 'lina' });
    await screen.findByTestId('find-customer');
    station.signOut('idle');
    expect((await screen.findByTestId(signInPage.screen)).textContent).toContain('after a time without work');
    expect(screen.queryByTestId('find-customer')).toBeNull();
  });

  test('a station that cannot describe itself is a fault with a way on, not an empty window', async () => {
    openOfficer({ refuse: { 'station.describe': { code: 'port-closed', data: {} } } });
    expect((await screen.findByRole('alert')).textContent).toContain('lost its connection');
    expect(screen.getByRole('button', { name: /Ask again/ })).toBeTruthy();
  });
});

describe('language', () => {
  test('switches at once, everywhere, and the station is told', async () => {
    const { station, user } = openOfficer({ signedIn: 'lina' });
    await screen.findByText('Whose card is it?');
    await user.click(screen.getByTestId(shell.language));
    await screen.findByText('为哪位客户发卡？');
    expect(document.documentElement.lang).toBe('zh-CN');
    expect(screen.queryByText(/Devices/)).toBeNull();
    expect(station.calledWith('station.setLocale')).toEqual([{ locale: 'zh-CN' }]);
    await user.click(screen.getByTestId(shell.language));
    await waitFor(() => {
      expect(screen.getByText('Whose card is it?')).toBeTruthy();
    });
  });
});
