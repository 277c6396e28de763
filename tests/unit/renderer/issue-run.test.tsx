import { openOfficer } from './open-window.tsx';
import { act, screen, waitFor } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import type { FaultCode } from '../../../electron/shared/result/index.ts';
import {
  emptyReaders,
  filledReaders,
  issueParts,
  issueRun,
  issueRunId,
  leased,
  readers,
  type FakeStation,
} from '../../harness/fake-station/index.ts';
import { issuePage, shell } from '../../harness/route-objects.ts';
import type { UserEvent } from '@testing-library/user-event';

/** Which screen stands at each part of the plan. */
function screenAt(part: string): string {
  switch (part) {
    case 'customer-secrets':
    case 'check-account-pin':
      return issuePage.secrets.screen;
    case 'choose-medium':
    case 'inspect-medium':
      return issuePage.medium.screen;
    case 'hand-over':
    case 'deliver':
    case 'activate':
      return issuePage.handOver.screen;
    default:
      return issuePage.write.screen;
  }
}

const shownNow = (): string | undefined =>
  [
    issuePage.secrets.screen,
    issuePage.medium.screen,
    issuePage.write.screen,
    issuePage.handOver.screen,
    issuePage.finished.screen,
    issuePage.undone,
    'run-failed',
    issuePage.undoing,
  ].find((testId) => screen.queryByTestId(testId) !== null);

async function show(station: FakeStation, run: Parameters<typeof issueRun>[0]): Promise<void> {
  await act(async () => {
    station.putRun(issueRun(run));
    await Promise.resolve();
    await Promise.resolve();
  });
}

async function openRun(
  run: Parameters<typeof issueRun>[0],
): Promise<{ station: FakeStation; user: UserEvent }> {
  const opened = openOfficer({ signedIn: 'lina', runs: [issueRun(run)] });
  await opened.user.click(await screen.findByTestId(issuePage.find.unfinished(issueRunId)));
  return opened;
}

describe('the run leads the screens', () => {
  test.each(['sim', 'smart-card', 'sd-card'] as const)(
    'a %s, state by state, from the first to the last',
    async (kind) => {
      const { station } = await openRun({ kind, at: 'customer-secrets' });
      const seen: string[] = [];
      for (const [at] of issueParts(kind)) {
        await show(station, { kind, at });
        seen.push(`${at}: ${shownNow() ?? 'nothing'}`);
      }
      expect(seen).toEqual(issueParts(kind).map(([at]) => `${at}: ${screenAt(at)}`));
      await show(station, { kind, at: 'completed' });
      expect(shownNow()).toBe(issuePage.finished.screen);
      expect(screen.getByTestId(shell.cardState).dataset.state).toBe('active');
    },
  );

  test('whether the card may be taken out is said at every state of work', async () => {
    const { station } = await openRun({ kind: 'sim', at: 'reserve-card' });
    const said: string[] = [];
    for (const at of ['reserve-card', 'set-card-pin', 'enrol', 'prove', 'register']) {
      await show(station, { kind: 'sim', at });
      said.push(`${at}: ${screen.getByTestId(shell.removal).dataset.removal ?? ''}`);
    }
    expect(said).toEqual([
      'reserve-card: safe',
      'set-card-pin: do-not-remove',
      'enrol: do-not-remove',
      'prove: do-not-remove',
      'register: safe',
    ]);
  });

  test('a long copy shows how much, how fast and how long still; a short one only its time', async () => {
    const { station } = await openRun({ kind: 'sd-card', at: 'write-client' });
    expect(screen.queryByTestId(issuePage.write.transfer)).toBeNull();
    const transfer = { doing: 'writing', doneBytes: 7_900_000, ofBytes: 20_000_000 } as const;
    await show(station, { kind: 'sd-card', at: 'write-client', transfer });
    expect(screen.getByTestId(issuePage.write.transfer).textContent).toBe('7.9 MB of 20 MB written');
    const slow = { ...transfer, doing: 'reading', bytesPerSecond: 150_000, leftMs: 80_700 } as const;
    await show(station, { kind: 'sd-card', at: 'read-back', transfer: slow });
    expect(screen.getByTestId(issuePage.write.transfer).textContent).toBe(
      '7.9 MB of 20 MB read back · 150 kB/s · 1 min 21 s left',
    );
    expect(screen.getByTestId(shell.removal).dataset.removal).toBe('do-not-remove');
  });

  test('the card panel fills in with the run', async () => {
    const { station } = await openRun({ kind: 'sd-card', at: 'choose-medium' });
    await show(station, { kind: 'sd-card', at: 'write-user-info' });
    expect(screen.getByTestId(shell.cardPart('certificate')).dataset.state).toBe('done');
    expect(screen.getByTestId(shell.cardPart('userInfo')).dataset.state).toBe('working');
    expect(screen.getByTestId(shell.cardPart('seal')).dataset.state).toBe('waiting');
    expect(screen.getByTestId(shell.cardState).dataset.state).toBe('certified');
  });

  test('the teller sees how many, never what', async () => {
    await openRun({ kind: 'sim', at: 'customer-secrets', entry: { field: 'account-pin', typed: 4, of: 6 } });
    expect(screen.getByTestId(issuePage.secrets.entry('account-pin')).textContent).toContain('4 of 6 digits');
    expect(screen.getByTestId(issuePage.secrets.entry('login-password')).textContent).toBe('Login password');
  });
});

describe('choosing the card', () => {
  test('recommends one, says why another will not do, and answers with the choice', async () => {
    const { station, user } = await openRun({ kind: 'sim', at: 'choose-medium' });
    expect(screen.getByTestId(issuePage.medium.reader(readers.card1)).textContent).toContain('Recommended');
    expect(screen.getByTestId(issuePage.medium.reader(readers.card2)).textContent).toContain(
      'belongs to somebody else',
    );
    expect(screen.getByTestId<HTMLInputElement>(issuePage.medium.pick(readers.slot2)).disabled).toBe(true);
    await user.click(screen.getByTestId(issuePage.medium.pick(readers.slot1)));
    await user.click(screen.getByRole('radio', { name: 'RSA 2048' }));
    await user.click(screen.getByTestId(issuePage.medium.write));
    expect(station.calledWith('runs.answer')).toEqual([
      {
        runId: issueRunId,
        askId: 'choose-medium-1',
        answer: { reader: readers.slot1, kind: 'sd-card', algorithm: 'rsa-2048' },
      },
    ]);
  });

  test('with nothing inserted there is nothing to press, until something is', async () => {
    const opened = openOfficer({
      signedIn: 'lina',
      runs: [issueRun({ kind: 'sim', at: 'choose-medium' })],
      readers: emptyReaders,
    });
    await opened.user.click(await screen.findByTestId(issuePage.find.unfinished(issueRunId)));
    expect(screen.getByTestId('insert-a-card')).toBeTruthy();
    expect(screen.getByTestId<HTMLButtonElement>(issuePage.medium.write).disabled).toBe(true);
    await act(async () => {
      opened.station.putReaders(filledReaders);
      await Promise.resolve();
    });
    await waitFor(() => {
      expect(screen.getByTestId<HTMLButtonElement>(issuePage.medium.write).disabled).toBe(false);
    });
  });

  test('a card that is taken away is not the chosen one any more', async () => {
    const { station, user } = await openRun({ kind: 'sim', at: 'choose-medium' });
    await user.click(screen.getByTestId(issuePage.medium.pick(readers.slot1)));
    await act(async () => {
      station.putReaders(leased(readers.slot1, 'somebody else'));
      await Promise.resolve();
    });
    await waitFor(() => {
      expect(screen.getByTestId<HTMLInputElement>(issuePage.medium.pick(readers.card1)).checked).toBe(true);
    });
  });
});

describe('a run that stopped', () => {
  const failed = (code: FaultCode, mayResume = true) =>
    ({ kind: 'sim', at: 'write-user-info', fault: { code, data: {} }, mayResume }) as const;

  test.each([
    ['card-removed', 'The card is back in, go on', 'runs.resume'],
    ['bank-timeout', 'Resume', 'runs.resume'],
    ['card-read-back-differs', 'Undo this run', 'runs.undo'],
    ['run-interrupted', 'Resume', 'runs.resume'],
    ['run-cancelled', 'Undo this run', 'runs.undo'],
    ['card-management-key-refused', 'Technician called, try again', 'runs.resume'],
  ] as const)('%s offers “%s” first', async (code, label, call) => {
    const { station, user } = await openRun(failed(code));
    const button = screen.getByTestId(issuePage.fault.remedy);
    expect(button.textContent).toContain(label);
    expect(screen.getByTestId(issuePage.fault.panel).dataset.code).toBe(code);
    await user.click(button);
    expect(station.calledWith(call)).toEqual([{ runId: issueRunId }]);
  });

  test('what cannot be resumed can be undone, and only that', async () => {
    await openRun(failed('card-removed', false));
    expect(screen.getByTestId(issuePage.fault.remedy).textContent).toContain('Try to undo again');
    expect(screen.queryByTestId(issuePage.fault.resume)).toBeNull();
  });

  test('says what stands, and carries a report number to copy', async () => {
    await openRun(failed('card-removed'));
    const panel = screen.getByTestId(issuePage.fault.panel);
    expect(panel.textContent).toContain('Get the certificate');
    expect(screen.getByTestId(issuePage.fault.report).textContent).toContain(`${issueRunId} · card-removed`);
  });

  test('stopping asks once, then stops', async () => {
    const { station, user } = await openRun({ kind: 'sim', at: 'write-user-info' });
    await user.keyboard('{Escape}');
    expect(station.calledWith('runs.cancel')).toEqual([]);
    await user.click(screen.getByTestId(issuePage.write.stopYes));
    expect(station.calledWith('runs.cancel')).toEqual([{ runId: issueRunId }]);
  });

  test('undoing and undone are screens of their own', async () => {
    const { station } = await openRun(failed('card-removed'));
    await show(station, { kind: 'sim', at: 'write-certificate', undoing: true });
    expect(shownNow()).toBe(issuePage.undoing);
    await show(station, { kind: 'sim', at: 'undone' });
    expect(shownNow()).toBe(issuePage.undone);
  });
});

describe('handing over', () => {
  test('shows the receipt, prints it, and takes the customer’s word', async () => {
    const { station, user } = await openRun({ kind: 'sim', at: 'hand-over' });
    expect((await screen.findByTestId(issuePage.handOver.receipt)).textContent).toContain('CW-20260312-0047');
    await user.click(screen.getByTestId(issuePage.handOver.print));
    expect((await screen.findByTestId(issuePage.handOver.saved)).textContent).toContain('.pdf');
    expect(station.calledWith('issuance.printReceipt')).toEqual([{ runId: issueRunId, locale: 'en' }]);
    await user.click(screen.getByTestId(issuePage.handOver.confirm));
    expect(station.calledWith('runs.answer')).toEqual([
      { runId: issueRunId, askId: 'hand-over-1', answer: { customerConfirmed: true } },
    ]);
  });

  test('a receipt that cannot be made does not keep the card from its owner', async () => {
    const { user } = openOfficer({
      signedIn: 'lina',
      runs: [issueRun({ kind: 'sim', at: 'hand-over' })],
      refuse: { 'issuance.receipt': { code: 'run-unknown', data: {} } },
    });
    await user.click(await screen.findByTestId(issuePage.find.unfinished(issueRunId)));
    await screen.findByTestId('fault-notice');
    expect(screen.getByTestId<HTMLButtonElement>(issuePage.handOver.confirm).disabled).toBe(false);
  });
});
