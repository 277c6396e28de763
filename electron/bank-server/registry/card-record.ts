import { hash } from 'node:crypto';
import type { CardRecord } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Database } from '../store/store.ts';
import type { CardRow, CertificateRow, RegistrationRow } from '../store/tables.ts';

/** Everything the bank knows of one card, as rows. */
export interface CardFile {
  readonly card: CardRow;
  readonly customerName: string;
  readonly certificate: (CertificateRow & { readonly der: string; readonly sha256: string }) | undefined;
  readonly registration: RegistrationRow;
}

export const readCardFile = async (db: Database, cardId: string): Promise<Result<CardFile>> => {
  const card = await db.selectFrom('cards').selectAll().where('card_id', '=', cardId).executeTakeFirst();
  if (card === undefined) return fail('card-unknown', { cardId });
  const [customer, registration] = [
    await db
      .selectFrom('customers')
      .select('name')
      .where('customer_id', '=', card.customer_id)
      .executeTakeFirstOrThrow(),
    await db.selectFrom('registrations').selectAll().where('card_id', '=', cardId).executeTakeFirstOrThrow(),
  ];
  return ok({
    card,
    customerName: customer.name,
    certificate: await newestCertificate(db, cardId),
    registration,
  });
};

/** The newest one that the CA has signed for this card. */
export const newestCertificate = async (db: Database, cardId: string): Promise<CardFile['certificate']> => {
  const row = await db
    .selectFrom('certificates')
    .selectAll()
    .where('card_id', '=', cardId)
    .where('state', '!=', 'requested')
    .orderBy('not_before', 'desc')
    .executeTakeFirst();
  // `requested` is the only state without them, and it was left out
  return row?.der
    ? { ...row, der: row.der, sha256: hash('sha256', Buffer.from(row.der, 'base64')) }
    : undefined;
};

/** The same in the words of the API. */
export const cardRecordOf = ({ card, customerName, certificate, registration }: CardFile): CardRecord => ({
  cardId: card.card_id,
  customerId: card.customer_id,
  customerName,
  medium: { kind: card.medium_kind, identity: card.medium_identity, serial: card.medium_serial },
  slot: card.slot,
  state: card.state,
  ...(certificate && {
    certificate: {
      serial: certificate.serial,
      subject: certificate.subject,
      notBefore: certificate.not_before,
      notAfter: certificate.not_after,
      sha256: certificate.sha256,
      publicKeySha256: certificate.public_key_sha256,
      state: certificate.state,
      ...(certificate.reason !== null && { reason: certificate.reason }),
    },
  }),
  registration: {
    state: registration.state,
    since: registration.since,
    ...(registration.reason !== null && { reason: registration.reason }),
  },
  ...(card.client_version !== null && { clientVersion: card.client_version }),
  officerId: card.officer_id,
  stationId: card.station_id,
  createdAt: card.created_at,
  updatedAt: card.updated_at,
});

export const readCardRecord = async (db: Database, cardId: string): Promise<Result<CardRecord>> => {
  const file = await readCardFile(db, cardId);
  return file.ok ? ok(cardRecordOf(file.value)) : file;
};
