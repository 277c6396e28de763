import { fail, ok, type Result } from '../../shared/result/index.ts';
import { transact } from '../transactions/index.ts';
import { controlName, decodeWorkingKey, workingName } from './make-control-key.ts';
import type { WorkingKey } from '../../shared/codec/operator-keys/index.ts';
import type { OperatorDesk } from './operator-desk.ts';
import type { EpochRow } from './operator-tables.ts';

export const findEpoch = async (
  desk: OperatorDesk,
  operatorId: string,
  epoch: number,
): Promise<EpochRow | undefined> =>
  desk.db
    .selectFrom('operator_epochs')
    .selectAll()
    .where('operator_id', '=', operatorId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();

/**
 * The control key of an epoch whose messages are taken: the active one, the one before it until its time is
 * over, and one on its way (who uses it has it). Fault: operator-key-unknown.
 */
export const usableControlKey = async (
  desk: OperatorDesk,
  operatorId: string,
  epoch: number,
): Promise<Result<Uint8Array>> => {
  const row = await findEpoch(desk, operatorId, epoch);
  const usable =
    row?.state === 'active' ||
    (row?.state === 'sending' && row.control_sent_at !== null) ||
    (row?.state === 'retiring' && (row.retires_at ?? '') > desk.clock().toISOString());
  if (!usable || row.control_key === null) return fail('operator-key-unknown');
  return desk.atRest.open(controlName(operatorId, epoch), row.control_key);
};

export const workingKeyOf = async (desk: OperatorDesk, row: EpochRow): Promise<Result<WorkingKey>> => {
  if (row.working_key === null) return fail('operator-key-unknown');
  const key = await desk.atRest.open(workingName(row.operator_id, row.epoch), row.working_key);
  return key.ok ? ok(decodeWorkingKey(key.value)) : key;
};

/** The operator has proven that it has this epoch's control key: the one before begins to retire. */
export const activateEpoch = (desk: OperatorDesk, operatorId: string, epoch: number): Promise<Result<void>> =>
  transact(desk.db, async (tx) => {
    const now = desk.clock();
    const activated = await tx
      .updateTable('operator_epochs')
      .set({ state: 'active', activated_at: now.toISOString() })
      .where('operator_id', '=', operatorId)
      .where('epoch', '=', epoch)
      .where('state', '=', 'sending')
      .executeTakeFirst();
    if (activated.numUpdatedRows === 0n) return ok(); // it was already
    await tx
      .updateTable('operator_epochs')
      .set({
        state: 'retiring',
        retires_at: new Date(now.getTime() + desk.settings.overlapSeconds * 1000).toISOString(),
      })
      .where('operator_id', '=', operatorId)
      .where('epoch', '<', epoch)
      .where('state', '=', 'active')
      .execute();
    return ok();
  });

/** Forgets the keys of every epoch whose time is over. Called now and then. */
export const retireEpochs = (desk: OperatorDesk): Promise<Result<void>> =>
  transact(desk.db, async (tx) => {
    const over = await tx
      .selectFrom('operator_epochs')
      .select(['operator_id', 'epoch'])
      .where('state', '=', 'retiring')
      .where('retires_at', '<=', desk.clock().toISOString())
      .execute();
    for (const { operator_id, epoch } of over) {
      await tx
        .updateTable('operator_epochs')
        .set({ state: 'retired', working_key: null, control_key: null })
        .where('operator_id', '=', operator_id)
        .where('epoch', '=', epoch)
        .execute();
      await tx
        .updateTable('operator_seeds')
        .set({ seed: null })
        .where('operator_id', '=', operator_id)
        .where('epoch', '=', epoch)
        .execute();
    }
    return ok();
  });
