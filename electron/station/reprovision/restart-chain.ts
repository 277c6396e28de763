import { z } from 'zod';
import { chainCheckValues } from '../../shared/codec/otp-chain/index.ts';
import { chainMoveReason, type CardRecord } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Step, StepContext, Workflow } from '../../shared/workflow/index.ts';
import { readProgramVersion, replaceSeed } from '../../../native/applications/sd/index.ts';
import { checkAccountPin } from '../issuance/check-account-pin.ts';
import { placeOf } from '../issuance/inspect-medium.ts';
import { issueInput } from '../issuance/issue-input.ts';
import { customerSecrets } from '../issuance/issue-questions.ts';
import { fromBase64, nothing } from '../issuance/issued-card.ts';
import { chainsOn, compareChain, importNextChain, keepOnlyChain } from '../issuance/sim-steps/card-chain.ts';
import type { CardInUse } from '../readers/readers.ts';
import { cardIdOn } from './bank-record.ts';
import { inspectedCard } from './inspected-card.ts';
import { factsOf, holdCard, lookAtCard } from './look-at-card.ts';
import {
  newContentSha256,
  resealSteps,
  sealedContent,
  type Resealed,
  type ResealOrder,
  type ResealTools,
} from './reseal-client.ts';
import { isForeign } from './wipe-card.ts';

export const restartInput = issueInput
  .pick({
    officerId: true,
    bankId: true,
    customerId: true,
    customerName: true,
    loginName: true,
    account: true,
  })
  .extend({ reader: z.string(), cardId: z.string(), reason: chainMoveReason });
export type RestartInput = z.infer<typeof restartInput>;

/** `sealed`: of an SD card, as it was before. */
const chainedCard = inspectedCard.extend({
  cardId: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  sealed: sealedContent.optional(),
});
type ChainedCard = z.infer<typeof chainedCard>;

const begunChain = z.object({ epoch: z.number().int() });
const importedChain = z.object({ chain: chainCheckValues });

type Order = RestartInput & ChainedCard & { readonly pinCheckId: string };
type Begun = Order & z.infer<typeof begunChain>;
type SdOrder = Begun & ResealOrder;
type Imported = Begun & z.infer<typeof importedChain>;

/**
 * A card's one-time passwords begin anew (S1), with its customer at the counter. Until the bank has put the new chain
 * in force the old one is on the card and at the bank; from then on there is no way back, and none is needed: an undo
 * leaves the new one alone on the card, and releases a card that was suspended for the old one.
 *
 *   inspect → customer's PIN → begin at the bank ┬ SD card: client with the new seed … manifest → read back ┐
 *                                                └ SIM, smart card: keys beside those in force → read back  ┘
 *           → finish: in force at the bank, the old one goes from the card → release, if the card was suspended
 */
export function restartChain(tools: ResealTools): Workflow<RestartInput> {
  const steps = restartSteps(tools);
  const pin = checkAccountPin(tools.bank);
  const planFor = (onSd: boolean, suspended: boolean) => [
    steps.inspect,
    customerSecrets,
    pin,
    steps.begin,
    ...(onSd
      ? [steps.writeClient, steps.signManifest, steps.writeManifest, steps.readBack, steps.finishOnSd]
      : [steps.writeChain, steps.readBackCard, steps.finishOnCard]),
    ...(suspended ? [steps.release] : []),
  ];
  return {
    name: 'restart-chain',
    input: restartInput,
    async run(flow, input) {
      flow.plan(planFor(true, false));
      const inspected = await flow.step(steps.inspect, input);
      const { sealed } = inspected;
      const suspended = inspected.cardState === 'suspended';
      flow.plan(planFor(sealed !== undefined, suspended));
      await flow.ask(customerSecrets);
      const { pinCheckId } = await flow.step(pin, input);
      const order = { ...input, ...inspected, pinCheckId };
      const begun = { ...order, ...(await flow.step(steps.begin, order)) };
      if (sealed) {
        const onSd = { ...begun, ...sealed };
        const client = await flow.step(steps.writeClient, onSd);
        const { manifest } = await flow.step(steps.signManifest, { ...onSd, client });
        const resealed = { ...onSd, client, newManifest: manifest };
        await flow.step(steps.writeManifest, resealed);
        await flow.step(steps.readBack, resealed);
        await flow.step(steps.finishOnSd, resealed);
      } else {
        const imported = { ...begun, ...(await flow.step(steps.writeChain, begun)) };
        await flow.step(steps.readBackCard, imported);
        await flow.step(steps.finishOnCard, imported);
      }
      if (suspended) await flow.step(steps.release, begun);
    },
  };
}

function restartSteps(tools: ResealTools) {
  const { bank, readers } = tools;

  /** Asked again with the same PIN check, the bank says the same: one check, one new chain. */
  const begin = ({ cardId, pinCheckId, reason, officerId }: Order, { runId }: StepContext) =>
    bank.call(
      'beginChainMove',
      { cardId },
      { pinCheckId, reason, officerId },
      { idempotencyKey: `${runId}/begin-chain/${pinCheckId}` },
    );

  /** Says how it stands: withdrawn by this, or in force already, which nothing takes back. */
  const withdraw = (
    { cardId, epoch }: { cardId: string; epoch: number | undefined },
    { idempotencyKey }: StepContext,
  ) =>
    bank.call(
      'withdrawChainMove',
      { cardId },
      { ...(epoch !== undefined && { epoch }) },
      { idempotencyKey: `${idempotencyKey}/withdraw` },
    );

  const releaseAt = async (
    { cardId, reason, officerId }: RestartInput,
    idempotencyKey: string,
  ): Promise<Result<void>> => {
    const released = await bank.call(
      'releaseCard',
      { cardId },
      { reason: `one-time passwords begun anew (${reason})`, officerId },
      { idempotencyKey },
    );
    return released.ok ? ok() : released;
  };

  const { onCard, readSealed, ...sd } = resealSteps<SdOrder>(tools, async (order, context) => {
    // The seed is not kept in between: who has a copy of the card could go on with it.
    const begun = await begin(order, context);
    if (!begun.ok) return begun;
    const { seed, epoch } = begun.value;
    if (seed === undefined || epoch !== order.epoch)
      return fail('bank-bad-answer', { call: 'beginChainMove' });
    return ok((old) => {
      const version = readProgramVersion(old);
      if (!version.ok) return version;
      const html = replaceSeed(old, fromBase64(seed));
      return html.ok ? ok({ html: html.value, clientVersion: version.value }) : html;
    });
  });

  const onChip = <T>(
    { place }: Order,
    { runId }: StepContext,
    work: (card: CardInUse) => Promise<Result<T>>,
  ): Promise<Result<T>> => readers.useCard(placeOf(place, runId), work);

  const inspect: Step<RestartInput, ChainedCard> = {
    name: 'inspect-card',
    touches: 'nothing',
    record: chainedCard,
    async run({ reader, bankId, cardId }, { runId }) {
      const looked = await lookAtCard(tools, reader, runId);
      if (!looked.ok) return looked;
      const { seen, card } = looked.value;
      const onSd = seen.takes === 'sd-card';
      if (!card || isForeign(seen, card) || card.cardId !== cardId)
        return fail(onSd ? 'medium-foreign' : 'card-foreign');
      if (cardIdOn(seen) !== cardId) return fail(onSd ? 'medium-incomplete' : 'card-incomplete');
      if (!mayRestart(card)) return fail('card-state-conflict', { cardId, state: card.state });
      const chain = await bank.call('readOtpChain', { cardId }, {});
      if (!chain.ok) return chain;
      if (chain.value.chain === undefined) return fail('chain-absent', { cardId });
      const place = holdCard(readers, seen, runId);
      if (!place.ok) return place;
      const found = { place: place.value, ...factsOf(card) };
      if (!onSd) return ok(found);
      if (seen.content?.state !== 'complete') return fail('medium-incomplete');
      const sealed = await readSealed(place.value, bankId, runId);
      return sealed.ok ? ok({ ...found, sealed: sealed.value }) : sealed;
    },
    undo: 'nothing',
  };

  const beginChain: Step<Order, z.infer<typeof begunChain>> = {
    name: 'begin-chain',
    touches: 'bank',
    record: begunChain,
    async run(order, context) {
      const begun = await begin(order, context);
      return begun.ok ? ok({ epoch: begun.value.epoch }) : begun;
    },
    async undo(order, output, context) {
      const said = await withdraw({ cardId: order.cardId, epoch: output?.epoch }, context);
      if (!said.ok) return said;
      // In force, and by now alone on the card: one that was suspended for the chain before is so no longer.
      if (said.value.state === 'withdrawn' || order.cardState !== 'suspended') return ok();
      return releaseAt(order, `${context.idempotencyKey}/release`);
    },
    asksAgain: pinAgain,
  };

  /** The old chain stays on the card until the bank has put the new one in force. */
  const writeChain: Step<Begun, z.infer<typeof importedChain>> = {
    name: 'write-chain',
    touches: 'card',
    record: importedChain,
    run: (order, context) =>
      onChip(order, context, async (card) => {
        const { cardId, epoch, place } = order;
        const chain = await importNextChain(card, bank, place.medium.identity, { cardId, epoch });
        return chain.ok ? ok({ chain: chain.value }) : chain;
      }),
    undo: (order, _output, context) =>
      onChip(order, context, (card) => keepWhatIsInForce(card, order.cardId)),
  };

  const readBackCard: Step<Imported, object> = {
    name: 'read-back',
    touches: 'card',
    record: nothing,
    async run(order, context) {
      const { cardId, chain, epoch } = order;
      const same = await onChip(order, context, async (card) => {
        const cycled = await card.powerCycle();
        return cycled.ok ? compareChain(card, cardId, chain, epoch) : cycled;
      });
      return same.ok ? ok({}) : same;
    },
    undo: 'nothing',
  };

  const finish = (
    { cardId, epoch, officerId }: Begun,
    { idempotencyKey }: StepContext,
    contentSha256?: string,
  ) =>
    bank.call(
      'finishChainMove',
      { cardId },
      { epoch, officerId, ...(contentSha256 !== undefined && { contentSha256 }) },
      { idempotencyKey },
    );

  const finishOnSd: Step<Resealed<SdOrder>, object> = {
    name: 'finish-chain',
    touches: 'media',
    record: nothing,
    async run(order, context) {
      const finished = await finish(order, context, newContentSha256(order));
      if (!finished.ok) return finished;
      const forgotten = await onCard(order, context, (card) => card.forgetClient(order.bankId));
      return forgotten.ok ? ok({}) : forgotten;
    },
    async undo(order, _output, context) {
      const said = await withdraw(order, context);
      if (!said.ok || said.value.state === 'withdrawn') return said.ok ? ok() : said;
      // In force: what is kept on the card must not come back.
      return onCard(order, context, (card) => card.forgetClient(order.bankId));
    },
  };

  const finishOnCard: Step<Imported, object> = {
    name: 'finish-chain',
    touches: 'card',
    record: nothing,
    async run(order, context) {
      const finished = await finish(order, context);
      if (!finished.ok) return finished;
      const kept = await onChip(order, context, (card) => keepOnlyChain(card, order));
      return kept.ok ? ok({}) : kept;
    },
    async undo(order, _output, context) {
      // Whichever it is, `write-chain` leaves only that one on the card.
      const said = await withdraw(order, context);
      return said.ok ? ok() : said;
    },
  };

  const release: Step<Begun, object> = {
    name: 'release-card',
    touches: 'bank',
    record: nothing,
    async run(order, { idempotencyKey }) {
      const released = await releaseAt(order, idempotencyKey);
      return released.ok ? ok({}) : released;
    },
    undo: 'nothing',
  };

  async function keepWhatIsInForce(card: CardInUse, cardId: string): Promise<Result<void>> {
    const read = await bank.call('readOtpChain', { cardId }, {});
    if (!read.ok) return read;
    const epoch = read.value.chain?.epoch;
    const there = await chainsOn(card, cardId);
    if (!there.ok) return there;
    // Nothing is taken off that could be the only one.
    return epoch !== undefined && there.value.includes(epoch) ? keepOnlyChain(card, { cardId, epoch }) : ok();
  }

  return {
    inspect,
    begin: beginChain,
    ...sd,
    writeClient: { ...sd.writeClient, asksAgain: pinAgain },
    writeChain,
    readBackCard,
    finishOnSd,
    finishOnCard,
    release,
  };
}

/** The bank has forgotten that it was asked before: the customer shows once more who they are. */
const pinAgain = { 'pin-check-expired': customerSecrets.name } as const;

/** In use, or suspended because its chain was forked; one that is missing is found first. */
export const mayRestart = ({ state, registration }: CardRecord): boolean =>
  state === 'active' || (state === 'suspended' && registration?.reason === 'chain-forked');
