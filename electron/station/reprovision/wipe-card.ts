import { z } from 'zod';
import type { CardRecord, CardState } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Step, Workflow } from '../../shared/workflow/index.ts';
import { SdCardSession } from '../../../native/applications/sd/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { compensateCard } from '../issuance/compensate-card.ts';
import { placeOf } from '../issuance/inspect-medium.ts';
import { nothing } from '../issuance/issued-card.ts';
import { isNoOtherCard } from '../issuance/sd-steps/knows-again.ts';
import { emptyCard } from '../issuance/sim-steps/empty-card.ts';
import type { Readers, Recognised } from '../readers/readers.ts';
import { inspectedCard, type InspectedCard } from './inspected-card.ts';
import { factsOf, holdCard, lookAtCard, noFacts, unfinishedStates } from './look-at-card.ts';
import { wipeReason } from './wipe-reason.ts';

export const wipeInput = z.object({
  reader: z.string(),
  reason: wipeReason,
  officerId: z.string(),
  bankId: z.string(),
  /** Of a batch: then only what the bank has ended is wiped. Nobody looks at each card there. */
  batchId: z.string().optional(),
});
export type WipeInput = z.infer<typeof wipeInput>;

export interface WipeTools {
  readonly bank: BankClient;
  readonly readers: Readers;
}

type Order = WipeInput & InspectedCard;

/**
 * A medium of this bank becomes blank again. The bank ends the card first: should anything stop this run
 * half-way, the medium is worthless and not the other way round. A revocation is for ever, so nothing here
 * is undone; the run is resumed.
 */
export function wipeCard(tools: WipeTools): Workflow<WipeInput> {
  const steps = wipeSteps(tools);
  const planFor = (wipe: Step<Order, object>) => [
    steps.inspect,
    steps.revoke,
    wipe,
    steps.verifyBlank,
    steps.reportWiped,
  ];
  return {
    name: 'wipe-card',
    input: wipeInput,
    async run(flow, input) {
      flow.plan(planFor(steps.wipeCard));
      const inspected = await flow.step(steps.inspect, input);
      const wipe = inspected.place.medium.kind === 'sd-card' ? steps.wipeMedium : steps.wipeCard;
      flow.plan(planFor(wipe));
      const order = { ...input, ...inspected };
      await flow.step(steps.revoke, order);
      await flow.step(wipe, order);
      await flow.step(steps.verifyBlank, order);
      await flow.step(steps.reportWiped, order);
    },
  };
}

function wipeSteps({ bank, readers }: WipeTools) {
  const inspect: Step<WipeInput, InspectedCard> = {
    name: 'inspect-card',
    touches: 'nothing',
    record: inspectedCard,
    async run({ reader, batchId }, { runId }) {
      const found = await lookAtCard({ bank, readers }, reader, runId);
      if (!found.ok) return found;
      const { seen, card } = found.value;
      const officer = seen.takes === 'card' ? seen.card.officer : undefined;
      if (officer) return fail('officer-card-in-use', { officerId: officer.officerId });
      if (isForeign(seen, card)) return fail(seen.takes === 'card' ? 'card-foreign' : 'medium-foreign');
      if (batchId !== undefined && card && !endedStates.includes(card.state))
        return unfinishedStates.includes(card.state)
          ? fail('card-incomplete', { cardId: card.cardId })
          : fail('card-in-force', { cardId: card.cardId, state: card.state });
      const otherKeys = goWithReset(seen);
      if (batchId !== undefined && otherKeys > 0) return fail('card-shared', { otherKeys });
      const place = holdCard(readers, seen, runId);
      return place.ok ? ok({ place: place.value, ...(card ? factsOf(card) : noFacts) }) : place;
    },
    undo: 'nothing',
  };

  const revoke: Step<Order, object> = {
    name: 'revoke',
    touches: 'bank',
    record: nothing,
    async run({ cardId, cardState, unfinished, reason, officerId }, { idempotencyKey }) {
      if (cardId === undefined || cardState === 'revoked' || cardState === 'wiped') return ok({});
      // What never was a customer's card is not revoked for a customer's reason.
      const ended =
        unfinished || reason === 'unfinished'
          ? await compensateCard(bank, cardId, {
              reason: `wiped by ${officerId}`,
              mediumWiped: false,
              idempotencyKey,
            })
          : await bank.call('revokeCard', { cardId }, { reason, officerId }, { idempotencyKey });
      return ended.ok ? ok({}) : ended;
    },
    undo: 'nothing',
  };

  const wipeOnCard: Step<Order, object> = {
    name: 'wipe',
    touches: 'card',
    record: nothing,
    async run({ place }, { runId }) {
      const wiped = await readers.useCard(placeOf(place, runId), (card) =>
        emptyCard(card, bank, place.medium.identity),
      );
      return wiped.ok ? ok({}) : wiped;
    },
    undo: 'nothing',
  };

  const wipeOnMedium: Step<Order, object> = {
    name: 'wipe',
    touches: 'media',
    record: nothing,
    async run({ place, bankId, cardId }, { runId }) {
      const medium = { ...placeOf(place, runId), knowsAgain: isNoOtherCard(bankId, cardId) };
      const wiped = await readers.useVolume(medium, async (volume) => {
        const card = await SdCardSession.open(volume);
        return card.ok ? card.value.removeBank(bankId) : card;
      });
      return wiped.ok ? ok({}) : wiped;
    },
    undo: 'nothing',
  };

  const verifyBlank: Step<Order, object> = {
    name: 'verify-blank',
    touches: 'nothing',
    record: nothing,
    async run({ place, bankId, cardId }, { runId }) {
      const seen = await readers.recognise({
        ...placeOf(place, runId),
        knowsAgain: isNoOtherCard(bankId, cardId),
      });
      if (!seen.ok) return seen;
      if (seen.value.takes === 'card')
        return seen.value.card.content === 'blank'
          ? ok({})
          : fail('card-read-back-differs', { what: 'blank' });
      return seen.value.content?.state === 'empty'
        ? ok({})
        : fail('medium-read-back-differs', { path: 'BANKCARD' });
    },
    undo: 'nothing',
  };

  const reportWiped: Step<Order, object> = {
    name: 'report-wiped',
    touches: 'bank',
    record: nothing,
    async run({ cardId, officerId }, { idempotencyKey }): Promise<Result<object>> {
      if (cardId === undefined) return ok({});
      const reported = await bank.call('reportWiped', { cardId }, { officerId }, { idempotencyKey });
      return reported.ok ? ok({}) : reported;
    },
    undo: 'nothing',
  };

  return { inspect, revoke, wipeCard: wipeOnCard, wipeMedium: wipeOnMedium, verifyBlank, reportWiped };
}

/** Neither made by this bank nor known to it: whoever owns it has not asked for this. */
export function isForeign(seen: Recognised, record: CardRecord | undefined): boolean {
  if (seen.takes === 'sd-card') return seen.content === undefined || seen.content.state === 'foreign';
  return seen.card.content === 'officer' || (seen.card.content === 'foreign' && record === undefined);
}

/**
 * Keys of other banks that go when this card is emptied: one that knows how to be reset is reset as a whole, any
 * other loses only what is this bank's.
 */
export const goWithReset = (seen: Recognised): number =>
  seen.takes === 'card' && seen.card.version !== undefined ? seen.card.sharedWith : 0;

/** The bank has taken it from its customer for good. */
const endedStates: readonly CardState[] = ['revoked', 'expired', 'wiped', 'destroyed'];
