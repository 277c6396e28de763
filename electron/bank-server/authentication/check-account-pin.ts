import { createHash, randomUUID } from 'node:crypto';
import type { RouteReply, RouteBody, BankApi } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { after, type Bank } from '../bank.ts';
import type { ApiCall } from '../http/api-call.ts';

type CheckAccountPin = BankApi['checkAccountPin'];

const CHECK_VALID_SECONDS = 600;

/**
 * Checks an account PIN with the core system, which counts the try before it looks. The third wrong one
 * blocks.
 */
export const checkAccountPin = async (
  bank: Bank,
  call: ApiCall<RouteReply<CheckAccountPin>>,
  { customerId }: { customerId: string },
  body: RouteBody<CheckAccountPin>,
): Promise<Result<RouteReply<CheckAccountPin>>> => {
  const customer = await bank.coreBanking.readCustomer(customerId);
  if (!customer.ok) return customer;
  if (customer.value.blocked) return fail('customer-blocked', { customerId });
  if (!customer.value.accounts.some(({ number }) => number === body.account))
    return fail('account-unknown', { customerId });

  const pin = await bank.envelopes.open(body.pin, 'account-pin', customerId);
  if (!pin.ok) return pin;
  // Not six digits: the keypad sent something else, the customer has tried nothing.
  if (!/^\d{6}$/.test(pin.value)) return fail('envelope-unreadable', { reason: 'format' });
  const tryId = sha256(body.pin.enc);
  if (!(await spendEnvelope(bank, tryId, call))) return fail('envelope-unreadable', { reason: 'used' });

  const checked = await bank.coreBanking.checkAccountPin({
    customerId,
    account: body.account,
    pin: pin.value,
    tryId,
  });
  // Nothing was decided, so nothing is remembered: the same request may find it back.
  if (!checked.ok && checked.fault.code === 'core-banking-unavailable') return checked;

  return call.commit(
    async (tx) => {
      if (!checked.ok) return checked;
      const pinCheckId = randomUUID();
      const expiresAt = after(call.now, CHECK_VALID_SECONDS);
      await tx
        .insertInto('pin_checks')
        .values({
          pin_check_id: pinCheckId,
          customer_id: customerId,
          account_number: body.account,
          station_id: call.station.stationId,
          officer_id: body.officerId,
          expires_at: expiresAt,
          used_for: null,
        })
        .execute();
      return ok({ pinCheckId, expiresAt });
    },
    // A wrong PIN was counted: asked again under the same key it gets the same answer, not another count.
    { keepRefusal: true },
  );
};

/**
 * An envelope with a PIN opens for one request: a station cannot keep one and check it again without the customer.
 * The request that opened it may come again under its key, when its answer was lost before it was remembered.
 */
const spendEnvelope = async (bank: Bank, encSha256: string, call: ApiCall<unknown>): Promise<boolean> => {
  const usedBy =
    call.idempotencyKey === undefined ? null : `${call.station.stationId}/${call.idempotencyKey}`;
  const spent = await bank.store.db
    .insertInto('used_envelopes')
    .values({ enc_sha256: encSha256, used_at: call.now.toISOString(), used_by: usedBy })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (spent.numInsertedOrUpdatedRows === 1n) return true;
  const earlier = await bank.store.db
    .selectFrom('used_envelopes')
    .select('used_by')
    .where('enc_sha256', '=', encSha256)
    .executeTakeFirst();
  return usedBy !== null && earlier?.used_by === usedBy;
};

const sha256 = (base64: string): string =>
  createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
