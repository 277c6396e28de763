import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import {
  readCertificateRequest,
  tried,
  tryCertificateRequest,
  type CertificateRequest,
  type RequestFlaw,
  type RequestOnTrial,
} from '../authority/certificate-request.ts';
import type { EnrolmentRefusal } from '../authority/enrol.ts';
import type { Bank } from '../bank.ts';
import type { CertificateProfile } from '../ca/certificate-profile.ts';
import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import { isBoundTo } from './channel-binding.ts';
import { fromBase64 } from './messages.ts';

/**
 * The PKCS#10 request in a body, its signature checked, and held against the connection it came on: a
 * challengePassword is always checked, and the profile may want one (RFC 7030, 3.5). Fault: csr-refused.
 */
export const readRequest = (
  request: FastifyRequest,
  profile: CertificateProfile | undefined,
): Result<CertificateRequest> => {
  const read = lookAt(request, profile, readNow);
  return read.ok ? ok(read.value.request) : read;
};

/** The same, where another core checks the signature meanwhile. */
export const tryRequest = (
  { hasCoreToSpare }: Pick<Bank, 'hasCoreToSpare'>,
  request: FastifyRequest,
  profile: CertificateProfile | undefined,
): Result<RequestOnTrial> => lookAt(request, profile, hasCoreToSpare ? tryCertificateRequest : readNow);

const readNow = (der: Uint8Array): RequestOnTrial | RequestFlaw => {
  const read = readCertificateRequest(der);
  return typeof read === 'string' ? read : tried(read);
};

const lookAt = (
  request: FastifyRequest,
  profile: CertificateProfile | undefined,
  read: typeof readNow,
): Result<RequestOnTrial> => {
  const der = derOf(request);
  const found = der === undefined ? 'malformed' : read(der);
  if (typeof found === 'string') return refuse(found);
  return isBound(request, profile, found.request) ? ok(found) : refuse(found.flaw() ?? 'channel-binding');
};

const derOf = ({ body }: FastifyRequest): Uint8Array | undefined =>
  typeof body === 'string' ? fromBase64(body) : undefined;

const isBound = (
  { raw }: FastifyRequest,
  profile: CertificateProfile | undefined,
  { challengePassword }: CertificateRequest,
): boolean => {
  if (challengePassword === undefined) return profile?.channelBinding !== 'required';
  return raw.socket instanceof TLSSocket && isBoundTo(raw.socket, challengePassword);
};

const refuse = (reason: EnrolmentRefusal): Failed => fail('csr-refused', { reason });
