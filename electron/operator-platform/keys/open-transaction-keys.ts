import { newDynamicKeys, type DynamicKeys } from '../../shared/codec/operator-keys/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Operator, PartnerBank } from '../operator.ts';
import { controlKeyIn } from './receive-key-message.ts';

export interface TransactionKeys {
  readonly epoch: number;
  readonly serial: number;
  readonly keys: DynamicKeys;
  readonly enc?: Uint8Array;
}

/**
 * A serial number that was never used before, and the dynamic keys that belong to it (S3, 104). The number is
 * on the disk before it is used. Fault: operator-key-unknown (the bank has not brought keys yet).
 */
export const openTransactionKeys = async (
  operator: Operator,
  bank: PartnerBank,
): Promise<Result<TransactionKeys>> => {
  const active = await operator.db
    .selectFrom('key_epochs')
    .select('epoch')
    .where('bank_id', '=', bank.bankId)
    .where('state', '=', 'active')
    .executeTakeFirst();
  if (!active) return fail('operator-key-unknown', { reason: 'none' });
  const { epoch } = active;
  const controlKey = await controlKeyIn(operator, operator.db, bank.bankId, epoch);
  if (!controlKey.ok) return controlKey;
  const { last: serial } = await operator.db
    .insertInto('serials')
    .values({ bank_id: bank.bankId, last: 1 })
    .onConflict((conflict) =>
      conflict.column('bank_id').doUpdateSet((e) => ({ last: e('serials.last', '+', 1) })),
    )
    .returning('last')
    .executeTakeFirstOrThrow();
  const context = { bankId: bank.bankId, operatorId: operator.operatorId, epoch, serial };
  return ok({
    epoch,
    serial,
    ...(await newDynamicKeys(operator.primitives, bank.form, context, controlKey.value)),
  });
};
