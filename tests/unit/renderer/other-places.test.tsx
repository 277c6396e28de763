import { openOfficer } from './open-window.tsx';
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test, vi } from 'vitest';
import {
  appletRun,
  auditRecords,
  auditWithDecision,
  filledReaders,
  inspections,
  offline,
  packageAid,
  readers,
  restartRun,
  upgradeRun,
  voidSimReaders,
  wipeRun,
} from '../../harness/fake-station/index.ts';
import {
  auditPage,
  devicesPage,
  reprovisionPage,
  shell,
  trainingDrawer,
} from '../../harness/route-objects.ts';

// Charts need a canvas, which jsdom has not; their numbers are in a list beside them.
vi.mock('uplot', () => ({
  default: class {
    static readonly paths = {};
    setSize(): void {}
    destroy(): void {}
  },
}));
vi.mock('uplot/dist/uPlot.min.css', () => ({}));

describe('reprovision', () => {
  test('compares card, bank and CA in words', async () => {
    openOfficer({ signedIn: 'zhaomin', inspection: inspections.differs });
    const table = await screen.findByTestId(reprovisionPage.comparison);
    expect(within(table).getAllByRole('row')).toHaveLength(inspections.differs.lines.length + 1);
    expect(screen.getByTestId(reprovisionPage.content).textContent).toBe('Incomplete · 4 differences');
    expect(screen.getByTestId(reprovisionPage.line('certificate')).textContent).toContain('Differs');
    expect(screen.getByTestId(reprovisionPage.line('marker')).textContent).toContain('not there');
  });

  test('says of a card that is void where it is made anew', async () => {
    openOfficer({ signedIn: 'zhaomin', inspection: inspections.complete, readers: voidSimReaders });
    const note = await screen.findByTestId(reprovisionPage.madeAnew);
    expect(note.textContent).toContain('Card CW-7K3M-9QX2-01 is void after ten failed sign-ins');
    expect(note.textContent).toContain('A teller makes it anew');
  });

  test('wipes only with a reason and a promise', async () => {
    const { station, user } = openOfficer({ signedIn: 'zhaomin', inspection: inspections.complete });
    station.onCall('reprovision.wipe', () => station.putRun(wipeRun('wipe')));
    await user.click(await screen.findByTestId(reprovisionPage.wipeOpen));
    expect(screen.getByTestId<HTMLButtonElement>(reprovisionPage.wipeNow).disabled).toBe(true);
    await user.selectOptions(screen.getByTestId(reprovisionPage.wipeReason), 'key-compromise');
    await user.click(screen.getByTestId(reprovisionPage.wipeSure));
    await user.click(screen.getByTestId(reprovisionPage.wipeNow));
    expect(station.calledWith('reprovision.wipe')).toEqual([
      { reader: readers.card1, reason: 'key-compromise' },
    ]);
    await screen.findByTestId(reprovisionPage.wiping);
    await act(async () => {
      station.putRun(wipeRun('completed'));
      await Promise.resolve();
    });
    await screen.findByText('The card is blank');
  });

  test('updates the client where a newer one is there, and says when it is done', async () => {
    const { station, user } = openOfficer({ signedIn: 'zhaomin', inspection: inspections.olderClient });
    station.onCall('reprovision.upgradeClient', () => station.putRun(upgradeRun('write-client')));
    await screen.findByText('Phone client 1.0.0 is on this card; 1.2.0 is newer');
    await user.click(screen.getByTestId(reprovisionPage.upgrade));
    expect(station.calledWith('reprovision.upgradeClient')).toEqual([{ reader: readers.card1 }]);
    await screen.findByTestId(reprovisionPage.upgrading);
    await act(async () => {
      station.putRun(upgradeRun('completed'));
      await Promise.resolve();
    });
    await screen.findByText('The phone client is up to date');
  });

  test('brings the bank’s newer card program, and says when the card answers with it', async () => {
    const { station, user } = openOfficer({ signedIn: 'zhaomin', inspection: inspections.olderApplet });
    station.onCall('reprovision.upgradeApplet', () => station.putRun(appletRun('load-applet')));
    await screen.findByText('Qingyu Pay 1.0 is on this card; 1.1 is newer');
    // The other one is as the bank wants it.
    expect(screen.getByTestId(reprovisionPage.applet('current')).textContent).toContain('Qingyu Loyalty 2.3');
    expect(screen.queryByTestId(reprovisionPage.upgradeApplet('f04357000102'))).toBeNull();
    await user.keyboard('{F7}');
    expect(station.calledWith('reprovision.upgradeApplet')).toEqual([{ reader: readers.card1, packageAid }]);
    await screen.findByTestId(reprovisionPage.upgradingApplet);
    await act(async () => {
      station.putRun(appletRun('completed'));
      await Promise.resolve();
    });
    await screen.findByText('The card program is up to date');
  });

  test('says why a card program cannot be brought, and offers no button for it', async () => {
    openOfficer({ signedIn: 'zhaomin', inspection: inspections.appletRefused });
    expect((await screen.findByTestId(reprovisionPage.applet('required'))).textContent).toContain(
      'holds what belongs to its customer',
    );
    expect(screen.queryByTestId(reprovisionPage.upgradeApplet(packageAid))).toBeNull();
  });

  test('says that the bank’s card programs are damaged, beside everything else', async () => {
    openOfficer({
      signedIn: 'zhaomin',
      inspection: { ...inspections.complete, appletFault: { code: 'applet-damaged', data: {} } },
    });
    await screen.findByTestId(reprovisionPage.comparison);
    await screen.findByText('The card program from the bank is damaged.');
    await screen.findByTestId(reprovisionPage.wipeOpen);
  });

  test('begins one-time passwords anew: a reason, the customer’s PIN, and only then the card', async () => {
    const { station, user } = openOfficer({ signedIn: 'zhaomin', inspection: inspections.forkedChain });
    station.onCall('reprovision.restartChain', () =>
      station.putRun(restartRun('customer-secrets', { field: 'account-pin', typed: 4, of: 6 })),
    );
    await screen.findByTestId('chain-forked');
    expect(screen.getByTestId(reprovisionPage.line('chain')).textContent).toContain('two went on with them');
    await user.click(screen.getByTestId(reprovisionPage.restartOpen));
    // Forked: what is left, where the card was not copied.
    expect(screen.getByTestId<HTMLSelectElement>(reprovisionPage.restartReason).value).toBe('false-alarm');
    await user.click(screen.getByTestId(reprovisionPage.restartNow));
    expect(station.calledWith('reprovision.restartChain')).toEqual([
      { reader: readers.card1, reason: 'false-alarm' },
    ]);
    await screen.findByTestId(reprovisionPage.waitForPin);
    expect(screen.getByTestId('pin-typed').textContent).toContain('4 of 6 digits');
    await user.click(screen.getByTestId(reprovisionPage.stop));
    expect(station.calledWith('runs.cancel')).toHaveLength(1);
    await act(async () => {
      station.putRun(restartRun('write-client'));
      await Promise.resolve();
    });
    await screen.findByTestId(reprovisionPage.restarting);
    await act(async () => {
      station.putRun(restartRun('completed'));
      await Promise.resolve();
    });
    await screen.findByText('The new one-time passwords are in force');
  });

  test('warns before other banks’ keys go with a wipe, and only then', async () => {
    const { user } = openOfficer({
      signedIn: 'zhaomin',
      inspection: { ...inspections.complete, otherKeys: 1 },
    });
    await user.click(await screen.findByTestId(reprovisionPage.wipeOpen));
    expect(screen.getByTestId(reprovisionPage.wipeOthers).textContent).toContain(
      'The key of another bank on this card goes too',
    );
  });

  test('offers no client where the one on the card is the newest', async () => {
    openOfficer({ signedIn: 'zhaomin', inspection: inspections.complete });
    await screen.findByTestId(reprovisionPage.wipeOpen);
    expect(screen.queryByTestId(reprovisionPage.upgrade)).toBeNull();
  });

  test.each([
    ['unrecorded', 'The bank signed what is on it and has no record of it'],
    ['unknownKey', 'its management key is not the factory’s'],
  ] as const)('wipes what the bank has lost, and says that nothing is revoked: %s', async (which, why) => {
    const { user, station } = openOfficer({ signedIn: 'zhaomin', inspection: inspections[which] });
    await user.click(await screen.findByTestId(reprovisionPage.wipeOpen));
    expect(screen.getByTestId(reprovisionPage.screen).textContent).toContain(why);
    expect(screen.getByTestId('wipe-form').textContent).toContain('nothing to revoke');
    await user.click(screen.getByTestId('wipe-sure'));
    await user.click(screen.getByTestId('wipe-now'));
    expect(station.calledWith('reprovision.wipe')).toHaveLength(1);
  });

  test('does not touch a foreign card', async () => {
    openOfficer({ signedIn: 'zhaomin', inspection: inspections.foreign });
    expect((await screen.findByTestId(reprovisionPage.noAction)).textContent).toBe(
      'This card is not ours to change.',
    );
    expect(screen.queryByTestId(reprovisionPage.wipeOpen)).toBeNull();
  });

  test('a card that cannot be read is a fault, not an empty table', async () => {
    openOfficer({ signedIn: 'zhaomin', refuse: { 'reprovision.inspect': { code: 'card-mute', data: {} } } });
    expect((await screen.findByTestId('fault-notice')).textContent).toContain('does not answer');
  });
});

describe('the log', () => {
  const withHeight = () => {
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
    vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000);
  };

  test('draws only what is seen of eighteen thousand records, and verifies itself', async () => {
    withHeight();
    openOfficer({ signedIn: 'wangqiang' });
    await screen.findByTestId(auditPage.record(18_201));
    expect(screen.getByTestId(auditPage.total).textContent).toBe('18,201 records');
    expect(within(screen.getByTestId(auditPage.rows)).getAllByRole('row').length).toBeLessThan(60);
    await waitFor(() => {
      expect(screen.getByTestId(auditPage.verification).dataset.intact).toBe('true');
    });
  });

  test('filters at the station, not on the screen', async () => {
    withHeight();
    const { station, user } = openOfficer({ signedIn: 'wangqiang' });
    await screen.findByTestId(auditPage.record(18_201));
    await user.selectOptions(screen.getByTestId(auditPage.outcome), 'failed');
    await user.type(screen.getByTestId(auditPage.text), 'card-removed');
    await waitFor(() => {
      expect(station.calledWith('audit.search').at(-1)).toEqual({
        filter: { outcome: 'failed', text: 'card-removed' },
        limit: 200,
      });
    });
    await user.click(screen.getByTestId(auditPage.clear));
    await waitFor(() => {
      expect(station.calledWith('audit.search').at(-1)).toEqual({ filter: {}, limit: 200 });
    });
  });

  test('filters by days of the branch, from midnight to midnight, typed with or without hyphens', async () => {
    withHeight();
    const { station, user } = openOfficer({ signedIn: 'wangqiang' });
    await screen.findByTestId(auditPage.record(18_201));
    await user.type(screen.getByTestId(auditPage.from), '20260311');
    await user.type(screen.getByTestId(auditPage.to), '2026-3-11');
    await user.tab();
    expect(screen.getByTestId(auditPage.from)).toHaveProperty('value', '2026-03-11');
    expect(screen.getByTestId(auditPage.to)).toHaveProperty('value', '2026-03-11');
    const midnight = (day: number) => new Date(2026, 2, day).toISOString();
    await waitFor(() => {
      expect(station.calledWith('audit.search').at(-1)).toEqual({
        filter: { from: midnight(11), to: midnight(12) },
        limit: 200,
      });
    });
    await user.click(screen.getByTestId(auditPage.clear));
    expect(screen.getByTestId(auditPage.to)).toHaveProperty('value', '');
    await user.type(screen.getByTestId(auditPage.from), '20261350');
    expect(screen.getByTestId(auditPage.from).getAttribute('aria-invalid')).toBe('true');
    expect(station.calledWith('audit.search').at(-1)).toEqual({ filter: {}, limit: 200 });
  });

  test('a record tells the story of its card', async () => {
    withHeight();
    const { user } = openOfficer({ signedIn: 'wangqiang' });
    await user.click(await screen.findByTestId(auditPage.record(18_198)));
    const story = await screen.findByTestId(auditPage.timeline);
    expect(within(story).getAllByRole('listitem').length).toBeGreaterThan(3);
    await user.keyboard('{Escape}');
    expect(screen.queryByTestId(auditPage.story)).toBeNull();
  });

  test('a signed decision is shown as it was signed, and exported with its proof', async () => {
    withHeight();
    const { station, user } = openOfficer({
      signedIn: 'wangqiang',
      audit: auditWithDecision(auditRecords(30)),
    });
    await user.click(await screen.findByTestId(auditPage.record(30)));
    expect(screen.queryByTestId(auditPage.signed)).toBeNull();
    await user.click(screen.getByTestId(auditPage.record(31)));
    const signed = (await screen.findByTestId(auditPage.signed)).textContent;
    expect(signed).toContain('Reader 2 had a loose contact');
    expect(screen.getByTestId(auditPage.story).textContent).not.toContain('MEUCIQDV');
    await user.click(screen.getByTestId(auditPage.exportEvidence));
    expect((await screen.findByTestId(auditPage.evidenceSaved)).textContent).toContain('evidence-31');
    expect(station.calledWith('audit.exportEvidence')).toEqual([{ sequence: 31, locale: 'en' }]);
  });

  test('a log that is right in itself, and not the one that the bank has signed for, is said to be that', async () => {
    openOfficer({ signedIn: 'wangqiang', anotherLogOf: 18_201 });
    const badge = await screen.findByTestId(auditPage.verification);
    await within(badge).findByText('The bank has signed for another log');
    expect(badge.dataset.intact).toBe('false');
    expect(badge.textContent).toContain('Of 18,201 records');
  });

  test('a broken chain is said in the colour of stop, with its place', async () => {
    withHeight();
    openOfficer({ signedIn: 'wangqiang', auditBroken: true });
    await waitFor(() => {
      expect(screen.getByTestId(auditPage.verification).textContent).toContain('Broken at 12,077');
    });
  });
});

describe('devices', () => {
  test('shows every reader, what lies in it, and why it cannot be used', async () => {
    const { user } = openOfficer({ signedIn: 'zhaomin' });
    await user.click(await screen.findByTestId(shell.nav('devices')));
    expect(screen.getByTestId(devicesPage.reader(readers.slot2)).textContent).toContain(
      'The SD card is locked.',
    );
    expect(screen.getByTestId(devicesPage.restart)).toBeTruthy();
  });

  test('only a technician restarts the readers', async () => {
    const { user } = openOfficer({ signedIn: 'lina' });
    await user.click(await screen.findByTestId(shell.nav('devices')));
    expect(screen.queryByTestId(devicesPage.restart)).toBeNull();
  });

  test('the strip follows the connection', async () => {
    const { station } = openOfficer({ signedIn: 'lina' });
    expect((await screen.findByTestId(shell.bank)).textContent).toContain('Connected');
    station.putConnection(offline);
    await waitFor(() => {
      expect(screen.getByTestId(shell.bank).textContent).toContain('Not reachable');
    });
    expect(screen.queryByTestId(shell.clock)).toBeNull();
  });

  test('the training drawer moves cards, and pulls one when it hurts', async () => {
    const { station, user } = openOfficer({ signedIn: 'lina', readers: filledReaders });
    await user.click(await screen.findByTestId(shell.drawerOpen));
    await user.click(await screen.findByTestId(trainingDrawer.remove('sim-1')));
    expect(station.calledWith('training.remove')).toEqual([{ reader: readers.card1 }]);
    await user.type(screen.getByTestId(trainingDrawer.pullAt(readers.slot1)), '12{Enter}');
    expect(station.calledWith('training.pullAt')).toEqual([
      { reader: readers.slot1, operation: 12, when: 'after' },
    ]);
    expect((await screen.findByText(/Will be pulled/)).textContent).toBe('Will be pulled after operation 12');
  });

  test('production has no drawer', async () => {
    const { user } = openOfficer({ signedIn: 'lina', description: { training: false } });
    await screen.findByTestId('find-customer');
    expect(screen.queryByTestId(shell.drawerOpen)).toBeNull();
    await user.keyboard('{Alt>}0{/Alt}');
    expect(screen.queryByTestId(trainingDrawer.screen)).toBeNull();
  });
});
