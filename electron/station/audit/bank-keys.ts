import type { X509Certificate } from 'node:crypto';
import type { BankApi, RouteReply } from '../../shared/bank-api/index.ts';
import { signedTreeHead, type SignedTreeHead } from '../../shared/bank-api/index.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../../shared/codec/merkle/index.ts';
import type { BankKeysFinding, BankKeysPage } from '../../shared/contract/index.ts';
import { aboutKeyRecord, bankKeyEventFrom, type SignedAct } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { StationDatabase } from '../journal/station-database.ts';
import { evidenceOf, type Decision } from '../officers/approvals.ts';
import { headFrom, sha256 } from './anchor-at-bank.ts';
import type { AuditLog } from './audit-log.ts';

/*
 * The bank's record of its own keys, as a manager sees it. The bank is not believed:
 *
 *   its signature      over the head of the tree, by a certificate of the CA that this station trusts
 *   inclusion          each record that is shown is a leaf of that tree
 *   consistency        the tree goes on from the last one that this station has seen, and kept
 *
 * A bank that had to restore an older state of itself does not go on from that for ever. Then, and only when all else
 * is right, a manager puts the record as it is now in the place of what was seen, by the own hand.
 */
export interface BankKeys {
  /**
   * One page, newest first. `size` is that of the first page, whose head the further ones belong to. What does not
   * check is a finding beside what the bank gave, no fault: somebody has to see it.
   * Faults: those of the bank client and of the database.
   */
  read(page: BankKeysOrder, officerId: string | undefined): Promise<Result<BankKeysPage>>;
  /**
   * The record that was shown, read once more and whole: it does not go on from what was seen here, and nothing else
   * is wrong with it. Faults: officer-act-expired (it is another one now, or it does go on), bank-key-record-broken,
   * those of `read`.
   */
  newBeginning(shown: ShownRecord): Promise<Result<NewBeginning>>;
  /** What was seen before is what it is measured by no more; the log keeps both. Fault: officer-act-expired. */
  begin(
    beginning: NewBeginning,
    who: { readonly officerId: string; readonly signed: SignedAct | undefined },
  ): Result<void>;
}

export interface ShownRecord {
  readonly size: number;
  readonly headHash: string;
  /** Under which the bank's security officers know why. */
  readonly reference: string;
}

export interface NewBeginning {
  readonly head: SignedTreeHead;
  readonly instead: SignedTreeHead;
  readonly finding: BankKeysFinding;
  readonly reference: string;
  readonly decision: Decision;
}

export interface BankKeysOrder {
  /** The page ends before the event of this number. */
  readonly before?: number | undefined;
  readonly size?: number | undefined;
  readonly limit: number;
}

export interface BankKeysTools {
  readonly bank: BankClient;
  readonly bankCas: () => readonly X509Certificate[];
  readonly database: StationDatabase;
  readonly audit: AuditLog;
  now(): Date;
}

interface Kept {
  readonly head: SignedTreeHead;
  readonly seenAt: string;
}

type Answer = RouteReply<BankApi['readKeyRecord']>;
interface Finding {
  readonly finding: BankKeysFinding;
  /** The first record that cannot be right, from 1. */
  readonly brokenAt?: number;
}

export function bankKeys({ bank, bankCas, database, audit, now }: BankKeysTools): BankKeys {
  const select = database.db.prepare<[], { head: string; seen_at: string }>(
    'SELECT head, seen_at FROM bank_key_head',
  );
  const save = database.db.prepare(
    `INSERT INTO bank_key_head (id, head, seen_at) VALUES (1, @head, @at)
     ON CONFLICT DO UPDATE SET head = @head, seen_at = @at`,
  );

  const lastSeen = (): Result<Kept | undefined> => {
    const row = database.read(() => select.get());
    if (!row.ok || !row.value) return row.ok ? ok(undefined) : row;
    const head = headIn(row.value.head);
    return head
      ? ok({ head, seenAt: row.value.seen_at })
      : fail('database-damaged', { reason: 'bank_key_head' });
  };

  /** What is found is in the log, and so is every head that was seen first: the log has it at the bank too. */
  const keep = (
    head: SignedTreeHead | undefined,
    kept: Kept | undefined,
    found: Finding | undefined,
    officerId: string | undefined,
  ): Result<void> => {
    if (found)
      return audit.append({
        event: 'bank-keys.contradicted',
        outcome: 'failed',
        officerId,
        faultCode: 'audit-chain-broken',
        data: {
          finding: found.finding,
          ...(head && { records: head.size }),
          ...(kept && { seenBefore: kept.head.size }),
        },
      });
    if (!head || kept?.head.size === head.size) return ok();
    return database.write(() => {
      save.run({ head: JSON.stringify(head), at: now().toISOString() });
      return audit.append({
        event: 'bank-keys.seen',
        outcome: 'ok',
        officerId,
        data: { records: head.size, head: headHash(head) },
      });
    });
  };

  const ask = (order: BankKeysOrder, kept: Kept | undefined): Promise<Result<Answer>> =>
    bank.call(
      'readKeyRecord',
      {
        limit: String(order.limit),
        ...(order.before !== undefined && { before: String(order.before - 1) }),
        ...(order.size !== undefined && { size: String(order.size) }),
        ...(kept && { earlier: String(kept.head.size) }),
      },
      {},
    );

  /** How it goes on is looked at last: then nothing else is wrong. */
  const check = (given: Answer, order: BankKeysOrder, kept: Kept | undefined): Finding | undefined =>
    signature(given, bankCas()) ??
    completeness(given, order) ??
    inclusion(given) ??
    growth(given, kept?.head);

  return {
    async read(order, officerId) {
      const isFirst = order.size === undefined;
      const seen = lastSeen();
      if (!seen.ok) return seen;
      const kept = isFirst ? seen.value : undefined;
      const answer = await ask(order, kept);
      const missing = answer.ok ? undefined : recordsGone(answer.fault);
      if (!answer.ok && !missing) return answer;
      const given = answer.ok ? answer.value : undefined;
      const found = given === undefined ? missing : check(given, order, kept);
      if (isFirst) {
        const written = keep(given?.head, kept, found, officerId);
        if (!written.ok) return written;
      }
      return ok({
        checkedAt: now().toISOString(),
        size: given?.head.size ?? 0,
        events: given ? eventsOf(given) : [],
        ...(given && { headHash: headHash(given.head) }),
        ...(given && found?.finding !== 'unsigned' && { signedAt: new Date(given.head.time).toISOString() }),
        ...(kept && { seenBefore: { size: kept.head.size, at: kept.seenAt } }),
        ...found,
      });
    },

    async newBeginning({ size, headHash: shown, reference }) {
      const kept = lastSeen();
      if (!kept.ok) return kept;
      const first = await ask({ limit: pageSize }, kept.value);
      if (!first.ok) return first;
      const { head } = first.value;
      if (signature(first.value, bankCas())) return fail('bank-key-record-broken', {});
      const finding = growth(first.value, kept.value?.head)?.finding;
      if (!kept.value || !finding || head.size !== size || headHash(head) !== shown)
        return fail('officer-act-expired');
      for (let before = size + 1; before > 1; before -= pageSize) {
        const order: BankKeysOrder = { before, size, limit: pageSize };
        const page = await ask(order, undefined);
        const found = page.ok ? check(page.value, order, undefined) : recordsGone(page.fault);
        if (found) return fail('bank-key-record-broken', found.brokenAt ? { record: found.brokenAt } : {});
        if (!page.ok) return page;
        if (headHash(page.value.head) !== shown) return fail('officer-act-expired');
      }
      const { head: instead, seenAt: at } = kept.value;
      const seenBefore = { size: instead.size, headHash: headHash(instead), at };
      const about = aboutKeyRecord({ size, headHash: shown, seenBefore, finding, reference });
      return ok({ head, instead, finding, reference, decision: { act: 'accept-key-record', about } });
    },

    begin({ head, instead, finding, reference }, { officerId, signed }) {
      return database.write(() => {
        const kept = lastSeen();
        if (!kept.ok) return kept;
        // Two managers, each at a window: the second one has not seen what the first one took for the measure.
        if (!kept.value || headHash(kept.value.head) !== headHash(instead))
          return fail('officer-act-expired');
        save.run({ head: JSON.stringify(head), at: now().toISOString() });
        return audit.append({
          event: 'bank-keys.accepted',
          outcome: 'ok',
          officerId,
          data: {
            finding,
            records: head.size,
            head: headHash(head),
            seenBefore: instead.size,
            seenHead: headHash(instead),
            reference,
            ...evidenceOf(signed),
          },
        });
      });
    },
  };
}

/** Events, the most that the bank gives at once. */
const pageSize = 50;

const headHash = ({ root }: SignedTreeHead): string => Buffer.from(root, 'base64').toString('hex');

/** The bank itself says that it has fewer records than it signed for. */
const recordsGone = ({
  code,
  data,
}: {
  code: string;
  data: Readonly<Record<string, unknown>>;
}): Finding | undefined =>
  code === 'audit-chain-broken' ? { finding: 'incomplete', brokenAt: Number(data.record) } : undefined;

const signature = ({ head }: Answer, bankCas: readonly X509Certificate[]): Finding | undefined =>
  headFrom(head, bankCas).ok ? undefined : { finding: 'unsigned' };

const growth = (
  { head, consistency = [] }: Answer,
  kept: SignedTreeHead | undefined,
): Finding | undefined => {
  if (kept === undefined || kept.size === 0) return undefined;
  if (head.size < kept.size) return { finding: 'shrank', brokenAt: head.size + 1 };
  const goesOn = verifyConsistency(sha256, {
    earlierSize: kept.size,
    earlierRoot: bytes(kept.root),
    laterSize: head.size,
    laterRoot: bytes(head.root),
    proof: consistency.map(bytes),
  });
  return goesOn ? undefined : { finding: 'rewritten' };
};

/** No page may leave out what it should have. */
const completeness = (
  { head, from, records }: Answer,
  { before, size, limit }: BankKeysOrder,
): Finding | undefined => {
  const to = Math.min(head.size, before === undefined ? head.size : before - 1);
  const isWhole =
    (size ?? head.size) === head.size && from === Math.max(0, to - limit) && records.length === to - from;
  return isWhole ? undefined : { finding: 'incomplete', brokenAt: to };
};

const inclusion = ({ head, from, records }: Answer): Finding | undefined => {
  const at = records.findIndex(
    ({ text, proof }, index) =>
      !verifyInclusion(sha256, {
        index: from + index,
        size: head.size,
        leafHash: leafHash(sha256, Buffer.from(text)),
        proof: proof.map(bytes),
        root: bytes(head.root),
      }),
  );
  return at < 0 ? undefined : { finding: 'changed', brokenAt: from + at + 1 };
};

/** Newest first, as the log is read. */
const eventsOf = ({ from, records }: Answer): BankKeysPage['events'] =>
  records
    .map(({ text }, index) => {
      const event = bankKeyEventFrom(text);
      return { number: from + index + 1, text, ...(event && { event }) };
    })
    .toReversed();

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

const headIn = (text: string): SignedTreeHead | undefined => {
  try {
    return signedTreeHead.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};
