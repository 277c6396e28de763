import { createHash } from 'node:crypto';
import type {
  BankApi,
  RouteBody,
  RouteParams,
  RouteReply,
  SignedTreeHead,
} from '../../shared/bank-api/index.ts';
import {
  appendedNodes,
  consistencyProof,
  inclusionProof,
  leafHash,
  treeRoot,
  type Hash,
  type ReadNode,
} from '../../shared/codec/merkle/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { ApiCall, Caller } from '../http/api-call.ts';
import type { Database } from '../store/store.ts';
import { newestHead, signedHead, signHead } from './signed-heads.ts';
import { treeOf } from './station-logs.ts';

/*
 * Each station's audit chain is a tree here (RFC 6962). What was anchored cannot be taken back or changed
 * without the bank's signed heads saying so:
 *
 *   chain     hash 1 ── hash 2 ── … ── hash n        (station)
 *   leaves    leaf 0    leaf 1         leaf n-1      (here, for ever)
 *   heads     … signed head of 32 … signed head of n
 *
 * One tree to a log: a station that had to begin another one has another tree (`station-logs.ts`).
 */

const sha256: Hash = (message) => createHash('sha256').update(message).digest();

/** Appends what is new. A leaf that is known and different is a rewritten log: refused, and nothing is stored. */
export const anchorAudit = (
  bank: Bank,
  call: ApiCall<SignedTreeHead>,
  { from, leaves }: RouteBody<BankApi['anchorAudit']>,
): Promise<Result<SignedTreeHead>> =>
  call.commit(async (tx) => {
    const tree = await treeOf(tx, call.station.stationId);
    const before = await newestHead(tx, tree);
    const size = before?.size ?? 0;
    if (from > size) return fail('request-malformed', { field: 'from', size });
    const readNode = nodesIn(tx, tree);
    const hashes = leaves.map((leaf) => leafHash(sha256, Buffer.from(leaf, 'base64')));
    for (const [at, hash] of hashes.slice(0, size - from).entries())
      if (!Buffer.from(await readNode(0, from + at)).equals(hash))
        return fail('audit-chain-broken', { record: from + at + 1 });
    const fresh = hashes.slice(size - from);
    if (fresh.length === 0 && before !== undefined) return ok(signedHead(bank, before));
    for (const [at, hash] of fresh.entries())
      for (const node of await appendedNodes(sha256, readNode, size + at, hash))
        await tx
          .insertInto('audit_nodes')
          .values({
            station_id: tree,
            level: node.level,
            position: node.index,
            hash: Buffer.from(node.hash).toString('hex'),
          })
          .execute();
    const head = {
      time: call.now.getTime(),
      size: size + fresh.length,
      root: await treeRoot(sha256, readNode, size + fresh.length),
    };
    const row = await signHead(bank, tx, tree, head);
    return ok(signedHead(bank, row));
  });

export const readTreeHead = async (bank: Bank, { station }: Caller): Promise<Result<SignedTreeHead>> => {
  const { db } = bank.store;
  const head = await newestHead(db, await treeOf(db, station.stationId));
  return head ? ok(signedHead(bank, head)) : fail('audit-chain-broken', { record: 0 });
};

export const proveInclusion = (
  bank: Bank,
  caller: Caller,
  { index, size }: RouteParams<BankApi['proveInclusion']>,
): Promise<Result<RouteReply<BankApi['proveInclusion']>>> =>
  prove(bank, caller, Number(size), (readNode) =>
    inclusionProof(sha256, readNode, Number(index), Number(size)),
  );

export const proveConsistency = (
  bank: Bank,
  caller: Caller,
  { earlier, later }: RouteParams<BankApi['proveConsistency']>,
): Promise<Result<RouteReply<BankApi['proveConsistency']>>> =>
  prove(bank, caller, Number(later), (readNode) =>
    consistencyProof(sha256, readNode, Number(earlier), Number(later)),
  );

const prove = async (
  bank: Bank,
  { station }: Caller,
  size: number,
  work: (readNode: ReadNode) => Promise<Result<readonly Uint8Array[]>>,
): Promise<Result<{ proof: string[] }>> => {
  const { db } = bank.store;
  const tree = await treeOf(db, station.stationId);
  const head = await newestHead(db, tree);
  if (size > (head?.size ?? 0)) return fail('bad-input', { field: 'size' });
  const proof = await work(nodesIn(db, tree));
  return proof.ok ? ok({ proof: proof.value.map((hash) => Buffer.from(hash).toString('base64')) }) : proof;
};

const nodesIn =
  (db: Database, tree: string): ReadNode =>
  async (level, position) => {
    const { hash } = await db
      .selectFrom('audit_nodes')
      .select('hash')
      .where('station_id', '=', tree)
      .where('level', '=', level)
      .where('position', '=', position)
      .executeTakeFirstOrThrow();
    return Buffer.from(hash, 'hex');
  };
