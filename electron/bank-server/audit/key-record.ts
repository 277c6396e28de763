import { createHash, verify } from 'node:crypto';
import { z } from 'zod';
import type { SignedTreeHead } from '../../shared/bank-api/index.ts';
import { encodeTreeHead, growingTree } from '../../shared/codec/merkle/index.ts';
import { bankKeyEvent, bankKeyEventFrom, type BankKeyEvent } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { BankTransaction, Database } from '../store/store.ts';
import { newestHead, signedHead, signHead } from './signed-heads.ts';

/*
 * What happened to the bank's own keys, as a tree of its own beside those of the stations (RFC 6962):
 *
 *   leaves   event 0 ── event 1 ── … ── event n-1     (the texts themselves, for ever)
 *   heads    … signed head of 1 … signed head of n    (an auditor keeps the last one they saw)
 *
 * Whoever changes, removes or puts in an event has to make the root say so, and a root that was signed cannot.
 */

/** No station has such a name, and their leaves are 32 bytes: neither tree can stand for the other. */
export const keyTree = 'bank:keys';

/** What happens to a key now; in the transaction of what it tells. */
export const recordKeyEvent = (
  bank: Bank,
  tx: BankTransaction,
  event: Omit<BankKeyEvent, 'at'>,
): Promise<void> => recordAll(bank, tx, [{ at: bank.clock().toISOString(), ...event }]);

const recordAll = async (bank: Bank, tx: BankTransaction, events: readonly BankKeyEvent[]): Promise<void> => {
  const records = await readRecords(tx);
  for (const event of events) {
    const record = JSON.stringify(bankKeyEvent.parse(event));
    await tx.insertInto('key_events').values({ position: records.length, record }).execute();
    records.push(record);
  }
  await signHead(bank, tx, keyTree, {
    time: bank.clock().getTime(),
    size: records.length,
    root: rootOf(records),
  });
};

/** The first time: what a bank's set-up made, and what was written down before there was a tree. */
export const beginKeyRecord = async (bank: Bank): Promise<Result<void>> => {
  if ((await newestHead(bank.store.db, keyTree)) !== undefined) return ok();
  return bank.store.transaction(async (tx) => {
    if ((await newestHead(tx, keyTree)) !== undefined) return ok();
    const events = [...(await issuingKeysSoFar(tx)), ...(await masterKeysSoFar(tx))];
    await recordAll(
      bank,
      tx,
      events.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)),
    );
    return ok();
  });
};

const issuingKeysSoFar = async (db: Database): Promise<BankKeyEvent[]> => {
  const rows = await db.selectFrom('issuing_keys').selectAll().orderBy('made_at').execute();
  return rows.flatMap((row, at): BankKeyEvent[] => {
    const common = { subject: 'issuing-key' as const, key: row.key_id, name: row.name };
    const [first, since] = [at === 0, row.current_since];
    return [
      { ...common, at: row.made_at, kind: first ? 'made' : 'announced', officers: [row.made_by] },
      ...(first || since === null
        ? []
        : [{ ...common, at: since, kind: 'switched' as const, officers: [row.switched_by ?? ''] }]),
    ];
  });
};

const masterKeysSoFar = async (db: Database): Promise<BankKeyEvent[]> => {
  const rows = await db.selectFrom('master_key_events').selectAll().orderBy('at').execute();
  return rows.map(({ at, kind, version, officers, detail }) => ({
    at,
    subject: 'master-key',
    kind,
    key: String(version),
    ...z
      .object({ checkValue: z.string().optional(), algorithm: z.string().optional() })
      .parse(JSON.parse(detail)),
    officers: z.array(z.string()).parse(JSON.parse(officers)),
  }));
};

/** In order. What is no event is left out here; `auditKeys` finds it. */
export const readKeyEvents = async (db: Database): Promise<readonly BankKeyEvent[]> =>
  (await readRecords(db)).flatMap((record) => bankKeyEventFrom(record) ?? []);

export interface KeyAudit {
  /** Each as it was recorded: what is hashed as a leaf is this text in UTF-8. */
  readonly records: readonly string[];
  readonly head: SignedTreeHead;
}

/**
 * Reads the whole record and checks it against the bank's signed head, and against an earlier one that somebody
 * kept. Fault: audit-chain-broken {record}: the first one that cannot be right, counted from 1.
 */
export const auditKeys = async (
  bank: Bank,
  earlier: SignedTreeHead | undefined,
): Promise<Result<KeyAudit>> => {
  const records = await readRecords(bank.store.db);
  const row = await newestHead(bank.store.db, keyTree);
  if (row === undefined) return broken(1);
  const head = signedHead(bank, row);
  const strange = records.findIndex((record) => bankKeyEventFrom(record) === undefined);
  if (strange >= 0) return broken(strange + 1);
  for (const each of earlier === undefined ? [head] : [earlier, head]) {
    if (records.length < each.size) return broken(records.length + 1);
    const root = Buffer.from(rootOf(records.slice(0, each.size)));
    if (!root.equals(Buffer.from(each.root, 'base64')) || !isSigned(bank, each)) return broken(each.size);
  }
  return records.length === head.size ? ok({ records, head }) : broken(head.size + 1);
};

/** By this bank's key for that; whose certificate is in the head counts for nothing here. */
const isSigned = ({ authority }: Bank, { time, size, root, signature }: SignedTreeHead): boolean => {
  try {
    const signed = encodeTreeHead({ time, size, root: Buffer.from(root, 'base64') });
    const { publicKey } = authority.signing.signer;
    return verify('sha256', signed, publicKey, Buffer.from(signature, 'base64'));
  } catch {
    return false; // a root that is not 32 bytes
  }
};

/** In order; the texts that the leaves are. */
export const readRecords = async (db: Database): Promise<string[]> =>
  (await db.selectFrom('key_events').select('record').orderBy('position').execute()).map(
    ({ record }) => record,
  );

const rootOf = (records: readonly string[]): Uint8Array => {
  const tree = growingTree((message) => createHash('sha256').update(message).digest());
  for (const record of records) tree.append(Buffer.from(record));
  return tree.root();
};

const broken = (record: number): Result<never> => fail('audit-chain-broken', { record });
