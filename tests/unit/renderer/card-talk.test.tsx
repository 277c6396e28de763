import { openOfficer } from './open-window.tsx';
import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { wipeRun, wipeRunId } from '../../harness/fake-station/index.ts';
import { shell } from '../../harness/route-objects.ts';

test('a technician sees what was said to the card, masked where it has to be, and saves it for who mends it', async () => {
  const fault = { code: 'card-management-key-refused', data: {} } as const;
  const { station, user } = openOfficer({ signedIn: 'zhaomin', runs: [wipeRun('wipe', fault)] });
  await screen.findByTestId('run-failed');
  await user.keyboard('{F7}');
  const talk = await screen.findByTestId('card-talk');
  await within(talk).findByText('SELECT');
  expect(station.calledWith('devices.trace')).toEqual([{ limit: 400, runId: wipeRunId }]);
  const rows = within(talk)
    .getAllByRole('row')
    .map((row) => row.textContent);
  expect(rows[1]).toContain('a000 0003 0800 0010 00');
  expect(rows[1]).toContain('done');
  expect(rows[4]).toContain('tries left: 3');
  expect(rows[6]).toContain('12 bytes, masked');
  expect(rows[7]).toContain('not authorised');
  await user.keyboard('{F8}');
  expect(station.calledWith('devices.saveDiagnostics')).toEqual([{ runId: wipeRunId }]);
  expect((await screen.findByTestId('diagnostics-saved')).textContent).toContain('diagnostics-');
});

test('nothing said yet is a screen of its own, and a teller has no talk to look at', async () => {
  const technician = openOfficer({ signedIn: 'zhaomin', silent: ['devices.trace'] });
  await technician.user.click(await screen.findByTestId(shell.nav('devices')));
  await technician.user.click(screen.getByTestId('show-talk'));
  await screen.findByTestId('card-talk');
});

test('a teller has no talk to look at', async () => {
  const { user } = openOfficer({ signedIn: 'lina' });
  await user.click(await screen.findByTestId(shell.nav('devices')));
  expect(screen.queryByTestId('show-talk')).toBeNull();
});
