import { z } from 'zod';
import { fail, ok } from '../../shared/result/index.ts';
import type { Step, Workflow } from '../../shared/workflow/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { mediumOf, placeOf } from '../issuance/inspect-medium.ts';
import { nothing } from '../issuance/issued-card.ts';
import { bankSecretsAreSet, domainHasOwnKeys, type DomainKeys } from '../issuance/sim-steps/card-secrets.ts';
import { emptyCard } from '../issuance/sim-steps/empty-card.ts';
import { replaceKeys, type replacedKeys } from '../issuance/sim-steps/replace-keys.ts';
import type { Readers } from '../readers/readers.ts';
import { cardRefusals } from '../readers/recognise-card.ts';
import { inspectedCard, type InspectedCard } from '../reprovision/inspected-card.ts';
import { bankRecordOf } from '../reprovision/bank-record.ts';

export const prepareInput = z.object({
  reader: z.string(),
  officerId: z.string(),
  bankId: z.string(),
  batchId: z.string(),
});
export type PrepareInput = z.infer<typeof prepareInput>;

export interface PrepareTools {
  readonly bank: BankClient;
  readonly readers: Readers;
}

type Order = PrepareInput & InspectedCard;

/**
 * A blank card of the stock gets its own management key, PUK and domain keys, shows after a power cycle that the
 * factory's are gone, and is prepared in the bank's book. Its PIN stays the factory's: it is its customer's to set.
 * Undone, it is as it left the factory.
 */
export function prepareCard({ bank, readers }: PrepareTools): Workflow<PrepareInput> {
  const inspect: Step<PrepareInput, InspectedCard> = {
    name: 'inspect-card',
    touches: 'nothing',
    record: inspectedCard,
    async run({ reader }, { runId }) {
      const seen = await readers.recognise({ reader, runId });
      if (!seen.ok) return seen;
      if (seen.value.takes !== 'card')
        return fail('card-unsupported', { reason: 'kind', wanted: 'smart-card', found: 'sd-card' });
      const [refusal] = cardRefusals(seen.value.card);
      if (refusal) return { ok: false, fault: refusal };
      const medium = mediumOf(seen.value);
      const record = await bankRecordOf(bank, seen.value);
      if (!record.ok) return record;
      const card = record.value;
      // Blank to look at, and somebody's all the same: an issuance is under way, or its wipe was not told.
      if (card && !endedStates.includes(card.state))
        return fail('medium-already-registered', { cardId: card.cardId, state: card.state });
      const keys = await bank.call('readCardKeys', { mediumIdentity: medium.identity }, {});
      if (!keys.ok) return keys;
      const { quarantine } = keys.value;
      if (quarantine) return fail('card-quarantined', { mediumIdentity: medium.identity, ...quarantine });
      const held = readers.hold(reader, runId);
      return held.ok ? ok({ place: { reader, medium }, unfinished: false }) : held;
    },
    undo: 'nothing',
  };

  const replace: Step<Order, z.infer<typeof replacedKeys>> = {
    ...replaceKeys({ bank, readers }),
    undo: ({ place }, _output, { runId }) =>
      readers.useCard(placeOf(place, runId), (card) => emptyCard(card, bank, place.medium.identity)),
  };

  const verify: Step<Order & { domainKeys: DomainKeys }, object> = {
    name: 'verify-prepared',
    // It only reads, but a card that is taken out now has not been looked at to the end.
    touches: 'card',
    record: nothing,
    run: ({ place, domainKeys }, { runId }) =>
      readers.useCard(placeOf(place, runId), async ({ powerCycle, globalPlatform }) => {
        const cycled = await powerCycle();
        if (!cycled.ok) return cycled;
        const { identity } = place.medium;
        const gone = await bankSecretsAreSet(cycled.value, bank, identity);
        if (!gone.ok) return gone;
        const own = domainKeys === 'own' ? await domainHasOwnKeys(globalPlatform, bank, identity) : ok();
        return own.ok ? ok({}) : own;
      }),
    undo: 'nothing',
  };

  const report: Step<Order, object> = {
    name: 'report-prepared',
    touches: 'bank',
    record: nothing,
    async run({ place: { medium }, officerId }, { idempotencyKey }) {
      const { identity: mediumIdentity } = medium;
      const reported = await bank.call(
        'reportPrepared',
        { mediumIdentity },
        { medium, officerId },
        { idempotencyKey },
      );
      return reported.ok ? ok({}) : reported;
    },
    async undo({ place, officerId }, _output, { idempotencyKey }) {
      const { identity: mediumIdentity } = place.medium;
      const withdrawn = await bank.call(
        'withdrawPrepared',
        { mediumIdentity },
        { officerId, reason: 'preparation undone' },
        { idempotencyKey: `${idempotencyKey}/undo` },
      );
      return withdrawn.ok ? ok() : withdrawn;
    },
  };

  return {
    name: 'prepare-card',
    input: prepareInput,
    async run(flow, input) {
      flow.plan([inspect, replace, verify, report]);
      const order = { ...input, ...(await flow.step(inspect, input)) };
      const { domainKeys } = await flow.step(replace, order);
      await flow.step(verify, { ...order, domainKeys });
      await flow.step(report, order);
    },
  };
}

const endedStates: readonly string[] = ['revoked', 'wiped', 'destroyed', 'expired'];
