import { z } from 'zod';
import { customer, customerSummary } from '../../shared/domain/index.ts';
import { fail, ok, type Failed } from '../../shared/result/index.ts';
import type { Partner, PartnerAnswer } from '../http/open-partner.ts';
import { keepCustomer } from '../registry/customers.ts';
import type { Store } from '../store/store.ts';
import type { CoreBanking } from './core-banking.ts';
import { pinBlock } from './pin-block.ts';

const found = z.object({
  customers: z.array(customerSummary).max(100),
  next: z.string().max(1000).optional(),
});
const checked = z.union([
  z.object({ right: z.literal(true) }),
  z.object({ right: z.literal(false), triesLeft: z.number().int().nonnegative() }),
]);

/**
 * A core system over HTTPS; resources/docs/bank-server.md has its three requests. The customer as last read
 * is kept in the bank server's own tables, because cards refer to it: who it is, never the PIN.
 */
export const httpCoreBanking = (partner: Partner, store: Store, pinKey: Buffer): CoreBanking => ({
  async findCustomers(query, { cursor, most }) {
    const search = new URLSearchParams({
      query,
      limit: String(most),
      ...(cursor !== undefined && { cursor }),
    });
    const answer = await partner.send('GET', `customers?${search.toString()}`);
    const page = answer.kind === 'answer' && answer.status === 200 ? found.safeParse(answer.body) : undefined;
    return page?.success === true ? ok(page.data) : unavailable(answer);
  },

  async readCustomer(customerId) {
    const answer = await partner.send('GET', `customers/${encodeURIComponent(customerId)}`);
    if (answer.kind === 'answer' && answer.status === 404) return fail('customer-unknown', { customerId });
    const read =
      answer.kind === 'answer' && answer.status === 200 ? customer.safeParse(answer.body) : undefined;
    if (read?.success !== true || read.data.customerId !== customerId) return unavailable(answer);
    await keepCustomer(store.db, read.data);
    return ok(read.data);
  },

  async checkAccountPin({ customerId, account, pin, tryId }) {
    const path = `customers/${encodeURIComponent(customerId)}/account-pin-checks`;
    const block = pinBlock(pinKey, pin, account).toString('hex');
    const answer = await partner.send(
      'POST',
      path,
      { account, pinBlock: { format: 'iso-9564-1-4', block } },
      { 'Idempotency-Key': tryId },
    );
    if (answer.kind === 'answer' && answer.status === 404) return fail('account-unknown', { customerId });
    const said =
      answer.kind === 'answer' && answer.status === 200 ? checked.safeParse(answer.body) : undefined;
    if (said?.success !== true) return unavailable(answer);
    if (said.data.right) return ok();
    const { triesLeft } = said.data;
    return triesLeft > 0
      ? fail('account-pin-wrong', { triesLeft })
      : fail('account-pin-blocked', { triesLeft: 0 });
  },

  close: () => {
    partner.close();
  },
});

/** Which way it failed, and nothing of what was asked or said. */
const unavailable = (answer: PartnerAnswer): Failed =>
  fail('core-banking-unavailable', {
    reason: answer.kind === 'none' ? answer.reason : answer.status === 200 ? 'unreadable' : answer.status,
  });
