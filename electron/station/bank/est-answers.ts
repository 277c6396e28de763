import { problem } from '../../shared/bank-api/index.ts';
import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import { parseCertificates } from './certs-only.ts';
import type { Reply } from './https-exchange.ts';

/** A problem of the bank is its fault; anything else that is not a success is told by its status alone. */
export function refusal(call: string, { status, contentType, body }: Reply): Failed {
  if (contentType.startsWith('application/problem+json')) {
    const parsed = problem.safeParse(parseJson(body));
    return parsed.success
      ? { ok: false, fault: parsed.data.fault }
      : fail('bank-bad-answer', { call, status });
  }
  if (status === 401 || status === 403) return fail('bank-refused-station', { status });
  if (status === 429 || status === 503) return fail('bank-busy', { status });
  return status >= 500 ? fail('bank-internal-error', { status }) : fail('bank-bad-answer', { call, status });
}

/** Certificates of a certs-only answer (RFC 7030, 4.1.3 and 4.2.3), DER each. */
export function certificatesOf(call: string, reply: Reply): Result<readonly Uint8Array[]> {
  if (reply.status !== 200) return refusal(call, reply);
  if (!reply.contentType.startsWith('application/pkcs7-mime')) return fail('bank-bad-answer', { call });
  const certificates = parseCertificates(reply.body.toString('latin1'));
  return certificates ? ok(certificates) : fail('bank-bad-answer', { call });
}

/** libest wants line breaks, others one line; servers accept both (RFC 8951), and a break every 64 is the oldest habit. */
export const inLines = (der: Uint8Array): string =>
  `${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n`;

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
