import type { X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locale } from '../../shared/contract/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { AuditLog } from './audit-log.ts';
import { evidenceFiles, sha256Of, type EvidencePlace } from './evidence-files.ts';

export interface EvidenceTools {
  readonly audit: AuditLog;
  readonly bankCas: () => readonly X509Certificate[];
  readonly place: EvidencePlace;
  /** Where exports are written to. */
  readonly receiptFolder: string;
  now(): Date;
}

export interface EvidenceOrder {
  readonly sequence: number;
  readonly locale: Locale;
  readonly officerId: string | undefined;
}

/**
 * Writes the evidence of one record into a folder of its own, and into the log that it was written.
 * Faults: those of `evidenceFiles`, storage-full {path}, those of the log.
 * @returns the folder, and the SHA-256 of its SHA256SUMS
 */
export function exportEvidence(
  { audit, bankCas, place, receiptFolder, now }: EvidenceTools,
  { sequence, locale, officerId }: EvidenceOrder,
): Result<{ path: string; sha256: string }> {
  const record = audit.record(sequence);
  if (!record.ok) return record;
  const files = evidenceFiles(record.value, bankCas(), place, locale);
  if (!files.ok) return files;
  const sums = files.value.at(-1);
  if (!sums) return fail('internal-error');
  const prefix = place.training ? 'TRAINING-' : '';
  const path = join(receiptFolder, `${prefix}evidence-${sequence.toString()}-${now().getTime().toString()}`);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    for (const { name, bytes } of files.value) writeFileSync(join(path, name), bytes, { mode: 0o600 });
  } catch {
    return fail('storage-full', { path });
  }
  const sha256 = sha256Of(sums.bytes);
  const written = audit.append({
    event: 'evidence.exported',
    outcome: 'ok',
    officerId,
    data: { record: sequence, sha256 },
  });
  return written.ok ? ok({ path, sha256 }) : written;
}
