import { parseBase64 } from '../../shared/codec/index.ts';
import {
  envelope,
  openEnvelope,
  sealEnvelope,
  type DynamicKeys,
  type Envelope,
} from '../../shared/codec/operator-keys/index.ts';
import {
  transactionPath,
  transferReply,
  transferRequest,
  type ResponseCode,
  type TransferReply,
  type TransferRequest,
} from '../../shared/operator-api/index.ts';
import { fail, ok, type FaultCode, type Result } from '../../shared/result/index.ts';
import type { Operator } from '../operator.ts';
import { isOpen } from '../registration/register-phone.ts';
import type { DialogueRow, DialogueStage } from '../store/tables.ts';
import { afterReply, dialogueView, type DialogueView } from './dialogue-view.ts';
import { keysOfDialogue } from './start-dialogue.ts';

/**
 * Sends a step of the dialogue to the bank (S3, 110 to 118): SIM and number are bound to it, all of it is sealed
 * under the transaction's keys and on the disk before it leaves. `number` is that of the message before, as the
 * page had it: a page that was sent twice changes nothing.
 *
 * ```
 *   made ──▶ pending ──▶ answered: next stage, or refused in the network's wording
 *               └──▶ no answer: stays pending, `askAgain` sends the very same message
 * ```
 * Faults: dialogue-expired, run-busy (not at this number), bank-unreachable, bank-timeout…
 */
export const takeStep = async (
  operator: Operator,
  row: DialogueRow,
  number: number,
  step: TransferRequest['step'],
  password?: string,
): Promise<Result<void>> => {
  if (row.number !== number || row.pending !== null) return fail('run-busy');
  if (isOver(row.stage) || row.expires_at <= operator.clock().toISOString()) return fail('dialogue-expired');
  const keys = await keysOfDialogue(operator, row);
  if (!keys.ok) return keys;
  const message = await seal(operator, row, keys.value, step, password);
  const claimed = await operator.db
    .updateTable('dialogues')
    .set({ number: message.number, pending: JSON.stringify(message) })
    .where('dialogue_id', '=', row.dialogue_id)
    .where('number', '=', number)
    .where('pending', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return claimed ? send(operator, claimed, keys.value, message, step) : fail('run-busy');
};

/** Sends the message that was not answered once more. Fault: run-busy (there is none), those of `takeStep`. */
export const askAgain = async (operator: Operator, row: DialogueRow): Promise<Result<void>> => {
  if (row.pending === null) return fail('run-busy');
  const keys = await keysOfDialogue(operator, row);
  if (!keys.ok) return keys;
  const message = envelope.parse(JSON.parse(row.pending)); // written above
  const opened = await openEnvelope(operator.primitives, keys.value, message);
  if (!opened.ok) return opened;
  return send(operator, row, keys.value, message, transferRequest.parse(opened.value).step);
};

const isOver = (stage: DialogueStage): boolean => stage === 'done' || stage === 'ended';

const seal = (
  operator: Operator,
  row: DialogueRow,
  keys: DynamicKeys,
  step: TransferRequest['step'],
  password: string | undefined,
): Promise<Envelope> => {
  const request: TransferRequest = { imsi: row.imsi, phoneNumber: row.phone_number, step };
  const enc = row.enc === null ? undefined : parseBase64(row.enc);
  return sealEnvelope(
    operator.primitives,
    keys,
    {
      version: 1,
      bankId: row.bank_id,
      operatorId: operator.operatorId,
      epoch: row.epoch,
      serial: row.serial,
      number: row.number + 1,
      direction: 'to-bank',
    },
    {
      data: request,
      ...(step.kind === 'payer' && password !== undefined
        ? { pin: { account: step.payerAccount, digits: password } }
        : {}),
      ...(enc?.ok ? { enc: enc.value } : {}),
    },
  );
};

const send = async (
  operator: Operator,
  row: DialogueRow,
  keys: DynamicKeys,
  message: Envelope,
  step: TransferRequest['step'],
): Promise<Result<void>> => {
  const bank = operator.banks.get(row.bank_id);
  if (!bank) return fail('operator-unknown');
  const answer = await operator.link.post(bank, transactionPath, message, envelope);
  if (!answer.ok) {
    if (isOpen(answer.fault.code)) return answer;
    // The bank did not take the message as one of this dialogue: it is over.
    const view = { ...viewOf(row), refused: { code: codeOf(answer.fault.code) } };
    await store(operator, row, 'ended', view);
    return answer;
  }
  const reply = await openReply(operator, row, keys, message, answer.value);
  if (!reply.ok) return reply;
  const next = afterReply(row.stage, viewOf(row), step, reply.value);
  if (!next) return fail('bank-bad-answer');
  await store(operator, row, next.stage, next.view);
  return ok();
};

/** The answer to this very message, about this very SIM. Fault: bank-bad-answer. */
const openReply = async (
  operator: Operator,
  row: DialogueRow,
  keys: DynamicKeys,
  asked: Envelope,
  answer: Envelope,
): Promise<Result<TransferReply['step']>> => {
  const isAnswer =
    answer.direction === 'to-operator' &&
    answer.number === asked.number &&
    answer.serial === asked.serial &&
    answer.epoch === asked.epoch &&
    answer.bankId === asked.bankId &&
    answer.operatorId === asked.operatorId;
  if (!isAnswer) return fail('bank-bad-answer');
  const opened = await openEnvelope(operator.primitives, keys, answer);
  if (!opened.ok) return fail('bank-bad-answer');
  const reply = transferReply.safeParse(opened.value);
  if (!reply.success || reply.data.imsi !== row.imsi || reply.data.phoneNumber !== row.phone_number)
    return fail('bank-bad-answer');
  return ok(reply.data.step);
};

const store = async (
  operator: Operator,
  row: DialogueRow,
  stage: DialogueStage,
  view: DialogueView,
): Promise<void> => {
  await operator.db
    .updateTable('dialogues')
    .set({
      stage,
      view: JSON.stringify(view),
      pending: null,
      // Over: nothing is to be opened or sealed any more.
      ...(isOver(stage) ? { keys: '', enc: null } : {}),
    })
    .where('dialogue_id', '=', row.dialogue_id)
    .where('number', '=', row.number)
    .execute();
};

export const viewOf = (row: DialogueRow): DialogueView => dialogueView.parse(JSON.parse(row.view)); // written above

/** What the customer is told when the bank refused the message itself. */
const codeOf = (fault: FaultCode): ResponseCode => codes[fault] ?? '96';

const codes: Partial<Record<FaultCode, ResponseCode>> = {
  'dialogue-expired': '68',
  'operator-message-replayed': '94',
  'subscriber-unknown': '25',
  'subscriber-mismatch': '57',
  'request-malformed': '30',
};
