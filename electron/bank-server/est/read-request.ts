import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import {
  readCertificateRequest,
  tried,
  tryCertificateRequest,
  type CertificateRequest,
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
  const der = derOf(request);
  const read = der === undefined ? 'malformed' : readCertificateRequest(der);
  if (typeof read === 'string') return refuse(read);
  return isBound(request, profile, read) ? ok(read) : refuse('channel-binding');
};

/** The same, where another core checks the signature meanwhile. */
export const tryRequest = (
  { hasCoreToSpare }: Pick<Bank, 'hasCoreToSpare'>,
  request: FastifyRequest,
  profile: CertificateProfile | undefined,
): Result<RequestOnTrial> => {
  if (!hasCoreToSpare) {
    const read = readRequest(request, profile);
    return read.ok ? ok(tried(read.value)) : read;
  }
  const der = derOf(request);
  const read = der === undefined ? 'malformed' : tryCertificateRequest(der);
  if (typeof read === 'string') return refuse(read);
  return isBound(request, profile, read.request) ? ok(read) : refuse(read.flaw() ?? 'channel-binding');
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
