import { createHash, verify, X509Certificate } from 'node:crypto';
import { setImmediate as others } from 'node:timers/promises';
import { bankSignerDefect } from '../../../native/applications/sd/index.ts';
import type { SignedTreeHead } from '../../shared/bank-api/index.ts';
import { encodeTreeHead, growingTree, type GrowingTree, type Hash } from '../../shared/codec/merkle/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { StationDatabase } from '../journal/station-database.ts';

/** The bank's signature that the log began with exactly these records. */
export interface AnchoredHead {
  readonly records: number;
  /** Root of the tree (RFC 6962) whose leaves are the hashes of the records, 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * Gives the bank the hashes of new records, and holds what the bank signed against this log. The bank keeps
 * them for ever: a log that is shortened or rewritten here, with its head and its anchor file, contradicts it.
 */
export interface BankAnchor {
  /** The newest head the bank has signed, as far as the bank was asked; it may contradict the log. */
  head(): AnchoredHead | undefined;
  /**
   * Sends what the bank does not have. One at a time: who calls meanwhile waits for the same one.
   * Faults: those of the bank client; audit-chain-broken {record} when the bank holds another log than this one.
   */
  send(): Promise<Result<AnchoredHead>>;
  stop(): void;
}

export interface BankAnchorOptions {
  readonly database: StationDatabase;
  readonly bank: BankClient;
  /** One of them has to vouch for who signs the heads. */
  readonly bankCas: () => readonly X509Certificate[];
  /** Whether it is of use to ask the bank at all now. */
  isConnected(): boolean;
  readonly everyMs: number;
  /** The bank holds another log: said once, until they agree again. `record` is the first one that is known to differ. */
  onContradiction(record: number): void;
}

export const sha256: Hash = (message) => createHash('sha256').update(message).digest();

/** The route takes 2,000. */
const mostAtOnce = 2000;

export function bankAnchor(options: BankAnchorOptions): BankAnchor {
  const { database, bank, everyMs } = options;
  const select = database.db.prepare<[number, number], { hash: Buffer }>(
    'SELECT hash FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?',
  );
  const count = database.db.prepare<[], { records: number }>('SELECT count(*) AS records FROM audit');
  let newest: AnchoredHead | undefined;
  let sending: Promise<Result<AnchoredHead>> | undefined;
  let isContradicted = false;
  /** The log's tree as it was last held against the bank, so that only what is new is hashed. */
  let agreed: GrowingTree | undefined;

  const hashesFrom = (records: number, most: number): Result<readonly Buffer[]> =>
    database.read(() => select.all(records, most).map(({ hash }) => hash));

  const contradicted = (record: number): Result<never> => {
    if (!isContradicted) options.onContradiction(record);
    isContradicted = true;
    return fail('audit-chain-broken', { record });
  };

  /** The log's own tree over its first records, or undefined when there are not as many. */
  const treeOver = async (records: number): Promise<Result<GrowingTree | undefined>> => {
    const tree = growingTree(sha256);
    while (tree.size() < records) {
      const hashes = hashesFrom(tree.size(), Math.min(mostAtOnce, records - tree.size()));
      if (!hashes.ok) return hashes;
      if (hashes.value.length === 0) return ok(undefined);
      for (const hash of hashes.value) tree.append(hash);
      await others();
    }
    return ok(tree);
  };

  const send = async (): Promise<Result<AnchoredHead>> => {
    const before = await bank.call('readTreeHead', {}, {});
    // A bank that has no tree of this station yet says that it is broken at no record.
    const isFirst =
      !before.ok && before.fault.code === 'audit-chain-broken' && before.fault.data.record === 0;
    if (!before.ok && !isFirst) return before;
    const signed = before.ok ? headFrom(before.value, options.bankCas()) : ok(undefined);
    if (!signed.ok) return signed;
    newest = signed.value ?? newest;
    const size = signed.value?.records ?? 0;
    const ours = agreed?.size() === size ? ok(agreed) : await treeOver(size);
    if (!ours.ok) return ours;
    const tree = ours.value;
    agreed = undefined;
    if (tree === undefined) {
      const has = database.read(() => count.get()?.records ?? 0);
      return has.ok ? contradicted(has.value + 1) : has;
    }
    if (signed.value && !same(signed.value.root, tree.root())) return contradicted(signed.value.records);
    for (;;) {
      const from = tree.size();
      const hashes = hashesFrom(from, mostAtOnce);
      if (!hashes.ok) return hashes;
      if (hashes.value.length === 0 && newest) {
        agreed = tree;
        isContradicted = false;
        return ok(newest);
      }
      for (const hash of hashes.value) tree.append(hash);
      const leaves = hashes.value.map((hash) => hash.toString('base64'));
      const answer = await bank.call(
        'anchorAudit',
        {},
        { from, leaves },
        { idempotencyKey: `anchor/${from}/${tree.size()}/${Buffer.from(tree.root()).toString('hex', 0, 8)}` },
      );
      if (!answer.ok)
        return answer.fault.code === 'audit-chain-broken'
          ? contradicted(Number(answer.fault.data.record))
          : answer;
      const head = headFrom(answer.value, options.bankCas());
      if (!head.ok) return head;
      newest = head.value;
      if (head.value.records !== tree.size() || !same(head.value.root, tree.root()))
        return contradicted(head.value.records);
    }
  };

  const sendOnce = (): Promise<Result<AnchoredHead>> => {
    sending ??= send().finally(() => (sending = undefined));
    return sending;
  };

  const timer = setInterval(() => {
    if (options.isConnected() && !isContradicted) void sendOnce();
  }, everyMs);
  timer.unref();

  return {
    head: () => newest,
    send: sendOnce,
    stop() {
      clearInterval(timer);
    },
  };
}

/** What the bank signed, when it is signed by the bank. Fault: bank-bad-answer. */
export function headFrom(
  { size, time, root, signature, certificate }: SignedTreeHead,
  bankCas: readonly X509Certificate[],
): Result<AnchoredHead> {
  try {
    const head = { time, size, root: new Uint8Array(Buffer.from(root, 'base64')) };
    const signer = new X509Certificate(Buffer.from(certificate, 'base64'));
    const isOfBank = bankSignerDefect(signer, bankCas, new Date(time)) === undefined;
    const isSigned = verify(
      'sha256',
      encodeTreeHead(head),
      signer.publicKey,
      Buffer.from(signature, 'base64'),
    );
    if (isOfBank && isSigned) return ok({ records: size, root: head.root });
  } catch {
    // not a certificate, not 32 bytes: as good as unsigned
  }
  return fail('bank-bad-answer', { what: 'tree head' });
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);
