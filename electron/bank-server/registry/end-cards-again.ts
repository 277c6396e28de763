import { randomUUID } from 'node:crypto';
import type { CardState } from '../../shared/domain/index.ts';
import { fail, ok, type Fault, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { notification, type Notification } from '../outbox/notification.ts';
import { readCardFile } from './card-record.ts';
import { endIssuedCard } from './end-card.ts';
import { suspendCard } from './hold-card.ts';

/** Cards by what was done, or why not. */
export interface EndedAgain {
  readonly revoked: readonly string[];
  readonly suspended: readonly string[];
  /** Issued since; the bank has nothing of them. */
  readonly unknown: readonly string[];
  readonly refused: readonly { readonly cardId: string; readonly fault: Fault }[];
}

/**
 * A bank that went back to an older state has cards in force that were revoked or suspended since. Whoever was told
 * (`--notify`) has it in writing, line by line as JSON; what it says of each card last is done again. A card that was
 * released since stays suspended: somebody looks at it. May be repeated.
 * Fault: bad-input {line} (no notification, or one of another bank); nothing is changed then.
 */
export const endCardsAgain = async (
  bank: Bank,
  lines: AsyncIterable<string>,
  by: string,
): Promise<Result<EndedAgain>> => {
  const last = await lastOfEach(bank, lines);
  if (!last.ok) return last;
  const done = { revoked: [] as string[], suspended: [] as string[], unknown: [] as string[] };
  const refused: { cardId: string; fault: Fault }[] = [];
  for (const told of last.value.values()) {
    const { cardId } = told;
    const outcome = await doAgain(bank, told, by);
    if (outcome.ok) {
      if (outcome.value) done[outcome.value].push(cardId);
    } else if (outcome.fault.code === 'card-unknown') done.unknown.push(cardId);
    else refused.push({ cardId, fault: outcome.fault });
  }
  const counts = {
    revoked: done.revoked.length,
    suspended: done.suspended.length,
    unknown: done.unknown.length,
  };
  bank.log.warn({ by, ...counts, refused: refused.length }, 'cards are ended again');
  return ok({ ...done, refused });
};

const lastOfEach = async (
  { identity }: Bank,
  lines: AsyncIterable<string>,
): Promise<Result<ReadonlyMap<string, Notification>>> => {
  const last = new Map<string, Notification>();
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    const told = parsed(text, identity.bankId);
    if (told === undefined) return fail('bad-input', { field: 'notifications', line });
    const before = last.get(told.cardId);
    if (!before || told.at >= before.at) last.set(told.cardId, told);
  }
  return ok(last);
};

const parsed = (text: string, bankId: string): Notification | undefined => {
  try {
    const told = JSON.parse(text) as { bankId?: unknown } | null;
    return told?.bankId === bankId ? notification.safeParse(told).data : undefined;
  } catch {
    return undefined;
  }
};

const isEnd = ({ kind }: Notification): boolean => kind === 'card-revoked' || kind === 'registration-voided';

const over: readonly CardState[] = ['revoked', 'wiped', 'destroyed'];

const doAgain = (
  { store, clock }: Bank,
  told: Notification,
  by: string,
): Promise<Result<'revoked' | 'suspended' | undefined>> =>
  store.transaction(async (tx): Promise<Result<'revoked' | 'suspended' | undefined>> => {
    const file = await readCardFile(tx, told.cardId);
    if (!file.ok) return file;
    const { state } = file.value.card;
    if (over.includes(state)) return ok(undefined);
    const actor = { stationId: 'bank', officerId: by, requestId: randomUUID(), at: clock() };
    if (isEnd(told)) {
      const ended = await endIssuedCard(tx, file.value, actor, told.reason);
      return ended.ok ? ok('revoked') : ended;
    }
    if (told.kind !== 'card-suspended' || state !== 'active') return ok(undefined);
    const suspended = await suspendCard(tx, file.value, actor, told.reason);
    return suspended.ok ? ok('suspended') : suspended;
  }, 'snapshot');
