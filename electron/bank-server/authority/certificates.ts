import { readDer, readSequence } from '../ca/read-der.ts';
import { signCrl } from '../ca/sign-crl.ts';
import type { Bank } from '../bank.ts';
import { statement } from '../store/statement.ts';
import type { Database } from '../store/store.ts';
import type { CertificateRow } from '../store/tables.ts';

/** The record of exactly these bytes; undefined when this bank never issued them. */
export const findCertificate = async (db: Database, der: Uint8Array): Promise<CertificateRow | undefined> => {
  const serial = serialOf(der);
  const row = serial === undefined ? undefined : await lookUp(db, serial);
  // byte for byte: the serial number only finds it
  return row?.der && Buffer.from(row.der, 'base64').equals(der) ? row : undefined;
};

/** Hex. Certificate ::= SEQUENCE { SEQUENCE { [0] version, INTEGER serial, … }, … }: RFC 5280, 4.1. */
const serialOf = (der: Uint8Array): string | undefined => {
  const [signed] = readSequence(der) ?? [];
  const [version, serial] = (signed?.tag === SEQUENCE ? readDer(signed.content) : undefined) ?? [];
  return version?.tag === VERSION && serial?.tag === INTEGER
    ? Buffer.from(serial.content).toString('hex')
    : undefined;
};

const [INTEGER, SEQUENCE, VERSION] = [0x02, 0x30, 0xa0] as const;

type Row = CertificateRow | undefined;

/** Of one certificate. */
interface LookUp {
  /** Not sent yet. */
  waiting: Promise<Row> | undefined;
  sent: Promise<Row> | undefined;
}

const lookUps = new WeakMap<Database, Map<string, LookUp>>();

/**
 * Asks for one certificate once at a time. Who comes meanwhile shares the next question, which is sent after they
 * came: a busy station asks all the time, and a revocation counts at once.
 */
const lookUp = (db: Database, serial: string): Promise<Row> => {
  const all = lookUps.get(db) ?? new Map<string, LookUp>();
  lookUps.set(db, all);
  const own = all.get(serial) ?? { waiting: undefined, sent: undefined };
  all.set(serial, own);
  const ask = async (): Promise<Row> => {
    await own.sent?.catch(() => undefined);
    // Two turns: who comes in together is read first.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    own.waiting = undefined;
    own.sent = selectBySerial(db, [{ serial }]).then(({ rows }) => rows[0]);
    try {
      return await own.sent;
    } finally {
      own.sent = undefined;
      if (isIdle(own)) all.delete(serial);
    }
  };
  return (own.waiting ??= ask());
};

const isIdle = ({ waiting, sent }: LookUp): boolean => waiting === undefined && sent === undefined;

const selectBySerial = statement<{ readonly serial: string }, CertificateRow>((db, wanted) =>
  db
    .selectFrom('certificates')
    .selectAll()
    .where(
      'serial',
      'in',
      wanted.map((each) => each.serial),
    ),
);

export const isValidNow = (row: CertificateRow, now: Date): boolean => {
  const time = now.toISOString();
  return row.state === 'issued' && row.not_before <= time && time < row.not_after;
};

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
    // What is neither is not in the index.
    .where('revoked_at', 'is not', null)
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
