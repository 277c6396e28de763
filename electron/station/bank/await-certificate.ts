import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { certificatesOf } from './est-answers.ts';
import type { Reply } from './https-exchange.ts';

/**
 * Sends a request until it is decided (RFC 7030, 4.2.3): a 202 says that somebody has to approve it and when to
 * ask again with the same request. Gives the certificate (DER). Fault when the next try would be later than
 * `patienceMs` allows: bank-busy {status: 202, retryAfterSeconds}.
 */
export async function awaitCertificate(
  call: string,
  patienceMs: number,
  ask: () => Promise<Result<Reply>>,
): Promise<Result<Uint8Array>> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const reply = await ask();
    if (!reply.ok) return reply;
    if (reply.value.status === 202) {
      const { retryAfterSeconds = assumedSeconds } = reply.value;
      if (performance.now() + retryAfterSeconds * 1000 > until)
        return fail('bank-busy', { status: 202, retryAfterSeconds });
      await sleep(retryAfterSeconds * 1000);
      continue;
    }
    const certificates = certificatesOf(call, reply.value);
    if (!certificates.ok) return certificates;
    const [certificate] = certificates.value;
    return certificate ? ok(certificate) : fail('bank-bad-answer', { call });
  }
}

/** RFC 7030 wants the header; who leaves it out is asked again in a minute. */
const assumedSeconds = 60;
