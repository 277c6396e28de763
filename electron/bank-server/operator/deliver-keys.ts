import {
  controlProof,
  staticWorkingKey,
  workingCheck,
  wrapKey,
  type WorkingKey,
} from '../../shared/codec/operator-keys/index.ts';
import type { KeyMessage, KeyMessageReply } from '../../shared/operator-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { findOperator, staticKeyOf } from './admit-operator.ts';
import { activateEpoch, findEpoch, workingKeyOf } from './epochs.ts';
import { controlName, seedName } from './make-control-key.ts';
import type { OperatorDesk } from './operator-desk.ts';
import type { EpochRow, OperatorRow } from './operator-tables.ts';

/**
 * Brings to the operator what it does not have yet: seeds one by one as they are entered, then the control
 * key. Every message may be sent again, so this is also what a timer calls after a failure.
 *
 * ```
 *   seed-1 ──▶   seed-2 ──▶   control-key ──▶
 *   ◀── received ◀── received ◀── received + proof: the epoch is active
 * ```
 * Faults: operator-unknown, operator-unreachable, operator-message-unreadable (a wrong proof).
 */
export const deliverKeys = async (desk: OperatorDesk, operatorId: string): Promise<Result<void>> => {
  const operator = await findOperator(desk, operatorId);
  if (!operator) return fail('operator-unknown');
  const open = await desk.db
    .selectFrom('operator_epochs')
    .selectAll()
    .where('operator_id', '=', operatorId)
    .where('state', 'in', ['collecting', 'sending'])
    .executeTakeFirst();
  if (!open) return ok();
  const seeds = await deliverSeeds(desk, operator, open);
  if (!seeds.ok || open.state === 'collecting') return seeds;
  return deliverControlKey(desk, operator, open);
};

const deliverSeeds = async (
  desk: OperatorDesk,
  operator: OperatorRow,
  row: EpochRow,
): Promise<Result<void>> => {
  const epoch = row.epoch;
  const under = await keyUnder(desk, operator, row.under);
  if (!under.ok) return under;
  const unsent = await desk.db
    .selectFrom('operator_seeds')
    .select(['part', 'seed'])
    .where('operator_id', '=', operator.operator_id)
    .where('epoch', '=', epoch)
    .where('sent_at', 'is', null)
    .orderBy('part')
    .execute();
  for (const each of unsent) {
    const part = each.part === 1 ? 1 : 2;
    const seed = await desk.atRest.open(seedName(operator.operator_id, epoch, part), each.seed ?? '');
    if (!seed.ok) return seed;
    const sent = await send(desk, operator, under.value, epoch, row.under, `seed-${part}`, seed.value);
    if (!sent.ok) return sent;
    await desk.db
      .updateTable('operator_seeds')
      .set({ sent_at: desk.clock().toISOString() })
      .where('operator_id', '=', operator.operator_id)
      .where('epoch', '=', epoch)
      .where('part', '=', part)
      .execute();
  }
  return ok();
};

const deliverControlKey = async (
  desk: OperatorDesk,
  operator: OperatorRow,
  row: EpochRow,
): Promise<Result<void>> => {
  const epoch = row.epoch;
  const operatorId = operator.operator_id;
  const working = await workingKeyOf(desk, row);
  if (!working.ok) return working;
  const control = await desk.atRest.open(controlName(operatorId, epoch), row.control_key ?? '');
  if (!control.ok) return control;
  // From now on the operator may have it and use it, whether its answer arrives or not.
  await desk.db
    .updateTable('operator_epochs')
    .set({ control_sent_at: desk.clock().toISOString() })
    .where('operator_id', '=', operatorId)
    .where('epoch', '=', epoch)
    .execute();
  const partners = { bankId: desk.bankId, operatorId };
  const check = await workingCheck(desk.primitives, partners, epoch, working.value);
  const sent = await send(desk, operator, working.value, epoch, epoch, 'control-key', control.value, check);
  if (!sent.ok) return sent;
  if (sent.value.proof !== (await controlProof(desk.primitives, partners, epoch, control.value)))
    return fail('operator-message-unreadable', { reason: 'proof' });
  return activateEpoch(desk, operatorId, epoch);
};

const send = async (
  desk: OperatorDesk,
  operator: OperatorRow,
  wrapping: WorkingKey,
  epoch: number,
  under: number,
  kind: KeyMessage['kind'],
  key: Uint8Array,
  check?: string,
): Promise<Result<KeyMessageReply>> => {
  const partners = { bankId: desk.bankId, operatorId: operator.operator_id };
  return desk.channel.send(operator, {
    version: 1,
    ...partners,
    epoch,
    kind,
    under,
    box: await wrapKey(desk.primitives, wrapping, { ...partners, epoch, purpose: kind }, key),
    ...(check === undefined ? {} : { workingCheck: check }),
  });
};

const keyUnder = async (
  desk: OperatorDesk,
  operator: OperatorRow,
  under: number,
): Promise<Result<WorkingKey>> => {
  if (under === 0) {
    const key = await staticKeyOf(desk, operator);
    return key.ok ? ok(staticWorkingKey(key.value)) : key;
  }
  const row = await findEpoch(desk, operator.operator_id, under);
  return row ? workingKeyOf(desk, row) : fail('operator-key-unknown');
};
