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

/**
 * The list of one issuing key as of now: what it has signed and is revoked or held; DER. Its number counts
 * minutes, so that it grows on every server process alike. Undefined for a key that signs no list (any more).
 */
export const currentCrl = async (bank: Bank, keyId: string): Promise<Buffer | undefined> => {
  const { db } = bank.store;
  await bank.authority.issuingKeys.refresh(db);
  const [oldest] = bank.authority.issuingKeys.all();
  const key = bank.authority.issuingKeys.all().find((each) => each.keyId === keyId);
  if (key === undefined) return undefined;
  const now = bank.clock();
  const rows = await db
    .selectFrom('certificates')
    .select(['serial', 'state', 'revoked_at', 'reason'])
    .where('state', 'in', ['revoked', 'on-hold'])
    .where((e) =>
      key.links.length === 0 && key === oldest
        ? e.or([e('issuer_key_id', '=', keyId), e('issuer_key_id', 'is', null)])
        : e('issuer_key_id', '=', keyId),
    )
    .orderBy('revoked_at')
    .execute();
  const revocations = rows.map((row) => ({
    serial: row.serial,
    at: new Date(row.revoked_at ?? now),
    reason: row.state === 'on-hold' ? 'on-hold' : (row.reason ?? ''),
  }));
  const nextUpdate = new Date(now.getTime() + 24 * 3_600_000);
  const issuer = { name: bank.authority.name, signer: key.signer };
  return signCrl(revocations, Math.floor(now.getTime() / 60_000), now, nextUpdate, issuer);
};
