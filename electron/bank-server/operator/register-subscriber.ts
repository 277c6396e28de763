import { createHash } from 'node:crypto';
import {
  initialAuthentication,
  openUnderStaticKey,
  sealUnderStaticKey,
  type InitialAuthentication,
} from '../../shared/codec/operator-keys/index.ts';
import {
  registrationMessage,
  type RegistrationOutcome,
  type ResponseCode,
} from '../../shared/operator-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { transact } from '../transactions/index.ts';
import { findOperator, staticKeyOf } from './admit-operator.ts';
import { usableControlKey } from './epochs.ts';
import type { OperatorDesk } from './operator-desk.ts';

/**
 * Opens the initial authentication information and stores the binding of SIM and number (S3, 106 and 108).
 * A number on file with the bank is bound to the customer who gave it there; a second SIM for a number, or a
 * second number for a SIM, is not taken: that is how numbers are stolen, so it needs the counter.
 * Faults: request-malformed, operator-unknown, operator-message-unreadable, operator-key-unknown,
 * operator-message-replayed. What the customer is told is in the sealed answer.
 */
export const registerSubscriber = async (
  desk: OperatorDesk,
  operatorId: string,
  body: unknown,
): Promise<Result<{ readonly box: Awaited<ReturnType<typeof sealUnderStaticKey>> }>> => {
  const message = registrationMessage.safeParse(body);
  if (!message.success) return fail('request-malformed');
  const { bankId, box } = message.data;
  if (bankId !== desk.bankId || message.data.operatorId !== operatorId) return fail('operator-unknown');
  const operator = await findOperator(desk, operatorId);
  if (!operator) return fail('operator-unknown');
  const staticKey = await staticKeyOf(desk, operator);
  if (!staticKey.ok) return staticKey;
  const partners = { bankId, operatorId };
  const opened = await openUnderStaticKey(desk.primitives, partners, staticKey.value, true, box);
  if (!opened.ok) return opened;
  const content = initialAuthentication.safeParse(opened.value);
  if (!content.success) return fail('request-malformed');

  const outcome = await store(desk, operatorId, content.data, sha256(`${box.nonce} ${box.ciphertext}`));
  if (!outcome.ok) return outcome;
  return ok({
    box: await sealUnderStaticKey(desk.primitives, partners, staticKey.value, false, outcome.value),
  });
};

const store = async (
  desk: OperatorDesk,
  operatorId: string,
  { imsi, phoneNumber, epoch, serial }: InitialAuthentication,
  messageMac: string,
): Promise<Result<RegistrationOutcome>> => {
  const customer = await desk.customers.findByPhone(phoneNumber);
  return transact(desk.db, async (tx) => {
    const known = await tx
      .selectFrom('operator_transactions')
      .select(['message_mac', 'reply'])
      .where('operator_id', '=', operatorId)
      .where('serial', '=', serial)
      .executeTakeFirst();
    if (known) {
      return known.message_mac === messageMac && known.reply !== null
        ? ok(JSON.parse(known.reply) as RegistrationOutcome) // written below
        : fail('operator-message-replayed', { reason: 'replayed' });
    }
    const key = await usableControlKey({ ...desk, db: tx }, operatorId, epoch);
    if (!key.ok) return key;
    const bound = await tx
      .selectFrom('operator_subscribers')
      .select(['operator_id', 'imsi', 'phone_number', 'last_serial'])
      .where((e) =>
        e.or([
          e('phone_number', '=', phoneNumber),
          e.and([e('imsi', '=', imsi), e('operator_id', '=', operatorId)]),
        ]),
      )
      .execute();
    if (bound.some((each) => each.imsi === imsi && Number(each.last_serial) >= serial))
      return fail('operator-message-replayed', { reason: 'stale-serial' });
    const isSame = bound.every(
      (each) => each.operator_id === operatorId && each.imsi === imsi && each.phone_number === phoneNumber,
    );
    const code: ResponseCode = !customer ? '25' : customer.blocked ? '62' : isSame ? '00' : '57';
    const now = desk.clock().toISOString();
    if (customer && code === '00') {
      await tx
        .insertInto('operator_subscribers')
        .values({
          operator_id: operatorId,
          imsi,
          phone_number: phoneNumber,
          customer_id: customer.customerId,
          state: 'active',
          registered_at: now,
          last_serial: serial,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['operator_id', 'imsi'])
            .doUpdateSet({ customer_id: customer.customerId, last_serial: serial }),
        )
        .execute();
    }
    const outcome: RegistrationOutcome = { serial, code };
    await tx
      .insertInto('operator_transactions')
      .values({
        operator_id: operatorId,
        serial,
        epoch,
        imsi,
        kind: 'registration',
        stage: 'ended',
        number: 1,
        message_mac: messageMac,
        reply: JSON.stringify(outcome),
        working_since: now,
        tries: 0,
        payee_account: null,
        payer_account: null,
        amount: null,
        currency: null,
        order_sha256: null,
        receipt_number: null,
        opened_at: now,
        expires_at: now,
      })
      .execute();
    return ok(outcome);
  });
};

/** At the counter: frees a number or SIM for a new registration. Fault: subscriber-unknown. */
export const releaseSubscriber = async (desk: OperatorDesk, phoneNumber: string): Promise<Result<void>> => {
  const released = await desk.db
    .deleteFrom('operator_subscribers')
    .where('phone_number', '=', phoneNumber)
    .executeTakeFirst();
  return released.numDeletedRows === 1n ? ok() : fail('subscriber-unknown');
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
