import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  keyAttempt,
  quarantineFinding,
  type CardEvent,
  type KeyAttempt,
  type QuarantineFinding,
} from '../../shared/domain/index.ts';
import type { Caller } from '../http/api-call.ts';
import type { Database } from '../store/store.ts';

/** What happened to a card's keys: written once, never changed. */
export interface NewCardEvent {
  readonly kind: CardEvent['kind'];
  readonly officerId?: string | undefined;
  readonly reason?: string | undefined;
  readonly finding?: QuarantineFinding | undefined;
  readonly attempts?: readonly KeyAttempt[] | undefined;
}

export const recordCardEvent = async (
  db: Database,
  { station, requestId, now }: Caller,
  mediumIdentity: string,
  { kind, officerId, ...detail }: NewCardEvent,
): Promise<void> => {
  await db
    .insertInto('card_events')
    .values({
      event_id: randomUUID(),
      medium_identity: mediumIdentity,
      at: now.toISOString(),
      kind,
      station_id: station.stationId,
      officer_id: officerId ?? null,
      detail: JSON.stringify(detail),
      request_id: requestId,
    })
    .execute();
};

const storedDetail = z.object({
  reason: z.string().optional(),
  finding: quarantineFinding.optional(),
  attempts: z.array(keyAttempt).optional(),
});

const MOST = 100;

/** The story of one card, oldest first, and the attempts that were noted when it last went into quarantine. */
export const readCardEvents = async (
  db: Database,
  mediumIdentity: string,
): Promise<{ readonly events: CardEvent[]; readonly attempts: KeyAttempt[] }> => {
  const rows = await db
    .selectFrom('card_events')
    .selectAll()
    .where('medium_identity', '=', mediumIdentity)
    .orderBy('at', 'desc')
    .limit(MOST)
    .execute();
  const oldestFirst = rows
    .reverse()
    .map((row) => ({ row, detail: storedDetail.parse(JSON.parse(row.detail)) }));
  return {
    events: oldestFirst.map(({ row, detail: { reason, finding } }) => ({
      at: row.at,
      kind: row.kind,
      stationId: row.station_id,
      ...(row.officer_id !== null && { officerId: row.officer_id }),
      ...(reason !== undefined && { reason }),
      ...(finding !== undefined && { finding }),
    })),
    attempts: oldestFirst.findLast(({ detail }) => detail.attempts)?.detail.attempts ?? [],
  };
};
