import { randomBytes } from 'node:crypto';
import { concatBytes, toBase64 } from '../../shared/codec/index.ts';
import type { DynamicKeys } from '../../shared/codec/operator-keys/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { openTransactionKeys } from '../keys/open-transaction-keys.ts';
import type { Operator, PartnerBank } from '../operator.ts';
import { registrationCode } from '../registration/register-phone.ts';
import type { DialogueRow } from '../store/tables.ts';

/**
 * Begins a transfer for a registered SIM: one serial number and one set of keys for all its messages.
 * Faults: subscriber-unknown, operator-key-unknown.
 */
export const startDialogue = async (
  operator: Operator,
  bank: PartnerBank,
  imsi: string,
): Promise<Result<string>> => {
  const subscriber = await operator.db
    .selectFrom('subscribers')
    .select('phone_number')
    .where('imsi', '=', imsi)
    .executeTakeFirst();
  if (!subscriber || (await registrationCode(operator, bank.bankId, imsi)) !== '00')
    return fail('subscriber-unknown');
  const opened = await openTransactionKeys(operator, bank);
  if (!opened.ok) return opened;
  const { epoch, serial, keys, enc } = opened.value;
  const dialogueId = randomBytes(16).toString('base64url');
  const expires = operator.clock().getTime() + operator.settings.dialogueSeconds * 1000;
  await operator.db
    .insertInto('dialogues')
    .values({
      dialogue_id: dialogueId,
      bank_id: bank.bankId,
      imsi,
      phone_number: subscriber.phone_number,
      epoch,
      serial,
      keys: await operator.atRest.seal(keysName(dialogueId), concatBytes(keys.pin, keys.data, keys.mac)),
      enc: enc === undefined ? null : toBase64(enc),
      stage: 'payee',
      number: 0,
      pending: null,
      view: '{}',
      expires_at: new Date(expires).toISOString(),
    })
    .execute();
  return ok(dialogueId);
};

/** A dialogue of this SIM. Fault: dialogue-expired (also for one that never was). */
export const findDialogue = async (
  operator: Operator,
  dialogueId: string,
  imsi: string,
): Promise<Result<DialogueRow>> => {
  const row = await operator.db
    .selectFrom('dialogues')
    .selectAll()
    .where('dialogue_id', '=', dialogueId)
    .where('imsi', '=', imsi)
    .executeTakeFirst();
  return row ? ok(row) : fail('dialogue-expired');
};

/** Fault: dialogue-expired, once they are forgotten. */
export const keysOfDialogue = async (operator: Operator, row: DialogueRow): Promise<Result<DynamicKeys>> => {
  if (row.keys === '') return fail('dialogue-expired');
  const bytes = await operator.atRest.open(keysName(row.dialogue_id), row.keys);
  if (!bytes.ok) return bytes;
  return ok({
    pin: bytes.value.slice(0, 32),
    data: bytes.value.slice(32, 64),
    mac: bytes.value.slice(64, 96),
  });
};

const keysName = (dialogueId: string): string => `dialogues/${dialogueId}/keys`;
