import { createHash } from 'node:crypto';
import type { BankApi, RouteParams, RouteReply } from '../../shared/bank-api/index.ts';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  nodeHash,
  type Hash,
  type ReadNode,
} from '../../shared/codec/merkle/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { keyTree, readRecords } from './key-record.ts';
import { headOfSize, newestHead, signedHead } from './signed-heads.ts';

const mostAtOnce = 50;
const sha256: Hash = (message) => createHash('sha256').update(message).digest();

/**
 * What a station shows its managers of the bank's keys. Nothing is checked here: whoever changed the record here
 * changed this too, so the station does. Faults: request-malformed, audit-chain-broken {record} when records are gone.
 */
export const readKeyRecord = async (
  bank: Bank,
  { before, limit, size, earlier }: RouteParams<BankApi['readKeyRecord']>,
): Promise<Result<RouteReply<BankApi['readKeyRecord']>>> => {
  const { db } = bank.store;
  const row =
    size === undefined ? await newestHead(db, keyTree) : await headOfSize(db, keyTree, Number(size));
  if (row === undefined)
    return size === undefined
      ? fail('audit-chain-broken', { record: 1 })
      : fail('request-malformed', { field: 'size' });
  const texts = (await readRecords(db)).slice(0, row.size);
  if (texts.length < row.size) return fail('audit-chain-broken', { record: texts.length + 1 });
  const readNode = nodesOver(texts);
  const to = Math.min(row.size, before === undefined ? row.size : Number(before));
  const from = Math.max(0, to - Math.min(mostAtOnce, Number(limit ?? mostAtOnce)));
  const records: { text: string; proof: string[] }[] = [];
  for (const [at, text] of texts.slice(from, to).entries()) {
    const proof = await inclusionProof(sha256, readNode, from + at, row.size);
    if (!proof.ok) return proof;
    records.push({ text, proof: proof.value.map(inBase64) });
  }
  const known = Number(earlier ?? 0);
  const consistency =
    known === 0 || known > row.size ? undefined : await consistencyProof(sha256, readNode, known, row.size);
  if (consistency && !consistency.ok) return consistency;
  return ok({
    head: signedHead(bank, row),
    from,
    records,
    ...(consistency && { consistency: consistency.value.map(inBase64) }),
  });
};

/** The full subtrees over these leaves, level by level; there are few enough keys in the life of a bank. */
const nodesOver = (texts: readonly string[]): ReadNode => {
  const levels = [texts.map((text) => leafHash(sha256, Buffer.from(text)))];
  for (let below = levels[0]; below !== undefined && below.length > 1; below = levels.at(-1)) {
    const pairs = below.slice(0, Math.floor(below.length / 2));
    levels.push(pairs.map((_, at) => nodeHash(sha256, nodeIn(below, 2 * at), nodeIn(below, 2 * at + 1))));
  }
  return (level, index) => Promise.resolve(nodeIn(levels[level] ?? [], index));
};

const nodeIn = (level: readonly Uint8Array[], index: number): Uint8Array => {
  const node = level[index];
  if (node === undefined) throw new Error(`There is no node ${index}`);
  return node;
};

const inBase64 = (hash: Uint8Array): string => Buffer.from(hash).toString('base64');
