import { createHash, createPublicKey, verify } from 'node:crypto';
import type { Transaction } from 'kysely';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { toHex } from '../../shared/codec/index.ts';
import { transact } from '../transactions/index.ts';
import { findOperator } from './admit-operator.ts';
import { makeControlKey, seedName } from './make-control-key.ts';
import type { OperatorDesk } from './operator-desk.ts';
import type { OperatorTables } from './operator-tables.ts';

/** Which seed the next employee enters. */
export interface SeedOrder {
  readonly epoch: number;
  readonly part: 1 | 2;
}

export interface SeedEntry {
  readonly operatorId: string;
  readonly order: SeedOrder;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly officerId: string;
  /** ECDSA P-256 with SHA-256, DER, over `seedStatement`, by the officer's own card. */
  readonly signature: Uint8Array;
}

/** What the officer signs: which seed it is, and its hash. */
export const seedStatement = (
  bankId: string,
  operatorId: string,
  order: SeedOrder,
  seed: Uint8Array,
): Uint8Array =>
  Buffer.from(
    JSON.stringify(['cardwright-seed/v1', bankId, operatorId, order.epoch, order.part, sha256(seed)]),
  );

/**
 * The seed to be entered next: part 1 or 2 of the epoch that is being collected, or of a new one.
 * Faults: operator-unknown, seed-refused (pending: the last epoch has not reached the operator yet).
 */
export const nextSeed = async (desk: OperatorDesk, operatorId: string): Promise<Result<SeedOrder>> => {
  if (!(await findOperator(desk, operatorId))) return fail('operator-unknown');
  return orderIn(desk.db, operatorId);
};

/**
 * Takes one of the two seeds of an epoch. The second one makes working key and control key; `deliverKeys`
 * then brings them to the operator. Fault: seed-refused, reason same-officer, same-seed, signature, order
 * (not the seed that is asked for next) or length.
 */
export const enterSeed = async (desk: OperatorDesk, entry: SeedEntry): Promise<Result<void>> => {
  const { operatorId, order, seed, officerId } = entry;
  const operator = await findOperator(desk, operatorId);
  if (!operator) return fail('operator-unknown');
  if (seed.length !== 32) return refused('length');
  const officer = await desk.db
    .selectFrom('operator_officers')
    .select('public_key')
    .where('officer_id', '=', officerId)
    .executeTakeFirst();
  if (!officer || !isSigned(desk.bankId, officer.public_key, entry)) return refused('signature');

  return transact(desk.db, async (tx) => {
    if (await isEntered(tx, entry)) return ok(); // the answer was lost
    const wanted = await orderIn(tx, operatorId);
    if (!wanted.ok) return wanted;
    if (wanted.value.epoch !== order.epoch) return refused('order');
    const others = await tx
      .selectFrom('operator_seeds')
      .select(['officer_id', 'seed_sha256'])
      .where('operator_id', '=', operatorId)
      .where('epoch', '=', order.epoch)
      .execute();
    // One person has one name: the table of officers takes a key once.
    if (others.some((each) => each.officer_id === officerId)) return refused('same-officer');
    if (wanted.value.part !== order.part) return refused('order');
    if (others.some((each) => each.seed_sha256 === sha256(seed))) return refused('same-seed');

    if (order.part === 1) await openEpoch(tx, operatorId, order.epoch);
    await tx
      .insertInto('operator_seeds')
      .values({
        operator_id: operatorId,
        epoch: order.epoch,
        part: order.part,
        officer_id: officerId,
        seed_sha256: sha256(seed),
        signature: toHex(entry.signature),
        entered_at: desk.clock().toISOString(),
        seed: await desk.atRest.seal(seedName(operatorId, order.epoch, order.part), seed),
        sent_at: null,
      })
      .execute();
    return order.part === 2 ? makeControlKey(desk, tx, operator, order.epoch) : ok();
  });
};

const isEntered = async (tx: Transaction<OperatorTables>, entry: SeedEntry): Promise<boolean> => {
  const row = await tx
    .selectFrom('operator_seeds')
    .select('part')
    .where('operator_id', '=', entry.operatorId)
    .where('epoch', '=', entry.order.epoch)
    .where('part', '=', entry.order.part)
    .where('officer_id', '=', entry.officerId)
    .where('seed_sha256', '=', sha256(entry.seed))
    .executeTakeFirst();
  return row !== undefined;
};

const orderIn = async (
  db: OperatorDesk['db'] | Transaction<OperatorTables>,
  operatorId: string,
): Promise<Result<SeedOrder>> => {
  const newest = await db
    .selectFrom('operator_epochs')
    .select(['epoch', 'state'])
    .where('operator_id', '=', operatorId)
    .orderBy('epoch', 'desc')
    .executeTakeFirst();
  if (!newest) return ok({ epoch: 1, part: 1 });
  const epoch = newest.epoch;
  if (newest.state === 'collecting') return ok({ epoch, part: 2 });
  // Seeds travel under the current working key, so the one before has to have arrived.
  if (newest.state === 'sending') return refused('pending');
  return ok({ epoch: epoch + 1, part: 1 });
};

const openEpoch = async (
  tx: Transaction<OperatorTables>,
  operatorId: string,
  epoch: number,
): Promise<void> => {
  const active = await tx
    .selectFrom('operator_epochs')
    .select('epoch')
    .where('operator_id', '=', operatorId)
    .where('state', '=', 'active')
    .executeTakeFirst();
  await tx
    .insertInto('operator_epochs')
    .values({
      operator_id: operatorId,
      epoch,
      state: 'collecting',
      under: active?.epoch ?? 0,
      working_key: null,
      control_key: null,
      control_sent_at: null,
      activated_at: null,
      retires_at: null,
    })
    .execute();
};

const isSigned = (bankId: string, publicKey: string, entry: SeedEntry): boolean => {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
    const statement = seedStatement(bankId, entry.operatorId, entry.order, entry.seed);
    return key.asymmetricKeyType === 'ec' && verify('sha256', statement, key, entry.signature);
  } catch {
    return false;
  }
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const refused = (reason: string) => fail('seed-refused', { reason });
