import type { Transaction } from 'kysely';
import { concatBytes, equalBytesConstantTime } from '../../shared/codec/index.ts';
import {
  controlProof,
  deriveWorkingKey,
  staticWorkingKey,
  unwrapKey,
  workingCheck,
  type WorkingKey,
} from '../../shared/codec/operator-keys/index.ts';
import { keyMessage, type KeyMessage, type KeyMessageReply } from '../../shared/operator-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Operator, PartnerBank } from '../operator.ts';
import type { OperatorTables } from '../store/tables.ts';
import { transact } from '../store/transact.ts';

/**
 * Takes a seed or the control key of the next epoch from a bank (S3, 202 to 208). The same message again gets
 * the same answer. Seeds come under the static key only as long as there is no working key; whoever finds an
 * old static key later can do nothing with it.
 *
 * ```
 *   seed-1, seed-2 (under the current key) ──▶ kept
 *   control-key (under the working key of both) ──▶ the epoch is active, the one before retires
 * ```
 * Faults: request-malformed, operator-unknown (not this bank, not this operator), operator-key-unknown,
 * operator-message-unreadable, operator-message-replayed.
 */
export const receiveKeyMessage = async (
  operator: Operator,
  bankId: string,
  body: unknown,
): Promise<Result<KeyMessageReply>> => {
  const parsed = keyMessage.safeParse(body);
  if (!parsed.success) return fail('request-malformed');
  const message = parsed.data;
  const bank = operator.banks.get(bankId);
  if (!bank || message.bankId !== bankId || message.operatorId !== operator.operatorId)
    return fail('operator-unknown');
  return transact(operator.db, (tx) =>
    message.kind === 'control-key'
      ? takeControlKey(operator, tx, bank, message)
      : takeSeed(operator, tx, bank, message, message.kind),
  );
};

type Tx = Transaction<OperatorTables>;

const takeSeed = async (
  operator: Operator,
  tx: Tx,
  bank: PartnerBank,
  message: KeyMessage,
  kind: 'seed-1' | 'seed-2',
): Promise<Result<KeyMessageReply>> => {
  const { bankId, epoch } = message;
  const current = await currentEpoch(tx, bankId);
  if (message.under !== current) return fail('operator-key-unknown', { reason: 'under' });
  if (epoch !== current + 1) return replayed();
  const under = await keyOf(operator, tx, bank, current);
  if (!under.ok) return under;
  const seed = await unwrapKey(operator.primitives, under.value, contextOf(message), message.box);
  if (!seed.ok) return seed;
  const name = seedName(bankId, epoch, kind);
  const known = await findSeed(operator, tx, bankId, epoch, kind);
  if (!known.ok) return known;
  if (known.value)
    return equalBytesConstantTime(known.value, seed.value) ? ok({ received: true }) : replayed();
  await tx
    .insertInto('key_seeds')
    .values({ bank_id: bankId, epoch, kind, seed: await operator.atRest.seal(name, seed.value) })
    .execute();
  return ok({ received: true });
};

const takeControlKey = async (
  operator: Operator,
  tx: Tx,
  bank: PartnerBank,
  message: KeyMessage,
): Promise<Result<KeyMessageReply>> => {
  const { bankId, epoch } = message;
  const current = await currentEpoch(tx, bankId);
  if (message.under !== epoch) return fail('operator-key-unknown', { reason: 'under' });
  if (epoch !== current && epoch !== current + 1) return replayed();
  const partners = { bankId, operatorId: operator.operatorId };
  const working =
    epoch === current ? await keyOf(operator, tx, bank, epoch) : await fromSeeds(operator, tx, bank, epoch);
  if (!working.ok) return working;
  if (message.workingCheck !== (await workingCheck(operator.primitives, partners, epoch, working.value)))
    return fail('operator-key-unknown', { reason: 'check' });
  const control = await unwrapKey(operator.primitives, working.value, contextOf(message), message.box);
  if (!control.ok) return control;
  if (epoch === current) {
    const known = await controlKeyIn(operator, tx, bankId, epoch);
    if (!known.ok) return known;
    if (!equalBytesConstantTime(known.value, control.value)) return replayed();
  } else {
    await beginEpoch(operator, tx, bankId, epoch, working.value, control.value);
  }
  return ok({
    received: true,
    proof: await controlProof(operator.primitives, partners, epoch, control.value),
  });
};

const beginEpoch = async (
  operator: Operator,
  tx: Tx,
  bankId: string,
  epoch: number,
  working: WorkingKey,
  control: Uint8Array,
): Promise<void> => {
  const retiresAt = new Date(operator.clock().getTime() + operator.settings.overlapSeconds * 1000);
  await tx
    .updateTable('key_epochs')
    .set({ state: 'retiring', retires_at: retiresAt.toISOString() })
    .where('bank_id', '=', bankId)
    .where('state', '=', 'active')
    .execute();
  await tx
    .insertInto('key_epochs')
    .values({
      bank_id: bankId,
      epoch,
      state: 'active',
      working_key: await operator.atRest.seal(workingName(bankId, epoch), encodeWorkingKey(working)),
      control_key: await operator.atRest.seal(controlName(bankId, epoch), control),
      retires_at: null,
    })
    .execute();
  // They have done their work: whoever gets this database later cannot derive from them.
  await tx
    .updateTable('key_seeds')
    .set({ seed: null })
    .where('bank_id', '=', bankId)
    .where('epoch', '=', epoch)
    .execute();
};

const fromSeeds = async (
  operator: Operator,
  tx: Tx,
  bank: PartnerBank,
  epoch: number,
): Promise<Result<WorkingKey>> => {
  const first = await findSeed(operator, tx, bank.bankId, epoch, 'seed-1');
  if (!first.ok) return first;
  const second = await findSeed(operator, tx, bank.bankId, epoch, 'seed-2');
  if (!second.ok) return second;
  if (!first.value || !second.value) return fail('operator-key-unknown', { reason: 'seeds' });
  const partners = { bankId: bank.bankId, operatorId: operator.operatorId };
  return ok(
    await deriveWorkingKey(operator.primitives, bank.form, partners, epoch, [first.value, second.value]),
  );
};

const findSeed = async (
  operator: Operator,
  tx: Tx,
  bankId: string,
  epoch: number,
  kind: 'seed-1' | 'seed-2',
): Promise<Result<Uint8Array | undefined>> => {
  const row = await tx
    .selectFrom('key_seeds')
    .select('seed')
    .where('bank_id', '=', bankId)
    .where('epoch', '=', epoch)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return typeof row?.seed === 'string'
    ? operator.atRest.open(seedName(bankId, epoch, kind), row.seed)
    : ok(undefined);
};

/** Epoch of the active working key; 0 before the first. */
const currentEpoch = async (tx: Tx, bankId: string): Promise<number> => {
  const row = await tx
    .selectFrom('key_epochs')
    .select('epoch')
    .where('bank_id', '=', bankId)
    .where('state', '=', 'active')
    .executeTakeFirst();
  return row?.epoch ?? 0;
};

const keyOf = async (
  operator: Operator,
  tx: Tx,
  bank: PartnerBank,
  epoch: number,
): Promise<Result<WorkingKey>> => {
  if (epoch === 0) return ok(staticWorkingKey(bank.staticKey));
  const row = await tx
    .selectFrom('key_epochs')
    .select('working_key')
    .where('bank_id', '=', bank.bankId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  if (typeof row?.working_key !== 'string') return fail('operator-key-unknown');
  const key = await operator.atRest.open(workingName(bank.bankId, epoch), row.working_key);
  return key.ok ? ok(decodeWorkingKey(key.value)) : key;
};

/** The control key of an epoch. Fault: operator-key-unknown. */
export const controlKeyIn = async (
  operator: Operator,
  db: Operator['db'],
  bankId: string,
  epoch: number,
): Promise<Result<Uint8Array>> => {
  const row = await db
    .selectFrom('key_epochs')
    .select('control_key')
    .where('bank_id', '=', bankId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  if (typeof row?.control_key !== 'string') return fail('operator-key-unknown');
  return operator.atRest.open(controlName(bankId, epoch), row.control_key);
};

/** The operator only opens: of a pair it keeps the private key. secret (32) | private key (32 or none) */
const encodeWorkingKey = (key: WorkingKey): Uint8Array =>
  concatBytes(key.secret, key.privateKey ?? new Uint8Array(0));

const decodeWorkingKey = (bytes: Uint8Array): WorkingKey =>
  bytes.length === 32 ? { secret: bytes } : { secret: bytes.slice(0, 32), privateKey: bytes.slice(32) };

const contextOf = ({ bankId, operatorId, epoch, kind }: KeyMessage) => ({
  bankId,
  operatorId,
  epoch,
  purpose: kind,
});

const seedName = (bankId: string, epoch: number, kind: string): string =>
  `key_seeds/${bankId}/${epoch}/${kind}`;
const workingName = (bankId: string, epoch: number): string => `key_epochs/${bankId}/${epoch}/working-key`;
const controlName = (bankId: string, epoch: number): string => `key_epochs/${bankId}/${epoch}/control-key`;

const replayed = () => fail('operator-message-replayed', { reason: 'replayed' });
