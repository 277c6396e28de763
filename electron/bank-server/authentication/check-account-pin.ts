import { createHash, randomUUID } from 'node:crypto';
import type { RouteReply, RouteBody, BankApi } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { after, type Bank } from '../bank.ts';
import type { ApiCall } from '../http/api-call.ts';

type CheckAccountPin = BankApi['checkAccountPin'];

export const PIN_TRIES = 3;
const CHECK_VALID_SECONDS = 600;

/**
 * Checks an account PIN. The try is counted, and on the disk, before the PIN is looked at: pulling the
 * plug never gains a try. The third wrong one blocks.
 */
export const checkAccountPin = async (
  bank: Bank,
  call: ApiCall<RouteReply<CheckAccountPin>>,
  { customerId }: { customerId: string },
  body: RouteBody<CheckAccountPin>,
): Promise<Result<RouteReply<CheckAccountPin>>> => {
  const { db } = bank.store;
  const customer = await db
    .selectFrom('customers')
    .select('blocked')
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  if (customer === undefined) return fail('customer-unknown', { customerId });
  if (customer.blocked) return fail('customer-blocked', { customerId });
  const ofCustomer = await db
    .selectFrom('accounts')
    .select('account_number')
    .where('account_number', '=', body.account)
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  if (ofCustomer === undefined) return fail('account-unknown', { customerId });

  const pin = await bank.envelopes.open(body.pin, 'account-pin', customerId);
  if (!pin.ok) return pin;
  // Not six digits: the keypad sent something else, the customer has tried nothing.
  if (!/^\d{6}$/.test(pin.value)) return fail('envelope-unreadable', { reason: 'format' });
  if (!(await spendEnvelope(bank, body.pin.enc, call.now)))
    return fail('envelope-unreadable', { reason: 'used' });

  const counted = await countTry(bank, body.account);
  if (counted === undefined) return fail('account-pin-blocked', { triesLeft: 0 });
  const right = await bank.hashes.matches(counted.pinHash, pin.value);

  return call.commit(
    async (tx) => {
      if (!right) {
        const blocked = counted.failures >= PIN_TRIES;
        if (blocked)
          await tx
            .updateTable('accounts')
            .set({ pin_blocked: 1 })
            .where('account_number', '=', body.account)
            .execute();
        return blocked
          ? fail('account-pin-blocked', { triesLeft: 0 })
          : fail('account-pin-wrong', { triesLeft: PIN_TRIES - counted.failures });
      }
      const cleared = await tx
        .updateTable('accounts')
        .set({ pin_failures: 0 })
        .where('account_number', '=', body.account)
        .where('pin_blocked', '=', 0) // another counter may have blocked it meanwhile
        .executeTakeFirst();
      if (cleared.numUpdatedRows !== 1n) return fail('account-pin-blocked', { triesLeft: 0 });
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

const countTry = async (
  bank: Bank,
  account: string,
): Promise<{ failures: number; pinHash: string } | undefined> => {
  const counted = await bank.store.db
    .updateTable('accounts')
    .set((expression) => ({ pin_failures: expression('pin_failures', '+', 1) }))
    .where('account_number', '=', account)
    .where('pin_blocked', '=', 0)
    .where('pin_failures', '<', PIN_TRIES)
    .returning(['pin_failures', 'pin_hash'])
    .executeTakeFirst();
  return counted && { failures: counted.pin_failures, pinHash: counted.pin_hash };
};

/** An envelope with a PIN opens once: a station cannot keep one and check it again without the customer. */
const spendEnvelope = async (bank: Bank, enc: string, now: Date): Promise<boolean> => {
  const spent = await bank.store.db
    .insertInto('used_envelopes')
    .values({ enc_sha256: sha256(enc), used_at: now.toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return spent.numInsertedOrUpdatedRows === 1n;
};

const sha256 = (base64: string): string =>
  createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
