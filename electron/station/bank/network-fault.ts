import { fail, type Failed } from '../../shared/result/index.ts';

/** Every way a connection to the bank can fail, by what it means at the counter. The system's own word for it is kept as `reason`. */
export function networkFault(error: unknown): Failed {
  const reason = codeOf(error);
  if (reason === 'ETIMEDOUT' || reason === 'ESOCKETTIMEDOUT') return fail('bank-timeout', { reason });
  // The bank's end refused our certificate: an alert that TLS 1.3 sends after the handshake.
  if (/^ERR_SSL_.*ALERT/.test(reason)) return fail('bank-refused-station', { reason });
  if (isUntrusted(reason)) return fail('bank-untrusted', { reason });
  return fail('bank-unreachable', { reason });
}

const isUntrusted = (reason: string): boolean =>
  reason.startsWith('ERR_TLS_CERT') || reason.startsWith('ERR_SSL_') || certificateErrors.has(reason);

/** What OpenSSL's chain check says (node:tls, "X509 certificate error codes"). */
const certificateErrors = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_CHAIN_TOO_LONG',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
  'EPROTO',
]);

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return 'unknown';
}
