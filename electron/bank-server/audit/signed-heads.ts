import type { SignedTreeHead } from '../../shared/bank-api/index.ts';
import { encodeTreeHead, type TreeHead } from '../../shared/codec/merkle/index.ts';
import type { Bank } from '../bank.ts';
import type { BankTransaction, Database } from '../store/store.ts';

/** A tree is a station's, under its id, or the bank's own. */
export interface HeadRow {
  readonly size: number;
  /** Hex. */
  readonly root: string;
  readonly time: number;
  readonly signature: string;
}

export const newestHead = (db: Database, tree: string): Promise<HeadRow | undefined> =>
  db
    .selectFrom('tree_heads')
    .select(['size', 'root', 'time', 'signature'])
    .where('station_id', '=', tree)
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();

export const headOfSize = (db: Database, tree: string, size: number): Promise<HeadRow | undefined> =>
  db
    .selectFrom('tree_heads')
    .select(['size', 'root', 'time', 'signature'])
    .where('station_id', '=', tree)
    .where('size', '=', size)
    .executeTakeFirst();

/** Signs a head of the tree and keeps it. */
export const signHead = async (
  { authority }: Bank,
  tx: BankTransaction,
  tree: string,
  head: TreeHead,
): Promise<HeadRow> => {
  const row = {
    station_id: tree,
    size: head.size,
    root: Buffer.from(head.root).toString('hex'),
    time: head.time,
    signature: Buffer.from(await authority.signing.signer.sign(encodeTreeHead(head))).toString('base64'),
  };
  await tx
    .insertInto('tree_heads')
    .values(row)
    .onConflict((conflict) => conflict.doNothing()) // an empty tree, asked for again
    .execute();
  return row;
};

export const signedHead = (bank: Bank, { size, root, time, signature }: HeadRow): SignedTreeHead => ({
  size,
  time,
  root: Buffer.from(root, 'hex').toString('base64'),
  signature,
  certificate: bank.authority.signing.certificate.toString('base64'),
});
