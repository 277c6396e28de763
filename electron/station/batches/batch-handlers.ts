import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BankConnection } from '../bank/bank-connection.ts';
import type { StationHandlers } from '../station-handlers.ts';
import { batchCsv, type BatchPlace } from './batch-csv.ts';
import type { Batches } from './batches.ts';

export interface BatchRoom {
  readonly batches: Batches;
  readonly connection: BankConnection;
  readonly audit: AuditLog;
  readonly place: BatchPlace;
  /** Where exports are written to. */
  readonly receiptFolder: string;
}

type BatchCall =
  'batches.list' | 'batches.start' | 'batches.goOn' | 'batches.stop' | 'batches.setAside' | 'batches.export';

export function batchHandlers({
  batches,
  connection,
  audit,
  place,
  receiptFolder,
}: BatchRoom): StationHandlers<BatchCall> {
  const done = (result: Result<unknown>): Result<Record<string, never>> => (result.ok ? ok({}) : result);
  return {
    'batches.list': ({ limit }) => {
      const listed = batches.list(limit);
      return listed.ok ? ok({ batches: listed.value }) : listed;
    },

    'batches.start': async ({ work, readers, reason }, { officerId = '' }) => {
      if (work === 'wipe' && reason === undefined) return fail('bad-input', { fields: 'reason' });
      const ready = await connection.ready();
      if (!ready.ok) return ready;
      const { bankId } = ready.value;
      const started = batches.start({ work, readers, reason, officerId, bankId });
      return started.ok ? ok({ batchId: started.value.batchId }) : started;
    },

    'batches.goOn': ({ batchId }, { officerId = '' }) => done(batches.goOn(batchId, officerId)),
    'batches.stop': ({ batchId }, { officerId = '' }) => done(batches.stop(batchId, officerId)),
    'batches.setAside': ({ batchId, reader }) => done(batches.setAside(batchId, reader)),

    'batches.export': ({ batchId, locale }, { officerId }) => {
      const batch = batches.find(batchId);
      if (!batch.ok) return batch;
      const cards = batches.cards(batchId);
      if (!cards.ok) return cards;
      const text = batchCsv(batch.value, cards.value, place, locale);
      const sha256 = createHash('sha256').update(text).digest('hex');
      const name = `${place.training ? 'TRAINING-' : ''}batch-${batchId.slice(0, 8)}-${locale}.csv`;
      const path = join(receiptFolder, name);
      const written = writeFile(receiptFolder, path, text);
      if (!written.ok) return written;
      // Whoever holds the file later can show by the log that it is the one that was written.
      const recorded = audit.append({
        event: 'batch.exported',
        outcome: 'ok',
        officerId,
        runId: batchId,
        data: { sha256, cards: cards.value.length },
      });
      return recorded.ok ? ok({ path, sha256 }) : recorded;
    },
  };
}

function writeFile(folder: string, path: string, text: string): Result<void> {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    return ok();
  } catch {
    return fail('storage-full', { path });
  }
}
