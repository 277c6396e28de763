import { sign, X509Certificate } from 'node:crypto';
import Database from 'better-sqlite3';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BankClient } from '../../../electron/station/bank/bank-client.ts';
import { bankAnchor, headFrom, type BankAnchor } from '../../../electron/station/audit/anchor-at-bank.ts';
import { auditAnchor } from '../../../electron/station/audit/audit-anchor.ts';
import { chainHash, genesisHash } from '../../../electron/station/audit/audit-chain.ts';
import { openAuditLog } from '../../../electron/station/audit/audit-log.ts';
import { chainedFrom, type AuditRow } from '../../../electron/station/audit/audit-row.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import { anchorFile, openStationDatabase } from '../../../electron/station/journal/station-database.ts';
import { encodeTreeHead } from '../../../electron/shared/codec/merkle/index.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { must, startTestStation } from '../../harness/start-station.ts';

/*
 * Whoever owns the station's disk can rewrite the whole chain with its head and its anchor file. What the
 * bank has signed they cannot rewrite.
 */

let bank: TestBank;
let folder: string;
beforeEach(async () => {
  bank = await startBank();
  folder = mkdtempSync(join(tmpdir(), 'cardwright-anchored-'));
}, 60_000);
afterEach(async () => {
  await bank.stop();
  rmSync(folder, { recursive: true, force: true });
});

const verification = async () => {
  const station = await startTestStation({ bank, folder, isAnchored: true });
  try {
    const manager = await station.window('manager');
    return must(await manager.call('audit.verify', {}));
  } finally {
    await station.stop();
  }
};

/** Makes a chain of its own of the records that `keep` leaves, correct in itself down to the anchor file. */
function rewrite(keep: (row: AuditRow) => AuditRow | undefined): void {
  const data = join(folder, 'data');
  const db = new Database(join(data, 'station.sqlite'));
  const rows = db.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY sequence').all();
  db.exec('DELETE FROM audit');
  const columns = Object.keys(rows[0] ?? {});
  const insert = db.prepare(
    `INSERT INTO audit (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})`,
  );
  let hash: Buffer = genesisHash;
  let sequence = 0;
  for (const row of rows.map(keep)) {
    if (!row) continue;
    sequence += 1;
    const moved = { ...row, sequence };
    hash = chainHash(hash, chainedFrom(moved)!);
    insert.run({ ...moved, hash });
  }
  db.prepare('UPDATE audit_head SET records = ?, hash = ?').run(sequence, hash);
  db.close();
  const anchor = auditAnchor(anchorFile(data));
  anchor.write({ records: sequence, headHash: hash.toString('hex') });
  anchor.close();
}

describe('the log at the bank', () => {
  test('is signed for up to where it was when asked, also over a restart', async () => {
    const first = await verification();
    expect(first).toMatchObject({ intact: true, anchored: expect.any(Number) as number });
    expect(first.anchored).toBeGreaterThan(2);
    const second = await verification();
    expect(second.intact).toBe(true);
    expect(second.anchored).toBeGreaterThan(first.anchored ?? 0);
  });

  test('shows a chain that was rewritten as a whole, and the station says so in the log itself', async () => {
    const { anchored = 0 } = await verification();
    rewrite((row) => (row.sequence === 2 ? { ...row, officer_id: 'somebody' } : row));
    expect(await verification()).toMatchObject({ intact: false, brokenAt: anchored });
    const station = await startTestStation({ bank, folder, isAnchored: true });
    const manager = await station.window('manager');
    const found = must(
      await manager.call('audit.search', { filter: { event: 'audit.contradicted' }, limit: 9 }),
    );
    expect(found.records).toMatchObject([{ outcome: 'failed', faultCode: 'audit-chain-broken' }]);
    await station.stop();
  });

  test('shows one that was cut short', async () => {
    await verification();
    rewrite((row) => (row.sequence <= 2 ? row : undefined));
    expect(await verification()).toMatchObject({ intact: false });
  });

  test('is looked at without the bank too', async () => {
    await verification();
    await bank.server.stop();
    const { intact, anchored } = await verification();
    expect({ intact, anchored }).toEqual({ intact: true, anchored: undefined });
  }, 60_000);
});

describe('what the bank answers', () => {
  const withAnchor = async (
    change: (client: BankClient) => BankClient,
    use: (
      anchor: BankAnchor,
      contradictions: number[],
      append: (records: number) => void,
    ) => Promise<void> | void,
  ) => {
    const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
    const client = httpsBankClient({
      origin: bank.server.apiOrigin,
      key: read('station.key.pem'),
      certificate: read('station.cert.pem'),
      bankCa: read('bank-ca.pem'),
    });
    const database = must(openStationDatabase(join(folder, 'other')));
    const log = openAuditLog({
      database,
      anchor: auditAnchor(anchorFile(join(folder, 'other'))),
      now: () => new Date(),
    });
    const contradictions: number[] = [];
    const anchor = bankAnchor({
      database,
      bank: change(client),
      bankCas: () => [new X509Certificate(read('bank-ca.pem'))],
      isConnected: () => true,
      everyMs: 3_600_000,
      onContradiction: (record) => contradictions.push(record),
    });
    const append = (records: number) =>
      must(
        database.write(() => {
          for (let at = 0; at < records; at++) must(log.append({ event: 'run.resumed', outcome: 'ok' }));
          return ok();
        }),
      );
    await use(anchor, contradictions, append);
    anchor.stop();
    log.close();
    database.close();
    client.close();
  };

  test(
    'is asked for in parts of two thousand',
    () =>
      withAnchor(
        (client) => client,
        async (anchor, contradictions, append) => {
          append(4500);
          expect(must(await anchor.send()).records).toBe(4500);
          append(1);
          const [one, other] = await Promise.all([anchor.send(), anchor.send()]);
          expect(must(one)).toBe(must(other));
          expect(anchor.head()?.records).toBe(4501);
          expect(contradictions).toEqual([]);
        },
      ),
    60_000,
  );

  test('must be signed by the bank', () =>
    withAnchor(
      (client) => ({
        ...client,
        call: async (name, ...rest) => {
          const answer = await client.call(name, ...rest);
          if (!answer.ok || name !== 'anchorAudit') return answer;
          const head = answer.value as { size: number };
          return ok({ ...answer.value, size: head.size + 1 });
        },
      }),
      async (anchor, contradictions, append) => {
        append(3);
        expect(await anchor.send()).toMatchObject({ fault: { code: 'bank-bad-answer' } });
        expect(anchor.head()).toBeUndefined();
        expect(contradictions).toEqual([]);
      },
    ));

  test('is nothing that a key signed to which the same CA gave another certificate', () => {
    const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
    const head = { time: Date.now(), size: 3, root: new Uint8Array(32) };
    const signed = {
      ...head,
      root: Buffer.from(head.root).toString('base64'),
      signature: sign('sha256', encodeTreeHead(head), read('station.key.pem')).toString('base64'),
      certificate: new X509Certificate(read('station.cert.pem')).raw.toString('base64'),
    };
    expect(headFrom(signed, [new X509Certificate(read('bank-ca.pem'))])).toMatchObject({
      fault: { code: 'bank-bad-answer' },
    });
  });

  test('may be lost: the next time sends the same', () => {
    let lost = 0;
    return withAnchor(
      (client) => ({
        ...client,
        call: async (name, ...rest) => {
          const answer = await client.call(name, ...rest);
          return name === 'anchorAudit' && lost++ === 0 ? fail('bank-timeout', {}) : answer;
        },
      }),
      async (anchor, contradictions, append) => {
        append(5);
        expect(await anchor.send()).toMatchObject({ fault: { code: 'bank-timeout' } });
        append(2);
        expect(must(await anchor.send()).records).toBe(7);
        expect(contradictions).toEqual([]);
      },
    );
  });
});
