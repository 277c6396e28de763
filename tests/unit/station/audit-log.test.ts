import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditAnchor, type AuditAnchor } from '../../../electron/station/audit/audit-anchor.ts';
import { openAuditLog, type AuditLog } from '../../../electron/station/audit/audit-log.ts';
import { canonicalJson } from '../../../electron/station/audit/canonical-json.ts';
import { ok } from '../../../electron/shared/result/index.ts';
import {
  anchorFile,
  openStationDatabase,
  type StationDatabase,
} from '../../../electron/station/journal/station-database.ts';
import { must } from '../../harness/start-station.ts';

let folder: string;
let database: StationDatabase;
let anchor: AuditAnchor;
let log: AuditLog;
let clock: Date;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-audit-'));
  database = must(openStationDatabase(folder));
  anchor = auditAnchor(anchorFile(folder));
  clock = new Date('2026-11-20T08:00:00Z');
  log = openAuditLog({ database, anchor, now: () => clock });
});
afterEach(() => {
  log.close();
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Six records of two officers, two cards and one run. */
function fill(): void {
  must(
    database.write(() => {
      must(
        log.append({
          event: 'officer.signed-in',
          outcome: 'ok',
          officerId: 'lina',
          data: { role: 'teller' },
        }),
      );
      const run = { runId: 'r1', officerId: 'lina', customerId: 'C-1', outcome: 'ok' } as const;
      must(log.append({ ...run, event: 'run.started', data: { workflow: 'issue-card' } }));
      must(
        log.append({
          ...run,
          event: 'step.failed',
          outcome: 'failed',
          step: 'enrol',
          faultCode: 'bank-timeout',
        }),
      );
      must(log.append({ ...run, event: 'step.done', step: 'enrol', cardId: 'CW-7K3M', serial: '12345678' }));
      const done = { workflow: 'issue-card', outcome: 'done', tookMs: 42_000 };
      must(log.append({ ...run, event: 'run.completed', cardId: 'CW-7K3M', data: done }));
      must(log.append({ event: 'card.inspected', outcome: 'ok', officerId: 'zhaomin', cardId: 'CW-9999' }));
      return ok();
    }),
  );
}

const verdict = async () => {
  const { intact, brokenAt, records } = must(await log.verify());
  return { intact, brokenAt, records };
};

describe('the chain', () => {
  test('an untouched log is intact, also an empty one and over more than one chunk', async () => {
    expect(await verdict()).toEqual({ intact: true, brokenAt: undefined, records: 0 });
    fill();
    expect(await verdict()).toEqual({ intact: true, brokenAt: undefined, records: 6 });
    must(
      database.write(() => {
        for (let n = 0; n < 4100; n++)
          must(log.append({ event: 'run.resumed', outcome: 'ok', runId: `r${n}` }));
        return { ok: true, value: undefined };
      }),
    );
    expect(await verdict()).toEqual({ intact: true, brokenAt: undefined, records: 4106 });
  });

  test.each([
    ['at', "UPDATE audit SET at = '2026-11-20T09:00:00.000Z' WHERE sequence = 3"],
    ['officer', "UPDATE audit SET officer_id = 'wangqiang' WHERE sequence = 3"],
    ['event', "UPDATE audit SET event = 'step.done' WHERE sequence = 3"],
    ['outcome', "UPDATE audit SET outcome = 'ok' WHERE sequence = 3"],
    ['outcome to what is none', "UPDATE audit SET outcome = 'maybe' WHERE sequence = 3"],
    ['run', 'UPDATE audit SET run_id = NULL WHERE sequence = 3'],
    ['step', "UPDATE audit SET step = 'prove' WHERE sequence = 3"],
    ['customer', "UPDATE audit SET customer_id = 'C-2' WHERE sequence = 3"],
    ['fault', 'UPDATE audit SET fault_code = NULL WHERE sequence = 3'],
    ['data', `UPDATE audit SET data = '{"definite":true}' WHERE sequence = 3`],
    ['data to what is none', "UPDATE audit SET data = '' WHERE sequence = 3"],
    ['hash', 'UPDATE audit SET hash = zeroblob(32) WHERE sequence = 3'],
    ['deletion', 'DELETE FROM audit WHERE sequence = 3'],
    [
      'deletion with renumbering',
      'DELETE FROM audit WHERE sequence = 3; UPDATE audit SET sequence = sequence - 1 WHERE sequence > 3',
    ],
    [
      'order',
      'UPDATE audit SET sequence = 99 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE sequence = 4; UPDATE audit SET sequence = 4 WHERE sequence = 99',
    ],
  ])('a change is found at its record: %s', async (_, sql) => {
    fill();
    database.db.exec(sql);
    expect(await verdict()).toMatchObject({ intact: false, brokenAt: 3 });
  });

  test('a shortened log is found by the head row', async () => {
    fill();
    database.db.exec('DELETE FROM audit WHERE sequence > 4');
    expect(await verdict()).toMatchObject({ intact: false, brokenAt: 5 });
  });

  test('and by the anchor file when the head row was corrected too', async () => {
    fill();
    database.db.exec(
      'DELETE FROM audit WHERE sequence > 4; UPDATE audit_head SET records = 4, hash = (SELECT hash FROM audit WHERE sequence = 4)',
    );
    expect(await verdict()).toMatchObject({ intact: false, brokenAt: 5 });
  });

  test.each([
    ['taken away', (file: string) => rmSync(file)],
    ['made unreadable', (file: string) => writeFileSync(file, 'nothing')],
  ])('an anchor that was %s does not pass', async (_, spoil) => {
    fill();
    spoil(anchorFile(folder));
    expect(await verdict()).toMatchObject({ intact: false });
  });

  test('a log written anew from the first record is found by the anchor of the old one', async () => {
    fill();
    const before = anchor.read();
    database.db.exec('DELETE FROM audit; DELETE FROM audit_head');
    for (let n = 0; n < 6; n++) must(log.append({ event: 'run.resumed', outcome: 'ok' }));
    if (typeof before === 'object') anchor.write(before);
    expect(await verdict()).toMatchObject({ intact: false, brokenAt: 6 });
  });

  test('a record that could not be committed leaves no trace in chain and anchor', async () => {
    fill();
    database.write(() => {
      must(log.append({ event: 'run.resumed', outcome: 'ok' }));
      return { ok: false, fault: { code: 'storage-full', data: {} } };
    });
    expect(anchor.read()).toMatchObject({ records: 6 });
    expect(await verdict()).toEqual({ intact: true, brokenAt: undefined, records: 6 });
  });
});

describe('what a record may say', () => {
  test('data that the event does not name is refused, and so is what looks like prose', () => {
    const append = (data: object) => () => log.append({ event: 'officer.signed-in', outcome: 'ok', data });
    expect(append({ password: 'training-teller' })).toThrow();
    expect(append({ role: 'x'.repeat(121) })).toThrow();
    expect(append({ role: 'a "quoted" <text>' })).toThrow();
    expect(must(log.search({}, { limit: 10 })).total).toBe(0);
  });
});

describe('searching', () => {
  beforeEach(fill);
  const found = (filter: Parameters<AuditLog['search']>[0]) => {
    const { records, total } = must(log.search(filter, { limit: 10 }));
    expect(total).toBe(records.length);
    return records.map(({ sequence }) => sequence);
  };

  test('newest first, page by page', () => {
    const first = must(log.search({}, { limit: 4 }));
    expect(first.records.map(({ sequence }) => sequence)).toEqual([6, 5, 4, 3]);
    const second = must(log.search({}, { limit: 4, before: 3 }));
    expect(second.records.map(({ sequence }) => sequence)).toEqual([2, 1]);
    expect(second.total).toBe(6);
  });

  test('by each filter, and by several at once', () => {
    expect(found({ officerId: 'zhaomin' })).toEqual([6]);
    expect(found({ customerId: 'C-1' })).toEqual([5, 4, 3, 2]);
    expect(found({ cardId: 'CW-7K3M' })).toEqual([5, 4]);
    expect(found({ runId: 'r1', outcome: 'failed' })).toEqual([3]);
    expect(found({ event: 'step.done' })).toEqual([4]);
    expect(found({ from: '2026-11-20T08:00:01Z' })).toEqual([]);
    expect(found({ from: '2026-11-20T08:00:00Z', to: '2026-11-20T08:00:01Z' })).toHaveLength(6);
  });

  test('by any part of an id, serial, event or fault code; operators of the search language are plain text', () => {
    expect(found({ text: '3456' })).toEqual([4]);
    expect(found({ text: 'timeout' })).toEqual([3]);
    expect(found({ text: 'zh' })).toHaveLength(6);
    expect(found({ text: 'lina OR zhaomin' })).toEqual([]);
    expect(found({ text: '"*"' })).toEqual([]);
    expect(found({ text: "'; DROP TABLE audit" })).toEqual([]);
  });

  test('the story of a card is that of its runs', () => {
    expect(must(log.story('CW-7K3M')).map(({ sequence }) => sequence)).toEqual([2, 3, 4, 5]);
  });

  test('the summary counts by day and step', () => {
    const { days, failuresByStep, medianTookMs } = must(log.summary(2));
    expect(days).toHaveLength(2);
    expect(days[1]).toMatchObject({ issued: 1, failed: 1 });
    expect(failuresByStep).toEqual([{ step: 'enrol', count: 1 }]);
    expect(medianTookMs).toBe(42_000);
  });
});

describe('canonical JSON', () => {
  test('one text whatever the order of keys', () => {
    const text = '{"a":[1,"x",null],"b":{"c":true,"d":"é"}}';
    expect(canonicalJson({ b: { d: 'é', c: true }, a: [1, 'x', null], e: undefined })).toBe(text);
  });
  test('what JSON does not know is a bug', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow();
    expect(() => canonicalJson({ a: 1n })).toThrow();
  });
});
