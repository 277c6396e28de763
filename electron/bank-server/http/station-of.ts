import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { findCertificate, isValidNow } from '../authority/certificates.ts';
import type { Bank } from '../bank.ts';
import type { CertificateRow } from '../store/tables.ts';
import type { StationIdentity } from './api-call.ts';

/**
 * The station is its certificate: TLS has checked chain and key, this checks that the CA gave exactly
 * this certificate to a station and has not revoked it since. Looked up for every request, so that a
 * revocation counts at once, also on an open connection.
 */
export const stationOf = async (bank: Bank, request: FastifyRequest): Promise<Result<StationIdentity>> => {
  const row = await peerCertificate(bank, request);
  if (row === undefined || !isStations(bank, row) || !isValidNow(row, bank.clock()))
    return fail('bank-refused-station', { reason: 'certificate' });
  const stationId = /(?:^|,)serialNumber=([\w-]+)/.exec(row.subject)?.[1];
  return stationId === undefined ? fail('bank-refused-station', { reason: 'subject' }) : ok({ stationId });
};

const isStations = ({ authority }: Bank, { profile }: CertificateRow): boolean =>
  authority.profiles.get(profile)?.stationEnrolment !== undefined;

/** The bank's record of the certificate this connection was opened with. */
export const peerCertificate = async (
  bank: Bank,
  request: FastifyRequest,
): Promise<CertificateRow | undefined> => {
  const { socket } = request.raw;
  const certificate = socket instanceof TLSSocket && socket.authorized ? certificateOf(socket) : undefined;
  return certificate && findCertificate(bank.store.db, certificate);
};

const certificates = new WeakMap<TLSSocket, Buffer>();

/** DER. A connection keeps the certificate that it was opened with: there is no renegotiation here. */
const certificateOf = (socket: TLSSocket): Buffer | undefined => {
  const known = certificates.get(socket) ?? socket.getPeerX509Certificate()?.raw;
  if (known !== undefined) certificates.set(socket, known);
  return known;
};
