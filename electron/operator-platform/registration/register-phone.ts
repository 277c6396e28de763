import { openUnderStaticKey, sealUnderStaticKey } from '../../shared/codec/operator-keys/index.ts';
import {
  registrationMessage,
  registrationOutcome,
  registrationPath,
  registrationReply,
  responseCode,
  type RegistrationMessage,
  type ResponseCode,
} from '../../shared/operator-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { openTransactionKeys } from '../keys/open-transaction-keys.ts';
import type { Operator, PartnerBank } from '../operator.ts';
import type { RegistrationRow } from '../store/tables.ts';

/**
 * Registers a SIM and its number with a bank (S3, 102 to 108): the number has to be the one this operator gave
 * the SIM; SIM, number and the serial number of a new key go to the bank under the static key. A message that
 * was not answered is sent again as it is. Answers with the bank's response code.
 * Faults: subscriber-mismatch, operator-key-unknown, those of `BankLink`.
 */
export const registerPhone = async (
  operator: Operator,
  bank: PartnerBank,
  imsi: string,
  phoneNumber: string,
): Promise<Result<ResponseCode>> => {
  const subscriber = await operator.db
    .selectFrom('subscribers')
    .select('phone_number')
    .where('imsi', '=', imsi)
    .executeTakeFirst();
  if (subscriber?.phone_number !== phoneNumber) return fail('subscriber-mismatch');
  const known = await findRegistration(operator, bank.bankId, imsi);
  if (known?.code === '00') return ok('00');
  const message = await pendingMessage(operator, bank, imsi, phoneNumber, known);
  if (!message.ok) return message;

  const { serial, content } = message.value;
  const reply = await operator.link.post(bank, registrationPath, content, registrationReply);
  if (!reply.ok) {
    // What the bank refuses as a message it will refuse again: the next try makes a new one.
    if (!isOpen(reply.fault.code)) await storeOutcome(operator, bank.bankId, imsi, serial, null);
    return reply;
  }
  const partners = { bankId: bank.bankId, operatorId: operator.operatorId };
  const opened = await openUnderStaticKey(
    operator.primitives,
    partners,
    bank.staticKey,
    false,
    reply.value.box,
  );
  if (!opened.ok) return opened;
  const outcome = registrationOutcome.safeParse(opened.value);
  if (!outcome.success || outcome.data.serial !== serial) return fail('bank-bad-answer');
  await storeOutcome(operator, bank.bankId, imsi, serial, outcome.data.code);
  return ok(outcome.data.code);
};

/** Response code of a registration; undefined when there is none or its answer is not known. */
export const registrationCode = async (
  operator: Operator,
  bankId: string,
  imsi: string,
): Promise<ResponseCode | undefined> => {
  const code = responseCode.safeParse((await findRegistration(operator, bankId, imsi))?.code);
  return code.success ? code.data : undefined;
};

const findRegistration = (
  operator: Operator,
  bankId: string,
  imsi: string,
): Promise<RegistrationRow | undefined> =>
  operator.db
    .selectFrom('registrations')
    .selectAll()
    .where('bank_id', '=', bankId)
    .where('imsi', '=', imsi)
    .executeTakeFirst();

const pendingMessage = async (
  operator: Operator,
  bank: PartnerBank,
  imsi: string,
  phoneNumber: string,
  known: RegistrationRow | undefined,
): Promise<Result<{ serial: number; content: RegistrationMessage }>> => {
  if (typeof known?.message === 'string')
    return ok({ serial: known.serial, content: registrationMessage.parse(JSON.parse(known.message)) });
  const keys = await openTransactionKeys(operator, bank);
  if (!keys.ok) return keys;
  const { epoch, serial } = keys.value;
  const { bankId } = bank;
  const at = operator.clock().toISOString();
  const partners = { bankId, operatorId: operator.operatorId };
  const box = await sealUnderStaticKey(operator.primitives, partners, bank.staticKey, true, {
    imsi,
    phoneNumber,
    epoch,
    serial,
    sentAt: at,
  });
  const content: RegistrationMessage = { version: 1, ...partners, box };
  const row = { phone_number: phoneNumber, serial, code: null, message: JSON.stringify(content), at };
  await operator.db
    .insertInto('registrations')
    .values({ bank_id: bankId, imsi, ...row })
    .onConflict((conflict) => conflict.columns(['bank_id', 'imsi']).doUpdateSet(row))
    .execute();
  return ok({ serial, content });
};

const storeOutcome = async (
  operator: Operator,
  bankId: string,
  imsi: string,
  serial: number,
  code: ResponseCode | null,
): Promise<void> => {
  await operator.db
    .updateTable('registrations')
    .set({ code, message: null })
    .where('bank_id', '=', bankId)
    .where('imsi', '=', imsi)
    .where('serial', '=', serial)
    .execute();
};

/** After these nobody knows whether the bank has got the message. */
export const isOpen = (code: string): boolean =>
  ['bank-unreachable', 'bank-timeout', 'bank-bad-answer', 'bank-busy', 'bank-internal-error'].includes(code);
