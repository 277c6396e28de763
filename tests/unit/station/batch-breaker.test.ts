import { describe, expect, test } from 'vitest';
import type { BatchCard, BatchOutcome, BatchPolicy } from '../../../electron/shared/contract/index.ts';
import type { FaultCode } from '../../../electron/shared/result/index.ts';
import { defaultBatchPolicy, tripOf } from '../../../electron/station/batches/batch-breaker.ts';
import { batchCsv } from '../../../electron/station/batches/batch-csv.ts';
import { batchRecordOf, countsOf, type BatchEntry } from '../../../electron/station/batches/batch-record.ts';

const at = '2026-03-12T06:32:10.000Z';
let runs = 0;
const card = (outcome: BatchOutcome, faultCode?: FaultCode, more: Partial<BatchCard> = {}): BatchCard => ({
  runId: `run-${(runs += 1)}`,
  reader: 'Reader 1',
  at,
  tookMs: 1200,
  outcome,
  ...(faultCode !== undefined && { faultCode }),
  ...more,
});
const good = () => card('good');
const foreign = () => card('refused', 'card-foreign');
const aside = (code: FaultCode = 'card-management-key-refused') => card('quarantined', code);
const policy: BatchPolicy = { sameFaultInARow: 3, quarantined: 2, atOnce: ['storage-full'] };

describe('the breaker', () => {
  test.each<[string, BatchCard[], string | undefined]>([
    ['nothing ended', [], undefined],
    ['all well', [good(), good(), good()], undefined],
    ['two like faults', [foreign(), foreign()], undefined],
    ['three like faults in a row', [good(), foreign(), foreign(), foreign()], 'same-fault'],
    ['three like faults, one good between', [foreign(), foreign(), good(), foreign()], undefined],
    ['three faults, one of them another', [foreign(), card('failed', 'card-mute'), foreign()], undefined],
    ['one taken back by a person between', [foreign(), card('undone'), foreign(), foreign()], 'same-fault'],
    ['the last one good', [foreign(), foreign(), foreign(), good()], undefined],
    ['one in quarantine', [aside()], undefined],
    ['two in quarantine, others between', [aside(), good(), aside('card-quarantined')], 'quarantine'],
    ['two in quarantine, and then another fault', [aside(), aside(), foreign()], undefined],
    ['one of those that are enough', [good(), card('failed', 'storage-full')], 'at-once'],
  ])('%s', (_name, recent, why) => {
    expect(tripOf(policy, recent)?.why).toBe(why);
  });

  test('says which fault, and how often', () => {
    expect(tripOf(policy, [foreign(), foreign(), foreign()])).toEqual({
      why: 'same-fault',
      faultCode: 'card-foreign',
      count: 3,
    });
  });

  test('of the house meets a full disk once, and not a second time', () => {
    expect(tripOf(defaultBatchPolicy, [card('failed', 'storage-full')])?.why).toBe('at-once');
  });
});

describe('the record of a batch', () => {
  const ended = (one: BatchCard): BatchEntry => ({ kind: 'card-ended', card: one });
  const held: BatchEntry = {
    kind: 'held',
    hold: { why: 'same-fault', faultCode: 'card-foreign', count: 3, at },
  };
  const wentOn: BatchEntry = { kind: 'went-on', at, officerId: 'T-1' };
  const stopped: BatchEntry = { kind: 'stopped', at, officerId: 'T-1' };

  test('is what its entries add up to', () => {
    expect(batchRecordOf([])).toMatchObject({ phase: 'running', cards: [], hold: undefined });
    expect(batchRecordOf([ended(foreign()), held])).toMatchObject({ phase: 'held', hold: { count: 3 } });
    expect(batchRecordOf([held, wentOn])).toMatchObject({ phase: 'running', hold: undefined });
    expect(batchRecordOf([held, stopped]).phase).toBe('stopping');
    expect(batchRecordOf([stopped, held]).phase).toBe('stopping');
    expect(batchRecordOf([stopped, { kind: 'ended', at }])).toMatchObject({ phase: 'ended', endedAt: at });
  });

  test('counts a card that was resumed as it ended last, and the breaker anew after a person said to go on', () => {
    const stood = card('failed', 'card-removed');
    const entries = [ended(stood), ended({ ...card('good'), runId: stood.runId })];
    expect(countsOf(batchRecordOf(entries).cards)).toMatchObject({ good: 1, failed: 0 });
    expect(batchRecordOf([ended(foreign()), wentOn, ended(good())]).recent).toHaveLength(1);
    expect(batchRecordOf([ended(foreign()), wentOn, ended(good())]).cards).toHaveLength(2);
  });
});

describe('the exported table', () => {
  const place = { stationId: 'ST-1', branch: '朝阳支行', branchLatin: 'Chaoyang', training: true };
  const view = {
    batchId: 'b-1',
    work: 'prepare',
    officerId: 'T-1',
    startedAt: at,
    phase: 'ended',
    policy,
    lanes: [],
    counts: countsOf([]),
    cards: [],
  } as const;
  const csv = (cards: BatchCard[], locale: 'en' | 'zh-CN' = 'en') =>
    batchCsv({ ...view, lanes: [], cards: [] }, cards, place, locale);

  test('has a line for each card, in words and codes, in both languages', () => {
    const cards = [card('good', undefined, { serial: '00123', kind: 'sim' }), foreign()];
    expect(csv(cards).split('\r\n').slice(6, 9)).toEqual([
      'No.,Time,Reader,Medium,Serial,Result,Outcome,Fault,Took (ms),Report number',
      `1,${at},Reader 1,SIM,00123,Prepared,good,,1200,${cards[0]?.runId}`,
      `2,${at},Reader 1,,,Not suited,refused,card-foreign,1200,${cards[1]?.runId}`,
    ]);
    expect(csv(cards, 'zh-CN')).toContain('已备好');
    expect(csv(cards)).toContain('TRAINING');
  });

  test('lets no serial be a formula, and keeps commas and quotes', () => {
    expect(csv([card('good', undefined, { serial: '=1+1' })])).toContain(",'=1+1,");
    expect(csv([card('good', undefined, { serial: 'a,"b"' })])).toContain(',"a,""b""",');
  });
});
