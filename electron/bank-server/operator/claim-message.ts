import type { Transaction } from 'kysely';
import type { Envelope } from '../../shared/codec/operator-keys/index.ts';
import type { TransferRequest } from '../../shared/operator-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { transact } from '../transactions/index.ts';
import type { OperatorDesk } from './operator-desk.ts';
import type { OperatorTables, TransactionRow } from './operator-tables.ts';

/** This server, and no other one, works on the message now. */
export interface Claim {
  readonly kind: 'claimed';
  readonly row: TransactionRow;
  readonly customerId: string;
  /** The subscriber has begun more transactions than allowed in an hour. */
  readonly tooMany: boolean;
}

/** It was answered before, and is again. */
export interface Answered {
  readonly kind: 'answered';
  readonly reply: Envelope;
}

/**
 * Finds the message's place: message 1 opens a transaction, message n+1 follows n, message n again is
 * answered again, everything else is refused. Who claims a message has it to itself until it is answered, or
 * for half a minute should that server die: then the step is taken again, which costs a wrong password a second
 * try and books nothing twice.
 */
export const claimMessage = async (
  desk: OperatorDesk,
  message: Envelope,
  request: TransferRequest,
): Promise<Result<Claim | Answered>> =>
  transact(desk.db, async (tx): Promise<Result<Claim | Answered>> => {
    const { operatorId, serial, number } = message;
    const subscriber = await tx
      .selectFrom('operator_subscribers')
      .selectAll()
      .where('operator_id', '=', operatorId)
      .where('imsi', '=', request.imsi)
      .executeTakeFirst();
    if (subscriber?.state !== 'active') return fail('subscriber-unknown');
    if (subscriber.phone_number !== request.phoneNumber) return fail('subscriber-mismatch');
    const customerId = subscriber.customer_id;
    const now = desk.clock();

    const row = await tx
      .selectFrom('operator_transactions')
      .selectAll()
      .where('operator_id', '=', operatorId)
      .where('serial', '=', serial)
      .executeTakeFirst();
    if (!row) {
      if (number !== 1) return replayed('out-of-order');
      if (serial <= Number(subscriber.last_serial)) return replayed('stale-serial');
      const tooMany = await isTooOften(desk, tx, operatorId, request.imsi, now);
      return ok({
        kind: 'claimed',
        row: await openTransaction(desk, tx, message, request.imsi, now),
        customerId,
        tooMany,
      });
    }
    if (row.kind !== 'transfer' || row.epoch !== message.epoch) return replayed('stale-serial');
    if (row.imsi !== request.imsi) return fail('subscriber-mismatch');
    if (number === row.number) {
      if (row.message_mac !== message.mac) return replayed('replayed');
      if (row.reply !== null) return ok({ kind: 'answered', reply: JSON.parse(row.reply) as Envelope }); // ours
      if (row.working_since > secondsBefore(now, 30)) return fail('bank-busy');
      return claimed(tx, row, number, message, now, customerId);
    }
    if (number < row.number) return replayed('replayed');
    if (number !== row.number + 1 || row.reply === null) return replayed('out-of-order');
    if (row.stage === 'ended' || row.expires_at <= now.toISOString()) return fail('dialogue-expired');
    return claimed(tx, row, number, message, now, customerId);
  });

const openTransaction = async (
  desk: OperatorDesk,
  tx: Transaction<OperatorTables>,
  message: Envelope,
  imsi: string,
  now: Date,
): Promise<TransactionRow> => {
  await tx
    .updateTable('operator_subscribers')
    .set({ last_serial: message.serial })
    .where('operator_id', '=', message.operatorId)
    .where('imsi', '=', imsi)
    .execute();
  return tx
    .insertInto('operator_transactions')
    .values({
      operator_id: message.operatorId,
      serial: message.serial,
      epoch: message.epoch,
      imsi,
      kind: 'transfer',
      stage: 'payee',
      number: 1,
      message_mac: message.mac,
      reply: null,
      working_since: now.toISOString(),
      tries: 0,
      payee_account: null,
      payer_account: null,
      amount: null,
      currency: null,
      order_sha256: null,
      receipt_number: null,
      opened_at: now.toISOString(),
      expires_at: new Date(now.getTime() + desk.settings.transactionSeconds * 1000).toISOString(),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
};

/** The condition on what was read keeps two servers from claiming the same message. */
const claimed = async (
  tx: Transaction<OperatorTables>,
  row: TransactionRow,
  number: number,
  message: Envelope,
  now: Date,
  customerId: string,
): Promise<Result<Claim>> => {
  const updated = await tx
    .updateTable('operator_transactions')
    .set({ number, message_mac: message.mac, reply: null, working_since: now.toISOString() })
    .where('operator_id', '=', row.operator_id)
    .where('serial', '=', row.serial)
    .where('number', '=', row.number)
    .where('working_since', '=', row.working_since)
    .returningAll()
    .executeTakeFirst();
  return updated ? ok({ kind: 'claimed', row: updated, customerId, tooMany: false }) : fail('bank-busy');
};

const isTooOften = async (
  desk: OperatorDesk,
  tx: Transaction<OperatorTables>,
  operatorId: string,
  imsi: string,
  now: Date,
): Promise<boolean> => {
  const { count } = await tx
    .selectFrom('operator_transactions')
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .where('operator_id', '=', operatorId)
    .where('imsi', '=', imsi)
    .where('opened_at', '>', secondsBefore(now, 3_600))
    .executeTakeFirstOrThrow();
  return Number(count) >= desk.settings.transactionsPerHour;
};

const secondsBefore = (now: Date, seconds: number): string =>
  new Date(now.getTime() - seconds * 1000).toISOString();

const replayed = (reason: 'replayed' | 'out-of-order' | 'stale-serial') =>
  fail('operator-message-replayed', { reason });
