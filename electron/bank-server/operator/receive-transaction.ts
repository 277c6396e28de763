import {
  encOf,
  envelope,
  openDynamicKeys,
  openEnvelope,
  openPin,
  sealEnvelope,
  type DynamicKeys,
  type Envelope,
} from '../../shared/codec/operator-keys/index.ts';
import {
  transferRequest,
  type TransferReply,
  type TransferRequest,
} from '../../shared/operator-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { findOperator } from './admit-operator.ts';
import { claimMessage, type Claim } from './claim-message.ts';
import { activateEpoch, usableControlKey } from './epochs.ts';
import type { OperatorDesk } from './operator-desk.ts';
import type { TransactionRow } from './operator-tables.ts';
import { takeStep } from './transfer-dialogue.ts';

/**
 * One message of a transaction (S3, 114 to 118): derives the keys from the serial number, opens, authenticates
 * SIM, number and order of messages, takes the step, answers under the same keys. The same message again
 * gets the same answer. Faults: request-malformed, operator-unknown, operator-key-unknown,
 * operator-message-unreadable, operator-message-replayed {reason}, subscriber-unknown, subscriber-mismatch,
 * dialogue-expired, bank-busy.
 */
export const receiveTransaction = async (
  desk: OperatorDesk,
  operatorId: string,
  body: unknown,
): Promise<Result<Envelope>> => {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) return fail('request-malformed');
  const message = parsed.data;
  // The certificate says who is speaking; a message of another operator's is not listened to.
  if (message.bankId !== desk.bankId || message.operatorId !== operatorId) return fail('operator-unknown');
  if (message.direction !== 'to-bank') return fail('operator-message-unreadable');
  const keys = await keysOf(desk, message);
  if (!keys.ok) return keys;
  const opened = await openEnvelope(desk.primitives, keys.value, message);
  if (!opened.ok) return opened;
  const request = transferRequest.safeParse(opened.value);
  if (!request.success) return fail('request-malformed');
  const activated = await activateEpoch(desk, operatorId, message.epoch);
  if (!activated.ok) return activated;

  const claim = await claimMessage(desk, message, request.data);
  if (!claim.ok) return claim;
  if (claim.value.kind === 'answered') return ok(claim.value.reply);
  return answer(desk, message, keys.value, request.data, claim.value);
};

const keysOf = async (desk: OperatorDesk, message: Envelope): Promise<Result<DynamicKeys>> => {
  const { bankId, operatorId, epoch, serial } = message;
  const operator = await findOperator(desk, operatorId);
  if (!operator) return fail('operator-unknown');
  const controlKey = await usableControlKey(desk, operatorId, epoch);
  if (!controlKey.ok) return controlKey;
  const enc = encOf(message);
  if (!enc.ok) return enc;
  const context = { bankId, operatorId, epoch, serial };
  const keys = await openDynamicKeys(desk.primitives, operator.form, context, controlKey.value, enc.value);
  return keys ? ok(keys) : fail('operator-message-unreadable');
};

const answer = async (
  desk: OperatorDesk,
  message: Envelope,
  keys: DynamicKeys,
  { imsi, phoneNumber, step }: TransferRequest,
  { row, customerId, tooMany }: Claim,
): Promise<Result<Envelope>> => {
  const taken = tooMany
    ? { reply: { kind: 'refused', code: '65', ended: true } as const, changes: { stage: 'ended' } as const }
    : await takeStep(desk, row, customerId, step, (account) =>
        openPin(desk.primitives, keys, message, account),
      );
  const { bankId, operatorId, epoch, serial, number } = message;
  const head = { version: 1, bankId, operatorId, epoch, serial, number, direction: 'to-operator' } as const;
  const data: TransferReply = { imsi, phoneNumber, step: taken.reply };
  const reply = await sealEnvelope(desk.primitives, keys, head, { data });
  await remember(desk, row, { ...taken.changes, reply: JSON.stringify(reply) });
  return ok(reply);
};

/** Before the answer leaves: a lost one is given again from here. */
const remember = async (
  desk: OperatorDesk,
  row: TransactionRow,
  changes: Partial<Omit<TransactionRow, 'operator_id' | 'serial'>>,
): Promise<void> => {
  await desk.db
    .updateTable('operator_transactions')
    .set(changes)
    .where('operator_id', '=', row.operator_id)
    .where('serial', '=', row.serial)
    .where('number', '=', row.number)
    .where('working_since', '=', row.working_since)
    .execute();
};
