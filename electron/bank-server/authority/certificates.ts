import { createHash } from 'node:crypto';
import { signCrl } from '../ca/sign-crl.ts';
import type { Bank } from '../bank.ts';
import type { Database } from '../store/store.ts';
import type { CertificateRow } from '../store/tables.ts';

/** The record of exactly these bytes; undefined when this bank never issued them. */
export const findCertificate = async (db: Database, der: Uint8Array): Promise<CertificateRow | undefined> => {
  const row = await db
    .selectFrom('certificates')
    .selectAll()
    .where('sha256', '=', createHash('sha256').update(der).digest('hex'))
    .executeTakeFirst();
  // byte for byte: the hash only finds it
  return row?.der && Buffer.from(row.der, 'base64').equals(der) ? row : undefined;
};

export const isValidNow = (row: CertificateRow, now: Date): boolean =>
  row.state === 'issued' && row.not_before <= now.toISOString() && now.toISOString() < row.not_after;

/** The certificate list as of now; DER. Its number counts minutes, so that it grows on every server process alike. */
export const currentCrl = async (bank: Bank): Promise<Buffer> => {
  const now = bank.clock();
  const rows = await bank.store.db
    .selectFrom('certificates')
    .select(['serial', 'state', 'revoked_at', 'reason'])
    .where('state', 'in', ['revoked', 'on-hold'])
    .orderBy('revoked_at')
    .execute();
  const revocations = rows.map((row) => ({
    serial: row.serial,
    at: new Date(row.revoked_at ?? now),
    reason: row.state === 'on-hold' ? 'on-hold' : (row.reason ?? ''),
  }));
  const nextUpdate = new Date(now.getTime() + 24 * 3_600_000);
  return signCrl(revocations, Math.floor(now.getTime() / 60_000), now, nextUpdate, bank.authority.issuer);
};
