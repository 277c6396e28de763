import { openOfficer } from './open-window.tsx';
import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { bankKeyEvents, bankKeysPage, manyBankKeyEvents } from '../../harness/fake-station/index.ts';
import { auditPage } from '../../harness/route-objects.ts';

const manager = { signedIn: 'wangqiang', audit: [] } as const;

beforeEach(() => {
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1000);
});

const open = async (...given: Parameters<typeof openOfficer>) => {
  const opened = openOfficer(...given);
  await screen.findByTestId(auditPage.screen);
  await opened.user.keyboard('{F6}');
  await screen.findByTestId(auditPage.bankKeys);
  return opened;
};

describe('the bank’s keys', () => {
  test('are told newest first: what, when, by whom; and that the record checks', async () => {
    const { user } = await open(manager);
    const rows = await screen.findByTestId(auditPage.bankKeysRows);
    expect(
      within(rows)
        .getAllByRole('row')
        .map((row) => row.dataset.testid),
    ).toEqual(bankKeyEvents.map((_, index) => auditPage.bankKey(bankKeyEvents.length - index)));
    const entered = screen.getByTestId(auditPage.bankKey(6)).textContent;
    for (const part of ['Master key2', 'Made of two components', 'A-1, B-2', 'AES-256 · check value 27D4E8'])
      expect(entered).toContain(part);
    expect(screen.getByTestId(auditPage.bankKey(1)).textContent).toContain('the bank’s set-up');
    expect(screen.getByTestId(auditPage.bankKeysCheck).dataset.intact).toBe('true');
    expect(screen.queryByTestId(auditPage.bankKeysFinding)).toBeNull();
    await user.keyboard('{F6}');
    await screen.findByTestId(auditPage.screen);
  });

  test.each(['unsigned', 'shrank', 'rewritten', 'incomplete', 'changed'] as const)(
    'a record that does not check is an alarm in words: %s',
    async (finding) => {
      const seenBefore = { size: 9, at: '2026-03-11T08:15:00.000Z' };
      await open({
        ...manager,
        bankKeys: bankKeysPage(bankKeyEvents.slice(0, 6), { finding, brokenAt: 5, seenBefore }),
      });
      const alarm = await screen.findByRole('alert');
      expect(alarm.dataset.testid).toBe(auditPage.bankKeysFinding);
      expect(alarm.textContent).toContain('Tell the bank’s security officers now');
      if (finding === 'shrank') expect(alarm.textContent).toMatch(/had signed 9 events, now it shows 6/);
      expect(alarm.textContent).not.toMatch(/[{}]/);
      expect(screen.getByTestId(auditPage.bankKeysCheck).dataset.intact).toBe('false');
      expect(screen.getByTestId(auditPage.bankKey(5)).dataset.broken).toBe('true');
    },
  );

  const seenBefore = { size: 9, at: '2026-03-11T08:15:00.000Z' };
  const rolledBack = bankKeysPage(bankKeyEvents.slice(0, 6), { finding: 'shrank', brokenAt: 7, seenBefore });

  test('a record that went back is the new measure when the manager has an answer for it, and says so', async () => {
    const { user, station } = await open({ ...manager, bankKeys: rolledBack });
    await user.click(await screen.findByTestId(auditPage.acceptKeyRecord));
    const reference = screen.getByTestId(auditPage.acceptReference);
    expect(document.activeElement).toBe(reference);
    await user.type(reference, 'SEC;117');
    await user.type(screen.getByTestId(auditPage.acceptPassword), 'training-manager');
    expect(screen.getByTestId(auditPage.acceptForm).textContent).toContain('Letters and digits');
    await user.keyboard('{F9}');
    expect(station.calledWith('officers.prepareAct')).toEqual([]);
    await user.clear(reference);
    await user.type(reference, ' SEC-2026/117 ');
    await user.keyboard('{F9}');
    const lines = await screen.findByTestId('act-lines');
    expect(lines.textContent).toContain('Events in the record6');
    expect(lines.textContent).toContain('Events seen before9');
    await user.keyboard('{F9}');
    await screen.findByTestId(auditPage.keyRecordAccepted);
    const record = { size: 6, headHash: rolledBack.headHash, reference: 'SEC-2026/117' };
    expect(station.calledWith('audit.acceptBankKeys')).toEqual([{ ...record, password: 'training-manager' }]);
    expect(screen.queryByTestId(auditPage.bankKeysFinding)).toBeNull();
    expect(screen.getByTestId(auditPage.bankKeysCheck).dataset.intact).toBe('true');
  });

  test.each([
    ['unsigned', 6, false],
    ['incomplete', 6, false],
    ['changed', 6, false],
    ['rewritten', 6, true],
    ['shrank', 0, false],
  ] as const)('of a record that is %s, with %i events: offered %s', async (finding, size, isOffered) => {
    await open({ ...manager, bankKeys: { ...rolledBack, finding, size } });
    await screen.findByTestId(auditPage.bankKeysFinding);
    expect(screen.queryByTestId(auditPage.acceptKeyRecord) !== null).toBe(isOffered);
  });

  test('many are read page by page, all against the first page’s head', async () => {
    const { station } = await open({ ...manager, bankKeys: bankKeysPage(manyBankKeyEvents) });
    const rows = await screen.findByTestId(auditPage.bankKeysRows);
    expect(within(rows).getAllByRole('row').length).toBeLessThan(40);
    rows.scrollTop = 50 * 44;
    rows.dispatchEvent(new Event('scroll'));
    await waitFor(() => {
      expect(station.calledWith('audit.bankKeys')).toEqual([
        { limit: 50 },
        { before: 71, size: 120, limit: 50 },
      ]);
    });
  });

  test('an event that has no words here is shown as it stands', async () => {
    const text = '{"kind":"split"}';
    await open({ ...manager, bankKeys: bankKeysPage([], { size: 1, events: [{ number: 1, text }] }) });
    expect((await screen.findByTestId(auditPage.bankKey(1))).textContent).toContain(text);
  });

  test('none yet is a screen of its own', async () => {
    await open({ ...manager, bankKeys: bankKeysPage([], { size: 0 }) });
    await screen.findByTestId(auditPage.bankKeysEmpty);
  });

  test('a bank that is away is said, and asked again', async () => {
    const { station, user } = await open({
      ...manager,
      refuse: { 'audit.bankKeys': { code: 'bank-unreachable', data: {} } },
    });
    expect((await screen.findByTestId('bank-keys-fault')).textContent).toContain('does not answer');
    expect(screen.getByTestId(auditPage.bankKeysCheck).textContent).toContain('Not verified');
    await user.click(screen.getByTestId(auditPage.bankKeysAgain));
    await waitFor(() => {
      expect(station.calledWith('audit.bankKeys')).toHaveLength(2);
    });
  });
});
