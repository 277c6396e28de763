import { createHash } from 'node:crypto';
import type { AuditRecord } from '../../shared/contract/index.ts';
import { canonicalJson } from './canonical-json.ts';

/** Stands before the first record. */
export const genesisHash: Buffer = createHash('sha256').update('cardwright audit chain, version 1').digest();

/** Everything of a record that its hash is over: all but the hash. */
export type ChainedRecord = Omit<AuditRecord, 'hash'>;

/**
 * SHA-256(hash of the record before | canonical JSON of this one in UTF-8), 32 bytes.
 *
 *   genesis ── hash 1 ── hash 2 ── … ── head
 *              record 1  record 2
 */
export const chainHash = (
  previous: Uint8Array,
  record: { readonly [Field in keyof ChainedRecord]: unknown },
): Buffer => createHash('sha256').update(previous).update(canonicalJson(record), 'utf8').digest();
