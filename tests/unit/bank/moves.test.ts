import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moveCard } from '../../../electron/bank-server/registry/moves.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../../electron/bank-server/store/store.ts';
import type { CardRow } from '../../../electron/bank-server/store/tables.ts';
import { cardState, nextCardStates } from '../../../electron/shared/domain/index.ts';

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-moves-'));
  const opened = await openSqliteStore(join(folder, 'bank.sqlite'), new Date());
  if (!opened.ok) throw new Error(opened.fault.code);
  store = opened.value;
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const actor = { stationId: 's', officerId: 'o', requestId: 'r', at: new Date('2026-11-20T10:00:00Z') };
let cards = 0;

const cardIn = async (state: CardRow['state']): Promise<CardRow> => {
  cards += 1;
  const card: CardRow = {
    card_id: `CW-${String(cards)}`,
    customer_id: 'C-1',
    medium_kind: 'sim',
    medium_identity: `medium-${String(cards)}`,
    medium_serial: 'T',
    slot: '9a',
    state,
    version: 1,
    profile: 'card-p256',
    algorithm: 'p-256',
    subject: 'CN=x',
    public_key_sha256: null,
    client_version: null,
    content_sha256: null,
    receipt_number: null,
    identity_decision: '{}',
    officer_id: 'o',
    station_id: 's',
    created_at: 't',
    updated_at: 't',
    live_owner: `owner-${String(cards)}`,
    live_medium: `medium-${String(cards)}`,
  };
  await store.db.insertInto('cards').values(card).execute();
  return card;
};

describe('moving a card', () => {
  it('follows the state machine for every pair of states, writes each move down, and frees what an ended card held', async () => {
    for (const from of cardState.options) {
      for (const to of cardState.options) {
        const card = await cardIn(from);
        const moved = await moveCard(store.db, card, to, actor, 'test');
        const written = await store.db
          .selectFrom('transitions')
          .select(['from_state', 'to_state', 'station_id', 'officer_id', 'at', 'why'])
          .where('card_id', '=', card.card_id)
          .execute();
        if (!nextCardStates(from).includes(to)) {
          expect(moved).toMatchObject({ ok: false, fault: { code: 'card-state-conflict' } });
          expect(written).toEqual([]);
          continue;
        }
        expect(written).toEqual([
          {
            from_state: from,
            to_state: to,
            station_id: 's',
            officer_id: 'o',
            at: '2026-11-20T10:00:00.000Z',
            why: 'test',
          },
        ]);
        const ended = ['revoked', 'wiped', 'destroyed'].includes(to);
        expect(moved).toMatchObject({
          ok: true,
          value: { state: to, version: 2, live_owner: ended ? null : card.live_owner },
        });
      }
    }
  });

  it('is refused when somebody else moved it since it was read', async () => {
    const card = await cardIn('reserved');
    expect((await moveCard(store.db, card, 'keyed', actor, 'first')).ok).toBe(true);
    expect(await moveCard(store.db, card, 'wiped', actor, 'second')).toMatchObject({
      ok: false,
      fault: { code: 'card-state-conflict' },
    });
  });

  it('cannot give a customer or a medium a second live card, whatever the code above does', async () => {
    const card = await cardIn('active');
    const second = { ...card, card_id: 'CW-second', live_medium: 'another' };
    const error: unknown = await store.db
      .insertInto('cards')
      .values(second)
      .execute()
      .catch((caught: unknown) => caught);
    expect(store.isUniqueViolation(error)).toBe(true);
  });
});
