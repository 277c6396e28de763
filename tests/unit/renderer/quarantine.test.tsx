import { openOfficer } from './open-window.tsx';
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import { pendingRelease, quarantinedCards } from '../../harness/fake-station/index.ts';
import { quarantinePage, shell } from '../../harness/route-objects.ts';

// The manager's first place has charts, and they need a canvas, which jsdom has not.
vi.mock('uplot', () => ({
  default: class {
    static readonly paths = {};
    setSize(): void {}
    destroy(): void {}
  },
}));
vi.mock('uplot/dist/uPlot.min.css', () => ({}));

const [aside, waiting] = quarantinedCards as [(typeof quarantinedCards)[0], (typeof quarantinedCards)[0]];
const open = async (who: 'zhaomin' | 'wangqiang', options: Parameters<typeof openOfficer>[0] = {}) => {
  const opened = openOfficer({ signedIn: who, quarantine: quarantinedCards, ...options });
  await opened.user.click(await screen.findByTestId(shell.nav('quarantine')));
  return opened;
};

describe('a technician', () => {
  test('sees why, what was tried and when, and asks for the release with a finding and a reason', async () => {
    const { station, user } = await open('zhaomin');
    const attempts = await screen.findByTestId(quarantinePage.attempts);
    expect(
      within(attempts)
        .getAllByRole('row')
        .map((row) => row.textContent),
    ).toEqual([expect.stringContaining('Accepted'), expect.stringContaining('Refused')]);
    expect(screen.getByTestId(quarantinePage.events).textContent).toContain('Prepared for the stock');
    expect(screen.getByTestId<HTMLButtonElement>(quarantinePage.ask).disabled).toBe(true);
    await user.click(screen.getByTestId(quarantinePage.finding('factory')));
    await user.type(screen.getByTestId(quarantinePage.reason), 'reset with another tool');
    await user.keyboard('{F9}');
    expect(station.calledWith('quarantine.askRelease')).toEqual([
      { mediumIdentity: aside.mediumIdentity, finding: 'factory', reason: 'reset with another tool' },
    ]);
    await screen.findByTestId(quarantinePage.done('asked'));
    await screen.findByTestId(quarantinePage.waits);
  });

  test('cannot ask twice, nor decide', async () => {
    const { user } = await open('zhaomin');
    await user.click(await screen.findByTestId(quarantinePage.card(waiting.mediumIdentity)));
    expect((await screen.findByTestId(quarantinePage.waits)).textContent).toContain(pendingRelease.reason);
    expect(screen.queryByTestId(quarantinePage.ask)).toBeNull();
    expect(screen.queryByTestId(quarantinePage.release)).toBeNull();
  });
});

describe('a manager', () => {
  test('finds first what waits, and releases it with the password typed again', async () => {
    const { station, user } = await open('wangqiang');
    const release = await screen.findByTestId<HTMLButtonElement>(quarantinePage.release);
    expect(release.disabled).toBe(true);
    await user.type(screen.getByTestId(quarantinePage.password), 'training-manager');
    await user.keyboard('{F9}');
    expect(station.calledWith('quarantine.decide')).toEqual([
      { releaseId: pendingRelease.releaseId, approved: true, reason: '', password: 'training-manager' },
    ]);
    await screen.findByTestId(quarantinePage.done('released'));
    await waitFor(() => {
      expect(screen.queryByTestId(quarantinePage.card(waiting.mediumIdentity))).toBeNull();
    });
  });

  test('leaves a card where it is, with a note', async () => {
    const { station, user } = await open('wangqiang');
    await user.type(await screen.findByTestId(quarantinePage.note), 'show me the card');
    await user.type(screen.getByTestId(quarantinePage.password), 'training-manager');
    await user.keyboard('{F4}');
    expect(station.calledWith('quarantine.decide')).toMatchObject([
      { approved: false, reason: 'show me the card' },
    ]);
    await screen.findByTestId(quarantinePage.done('refused'));
  });

  test('has the password field emptied after a refusal, and the refusal in words', async () => {
    const refused = { 'quarantine.decide': { code: 'sign-in-refused', data: {} } } as const;
    const { user } = await open('wangqiang', { refuse: refused });
    const field = await screen.findByTestId<HTMLInputElement>(quarantinePage.password);
    await user.type(field, 'wrong');
    await user.keyboard('{F9}');
    await screen.findByTestId('fault-notice');
    expect(screen.getByTestId<HTMLInputElement>(quarantinePage.password).value).toBe('');
  });

  test('has nothing to decide where nobody asks', async () => {
    await open('wangqiang', { quarantine: [aside] });
    await screen.findByTestId(quarantinePage.nobodyAsks);
    expect(screen.queryByTestId(quarantinePage.release)).toBeNull();
  });
});

test('an empty quarantine and a bank that is away are screens of their own, and no teller has the place', async () => {
  const first = await open('zhaomin', { quarantine: [] });
  await screen.findByTestId(quarantinePage.empty);
  expect(first.station.calledWith('quarantine.list')).toHaveLength(1);
});

test('a bank that is away is told', async () => {
  await open('zhaomin', { refuse: { 'quarantine.list': { code: 'bank-unreachable', data: {} } } });
  expect((await screen.findByTestId('fault-notice')).textContent).toContain('bank');
});

test('no teller has the place', async () => {
  openOfficer({ signedIn: 'lina', quarantine: quarantinedCards });
  await screen.findByTestId('find-customer');
  expect(screen.queryByTestId(shell.nav('quarantine'))).toBeNull();
  expect(screen.queryByTestId(shell.nav('batch'))).toBeNull();
});
