import { openOfficer } from './open-window.tsx';
import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import {
  batchAt,
  batchId,
  endedCards,
  filledReaders,
  laneReaders,
  laneRuns,
  offline,
  prepareRun,
  readers,
  type FakeStation,
} from '../../harness/fake-station/index.ts';
import { batchPage, shell } from '../../harness/route-objects.ts';

const happens = async (what: () => void) => {
  await act(async () => {
    what();
    await Promise.resolve();
  });
};
const open = async (options: Parameters<typeof openOfficer>[0] = {}) => {
  const opened = openOfficer({ signedIn: 'zhaomin', ...options });
  await opened.user.click(await screen.findByTestId(shell.nav('batch')));
  return opened;
};
const stateOf = (reader: string) => screen.getByTestId(batchPage.laneState(reader)).textContent;
const startsBatch = (station: FakeStation, view = batchAt()) =>
  station.onCall('batches.start', () => station.putBatch(view));

describe('a batch is begun', () => {
  test('with the readers that fit the work, each a lane, by the keyboard alone', async () => {
    const { station, user } = openOfficer({ signedIn: 'zhaomin' });
    startsBatch(station);
    await screen.findByTestId(shell.nav('batch'));
    await user.keyboard('{Alt>}2{/Alt}');
    await screen.findByTestId(batchPage.start);
    expect(screen.queryByTestId(batchPage.reader(readers.slot1))).toBeNull();
    screen.getByTestId(batchPage.reader(readers.card2)).focus();
    await user.keyboard(' {F9}');
    expect(station.calledWith('batches.start')).toEqual([{ work: 'prepare', readers: [readers.card1] }]);
    await screen.findByTestId(batchPage.atWork);
  });

  test('that wipes only with a reason, and takes SD cards too', async () => {
    const { station, user } = await open();
    await user.click(await screen.findByTestId(batchPage.work('wipe')));
    await user.selectOptions(screen.getByTestId(batchPage.reason), 'damaged');
    await user.click(screen.getByTestId(batchPage.start));
    expect(station.calledWith('batches.start')).toEqual([
      { work: 'wipe', readers: filledReaders.map(({ reader }) => reader), reason: 'damaged' },
    ]);
  });

  test('not while the bank is away, nor without a reader', async () => {
    const first = await open({ connection: offline });
    expect((await screen.findByTestId<HTMLButtonElement>(batchPage.start)).disabled).toBe(true);
    await happens(() =>
      first.station.putConnection({ ...offline, bank: { ...offline.bank, state: 'connected' } }),
    );
    await waitFor(() => {
      expect(screen.getByTestId<HTMLButtonElement>(batchPage.start).disabled).toBe(false);
    });
    await happens(() => first.station.putReaders([]));
    await screen.findByTestId('no-readers');
    expect(screen.getByTestId<HTMLButtonElement>(batchPage.start).disabled).toBe(true);
  });

  test('a refusal is said where it was asked', async () => {
    const { user } = await open({ refuse: { 'batches.start': { code: 'batch-open', data: {} } } });
    await user.click(await screen.findByTestId(batchPage.start));
    expect((await screen.findByTestId('fault-notice')).textContent).toContain('Another batch is open');
  });
});

describe('the lanes', () => {
  const runs = [
    prepareRun(laneRuns.card1, readers.card1, '48120696', 'replace-keys'),
    prepareRun(laneRuns.card2, readers.card2, '48120667', 'completed'),
  ];

  test('say what the card is going through, and what the hand does next', async () => {
    const { station } = await open({ readers: laneReaders, runs, batches: [batchAt()] });
    await screen.findByTestId(batchPage.atWork);
    expect(stateOf(readers.card1)).toBe('Giving the card its own keys');
    const lane = screen.getByTestId(batchPage.lane(readers.card1));
    expect(lane.textContent).toContain('Do not remove the card');
    expect(lane.textContent).toContain('Step 2 of 4');
    expect(stateOf(readers.card2)).toBe('Prepared');
    expect(screen.getByTestId(batchPage.lane(readers.card2)).textContent).toContain(
      'Take it out, put the next one in.',
    );
    expect(screen.getByTestId(batchPage.count('good')).textContent).toBe('8Prepared');

    const emptied = { reader: readers.card2, state: 'empty', ended: 6 } as const;
    const view = batchAt();
    await happens(() => station.putBatch({ ...view, lanes: [view.lanes[0]!, emptied] }));
    expect(stateOf(readers.card2)).toBe('Put a card in');
  });

  test.each([
    ['refused', 'card-foreign', 'Not suited', /Take it out, put the next one in/],
    ['quarantined', 'card-management-key-refused', 'Quarantine', /two officers decide/],
  ] as const)(
    'a card that was %s is told in words, shape and colour',
    async (outcome, faultCode, said, todo) => {
      const last = { ...endedCards(1)[0]!, reader: readers.card2, outcome, faultCode };
      const lanes = [{ reader: readers.card2, state: 'take-out', last, ended: 1 }] as const;
      await open({ readers: laneReaders, batches: [batchAt({ lanes: [...lanes] })] });
      await screen.findByTestId(batchPage.atWork);
      expect(stateOf(readers.card2)).toBe(said);
      const lane = screen.getByTestId(batchPage.lane(readers.card2));
      expect(lane.dataset.outcome).toBe(outcome);
      expect(lane.querySelector('[data-mark]')).toBeTruthy();
      expect(lane.textContent).toMatch(todo);
    },
  );

  test('a pulled card is decided at its own lane: go on, take back, or set aside', async () => {
    const pulled = prepareRun(laneRuns.card2, readers.card2, '48120667', 'replace-keys', {
      code: 'card-removed',
      data: {},
    });
    const lanes = [
      { reader: readers.card1, state: 'working', runId: laneRuns.card1, ended: 5 },
      {
        reader: readers.card2,
        state: 'decide',
        runId: laneRuns.card2,
        fault: { code: 'card-removed', data: {} },
        ended: 5,
      },
    ] as const;
    const { station, user } = await open({
      readers: laneReaders,
      runs: [runs[0]!, pulled],
      batches: [batchAt({ lanes: [...lanes] })],
    });
    await screen.findByTestId(batchPage.resume(readers.card2));
    expect(screen.queryByTestId(batchPage.resume(readers.card1))).toBeNull();
    await user.keyboard('{F2}');
    expect(station.calledWith('runs.resume')).toEqual([{ runId: laneRuns.card2 }]);
    await user.keyboard('{F6}');
    expect(station.calledWith('runs.undo')).toEqual([{ runId: laneRuns.card2 }]);
    await user.keyboard('{F7}');
    expect(station.calledWith('batches.setAside')).toEqual([{ batchId, reader: readers.card2 }]);
  });

  test('a run of an open batch does not take the reprovisioning screen', async () => {
    const pulled = prepareRun(laneRuns.card2, readers.card2, '48120667', 'replace-keys', {
      code: 'card-removed',
      data: {},
    });
    const { station } = openOfficer({ signedIn: 'zhaomin', runs: [pulled], batches: [batchAt()] });
    await screen.findByTestId('reprovision');
    await happens(() => station.putBatch(batchAt({ phase: 'ended', lanes: [] })));
    await screen.findByTestId('run-failed');
  });
});

describe('the breaker', () => {
  const held = batchAt({
    phase: 'held',
    hold: { why: 'same-fault', faultCode: 'card-foreign', count: 3, at: '2026-03-12T06:32:00.000Z' },
  });

  test('says what it saw, and goes on only when a person says so', async () => {
    const { station, user } = await open({ readers: laneReaders, batches: [held] });
    const notice = await screen.findByTestId(batchPage.hold);
    expect(notice.textContent).toContain('The same fault 3 times in a row');
    expect(notice.getAttribute('role')).toBe('alert');
    await user.keyboard('{F9}');
    expect(station.calledWith('batches.goOn')).toEqual([{ batchId }]);
    await happens(() => station.putBatch(batchAt()));
    expect(screen.queryByTestId(batchPage.hold)).toBeNull();
  });

  test('after a restart it asks too, and says that nothing is lost', async () => {
    const view = { ...held, hold: { why: 'restart', at: held.startedAt } as const };
    await open({ readers: laneReaders, batches: [view] });
    expect((await screen.findByTestId(batchPage.hold)).textContent).toContain('Nothing is lost.');
  });
});

describe('the end', () => {
  test('comes after the cards under way, tells every card, and is saved as a table', async () => {
    const { station, user } = await open({ readers: laneReaders, batches: [batchAt()] });
    await screen.findByTestId(batchPage.atWork);
    await user.keyboard('{F4}');
    expect(station.calledWith('batches.stop')).toEqual([{ batchId }]);
    await happens(() => station.putBatch(batchAt({ phase: 'stopping' })));
    expect(screen.getByTestId(batchPage.atWork).textContent).toContain('finished first');
    await happens(() => station.putBatch(batchAt({ phase: 'ended', endedAt: '2026-03-12T06:32:00.000Z' })));
    const table = await screen.findByTestId(batchPage.cards);
    expect(within(table).getAllByRole('row')).toHaveLength(12);
    await user.keyboard('{F8}');
    expect(station.calledWith('batches.export')).toEqual([{ batchId, locale: 'en' }]);
    expect((await screen.findByTestId(batchPage.saved)).textContent).toContain('TRAINING-batch-');
    await user.keyboard('{F9}');
    await screen.findByTestId(batchPage.start);
    await user.click(screen.getByTestId(batchPage.earlier(batchId)));
    await screen.findByTestId(batchPage.ended);
  });
});
