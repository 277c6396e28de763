import { randomUUID } from 'node:crypto';
import { nameDer, formatName, type SubjectName } from '../../../electron/bank-server/ca/subject-name.ts';
import type { Store } from '../../../electron/bank-server/store/store.ts';
import { certificateRequest, newKey } from '../../harness/issue-card.ts';

export interface ReservedCard {
  readonly cardId: string;
  /** PKCS#10, DER. */
  readonly request: Buffer;
}

/** Cards that wait for their certificate, as `reserveCard` leaves them, each with a key of its own. */
export const reserveCards = async (
  { db }: Store,
  bankNameLatin: string,
  count: number,
): Promise<readonly ReservedCard[]> => {
  const now = new Date().toISOString();
  const { customer_id } = await db
    .selectFrom('customers')
    .select('customer_id')
    .limit(1)
    .executeTakeFirstOrThrow();
  const cards = Array.from({ length: count }, () => {
    const cardId = `CW-${randomUUID().slice(0, 14).toUpperCase()}`;
    const subject: SubjectName = [
      { type: 'CN', value: 'Bench Card' },
      { type: 'serialNumber', value: cardId },
      { type: 'O', value: bankNameLatin },
      { type: 'C', value: 'CN' },
    ];
    return { cardId, subject, request: certificateRequest(newKey('p-256'), nameDer(subject)) };
  });
  for (let at = 0; at < count; at += 200) {
    const part = cards.slice(at, at + 200);
    await db
      .insertInto('cards')
      .values(
        part.map(({ cardId, subject }) => ({
          card_id: cardId,
          customer_id,
          medium_kind: 'sd-card' as const,
          medium_identity: `bench|${cardId}`,
          medium_serial: 'B',
          slot: 'file' as const,
          state: 'reserved' as const,
          version: 1,
          profile: 'card-p256',
          algorithm: 'p-256' as const,
          subject: formatName(subject),
          public_key_sha256: null,
          client_version: null,
          content_sha256: null,
          receipt_number: null,
          identity_decision: '{}',
          officer_id: 'bench',
          station_id: 'bench',
          created_at: now,
          updated_at: now,
          live_owner: null,
          live_medium: null,
        })),
      )
      .execute();
    await db
      .insertInto('registrations')
      .values(
        part.map(({ cardId }) => ({
          card_id: cardId,
          customer_id,
          state: 'pending' as const,
          since: now,
          reason: null,
          login_password_hash: '',
          login_failures: 0,
          next_login_at: null,
          last_login_at: null,
        })),
      )
      .execute();
  }
  return cards.map(({ cardId, request }) => ({ cardId, request }));
};
