import type { FastifyRequest } from 'fastify';
import { TLSSocket } from 'node:tls';
import type { KeyAlgorithm } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { checkUsable } from '../authentication/check-assertion.ts';
import { findCertificate } from '../authority/certificates.ts';
import type { Enrol } from '../authority/enrol.ts';
import type { Bank } from '../bank.ts';
import type { ApiCall } from '../http/api-call.ts';
import { readCardFile, type CardFile } from '../registry/card-record.ts';
import type { CertificateRow } from '../store/tables.ts';

/** What the rooms of this server share. */
export interface OnlineRoom {
  readonly bank: Bank;
  /** Of the keys that this bank has made online. */
  readonly algorithm: KeyAlgorithm;
  readonly enrol: Enrol;
}

/** Who does it, in the transition table: the customer, at their own terminal. */
export const ONLINE = 'online';
export const CUSTOMER = 'customer';

/** A request as the registry's handlers see one; nothing is remembered for a second time. */
export const callOf = ({ bank }: OnlineRoom, request: FastifyRequest): ApiCall<never> => ({
  station: { stationId: ONLINE },
  requestId: request.id,
  now: bank.clock(),
  commit: (work) => bank.store.transaction(work),
});

export interface CardHolder {
  readonly file: CardFile & { readonly certificate: CertificateRow & { readonly der: string } };
  /** The certificate of this connection; the newest of its card. */
  readonly certificate: CertificateRow & { readonly der: string };
}

/**
 * Who is behind the client certificate of this connection, whose key TLS has checked (S2, 604). Faults:
 * certificate-unknown, certificate-revoked, certificate-expired, registration-void, registration-inactive.
 */
export const cardHolderOf = async (
  { bank }: OnlineRoom,
  request: FastifyRequest,
): Promise<Result<CardHolder>> => {
  const { socket } = request.raw;
  if (!(socket instanceof TLSSocket)) return fail('certificate-unknown', { reason: 'none' });
  // Without a certificate it is an empty object.
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  if (raw === undefined) return fail('certificate-unknown', { reason: 'none' });
  return holderOf(bank, raw);
};

/** The holder of exactly this certificate, if it is the card's newest and may be used now. */
export const holderOf = async (bank: Bank, der: Buffer): Promise<Result<CardHolder>> => {
  const row = await findCertificate(bank.store.db, der);
  if (row === undefined || row.card_id === null) return fail('certificate-unknown');
  const file = await readCardFile(bank.store.db, row.card_id);
  if (!file.ok) return fail('certificate-unknown');
  const usable = checkUsable(file.value, row, bank.clock());
  if (!usable.ok) return usable;
  const { certificate } = file.value;
  if (certificate?.serial !== row.serial) return fail('certificate-revoked', { cardId: row.card_id });
  return ok({ file: { ...file.value, certificate }, certificate });
};

export const whoIs = async (bank: Bank, { file, certificate }: CardHolder) => {
  const { card, customerName } = file;
  const { login_name: loginName } = await bank.store.db
    .selectFrom('customers')
    .select('login_name')
    .where('customer_id', '=', card.customer_id)
    .executeTakeFirstOrThrow();
  return {
    cardId: card.card_id,
    customerId: card.customer_id,
    customerName,
    loginName,
    certificateSerial: certificate.serial,
    algorithm: card.algorithm,
  };
};
