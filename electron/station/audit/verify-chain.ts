import { setImmediate as others } from 'node:timers/promises';
import type { AuditVerification } from '../../shared/contract/index.ts';
import { ok, type Result } from '../../shared/result/index.ts';
import type { StationDatabase } from '../journal/station-database.ts';
import { growingTree } from '../../shared/codec/merkle/index.ts';
import { sha256, type AnchoredHead } from './anchor-at-bank.ts';
import type { Anchor, AuditAnchor } from './audit-anchor.ts';
import { chainHash, genesisHash } from './audit-chain.ts';
import { chainedFrom, type AuditRow } from './audit-row.ts';

const chunk = 500;

/**
 * Follows the chain from the genesis constant to its head. Finds a record that was changed, taken out,
 * put in or moved (its hash does not follow), a table that was cut short (the head row and the
 * anchor file know more records than there are), and a chain that was rewritten as a whole with both of
 * them (the bank has signed another one).
 */
export async function verifyChain(
  { db, read }: StationDatabase,
  anchor: AuditAnchor,
  now: () => Date,
  signed?: AnchoredHead,
): Promise<Result<AuditVerification>> {
  const select = db.prepare<[number, number], AuditRow>(
    'SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?',
  );
  const selectHead = db.prepare<[], { records: number; hash: Buffer }>(
    'SELECT records, hash FROM audit_head',
  );
  const anchored = anchor.read();
  let last = 0;
  let hash: Buffer = genesisHash;
  let hashAtAnchor: Buffer | undefined =
    isAnchor(anchored) && anchored.records === 0 ? genesisHash : undefined;

  const tree = growingTree(sha256);
  let rootAtBank: Uint8Array | undefined;

  const verdict = (brokenAt?: number, bankHasAnother?: true): Result<AuditVerification> =>
    ok({
      intact: brokenAt === undefined,
      records: last,
      verifiedAt: now().toISOString(),
      headHash: hash.toString('hex'),
      ...(signed && { anchored: signed.records }),
      ...(brokenAt === undefined ? {} : { brokenAt }),
      ...(bankHasAnother && { bankHasAnother }),
    });

  for (;;) {
    const rows = read(() => select.all(last, chunk));
    if (!rows.ok) return rows;
    for (const row of rows.value) {
      if (row.sequence !== last + 1) return verdict(last + 1);
      const record = chainedFrom(row);
      const expected = record && chainHash(hash, record);
      if (!expected?.equals(row.hash)) return verdict(row.sequence);
      hash = expected;
      last = row.sequence;
      if (signed && last <= signed.records) tree.append(hash);
      if (last === signed?.records) rootAtBank = tree.root();
      if (isAnchor(anchored) && anchored.records === last) hashAtAnchor = hash;
    }
    if (rows.value.length < chunk) break;
    await others();
  }

  // The last chunk and the head are read without another record coming between them.
  const head = read(() => selectHead.get());
  if (!head.ok) return head;
  const known = head.value ?? { records: 0, hash: genesisHash };
  if (known.records !== last || !known.hash.equals(hash)) return verdict(Math.min(known.records, last) + 1);
  if (last > 0 && !isAnchor(anchored)) return verdict(last + 1);
  if (isAnchor(anchored)) {
    if (anchored.records > last) return verdict(last + 1);
    if (hashAtAnchor?.toString('hex') !== anchored.headHash) return verdict(anchored.records);
  }
  if (signed) {
    if (signed.records > last) return verdict(last + 1, true);
    if (rootAtBank === undefined || !Buffer.from(rootAtBank).equals(signed.root))
      return verdict(signed.records, true);
  }
  return verdict();
}

const isAnchor = (anchored: Anchor | 'unreadable' | undefined): anchored is Anchor =>
  typeof anchored === 'object';
