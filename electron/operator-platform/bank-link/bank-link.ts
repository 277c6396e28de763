import type { z } from 'zod';
import { problem } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { PartnerBank } from '../operator.ts';
import { postJson, type ClientIdentity } from './post-json.ts';

/** The way to a bank. */
export interface BankLink {
  /**
   * Posts and waits for the answer. Faults: those the bank gives; bank-unreachable and bank-timeout, after which
   * nobody knows whether the bank has got it; bank-bad-answer.
   */
  post<T>(bank: PartnerBank, path: string, body: unknown, reply: z.ZodType<T>): Promise<Result<T>>;
}

/** HTTPS with TLS 1.3 and certificates on both sides. */
export const httpsBankLink = (identity: ClientIdentity, timeoutMs: number): BankLink => ({
  async post(bank, path, body, reply) {
    const answer = await postJson(identity, bank.trusted, `${bank.origin}${path}`, body, timeoutMs);
    if (answer === 'timeout') return fail('bank-timeout');
    if (answer === 'unreachable') return fail('bank-unreachable');
    if (answer.status === 200) {
      const parsed = reply.safeParse(answer.body);
      return parsed.success ? ok(parsed.data) : fail('bank-bad-answer');
    }
    const refused = problem.safeParse(answer.body);
    return refused.success ? { ok: false, fault: refused.data.fault } : fail('bank-bad-answer');
  },
});
