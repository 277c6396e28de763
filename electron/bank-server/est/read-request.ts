import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { readCertificateRequest, type CertificateRequest } from '../authority/certificate-request.ts';
import type { EnrolmentRefusal } from '../authority/enrol.ts';
import type { CertificateProfile } from '../ca/certificate-profile.ts';
import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import { isBoundTo } from './channel-binding.ts';
import { fromBase64 } from './messages.ts';

/**
 * The PKCS#10 request in a body, its signature checked, and held against the connection it came on: a
 * challengePassword is always checked, and the profile may want one (RFC 7030, 3.5). Fault: csr-refused.
 */
export const readRequest = (
  { body, raw }: FastifyRequest,
  profile: CertificateProfile | undefined,
): Result<CertificateRequest> => {
  const der = typeof body === 'string' ? fromBase64(body) : undefined;
  const request = der === undefined ? 'malformed' : readCertificateRequest(der);
  if (typeof request === 'string') return refuse(request);
  const { challengePassword } = request;
  if (challengePassword === undefined)
    return profile?.channelBinding === 'required' ? refuse('channel-binding') : ok(request);
  return raw.socket instanceof TLSSocket && isBoundTo(raw.socket, challengePassword)
    ? ok(request)
    : refuse('channel-binding');
};

const refuse = (reason: EnrolmentRefusal): Failed => fail('csr-refused', { reason });
