import { z } from 'zod';
import { fromHex, statusText, toHex } from '../../shared/codec/index.ts';
import { aid, appletPackage, appletVersion, type CardRecord } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Step, StepContext, Workflow } from '../../shared/workflow/index.ts';
import {
  upgradeApplet as bringOntoCard,
  type AppletRelease,
  type CardContent,
  type SecuredDomain,
} from '../../../native/applications/globalplatform/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { placeOf } from '../issuance/inspect-medium.ts';
import { nothing } from '../issuance/issued-card.ts';
import type { CardInUse, Readers, Recognised } from '../readers/readers.ts';
import { appletsFor, decideUpgrade, fetchRelease, packageOnCard } from './applet-package.ts';
import { cardIdOn } from './bank-record.ts';
import { customerContent } from './customer-content.ts';
import { inspectedCard, type InspectedCard } from './inspected-card.ts';
import { factsOf, holdCard, lookAtCard, noFacts } from './look-at-card.ts';
import { inOwnDomain } from './own-domain.ts';

export const upgradeAppletInput = z.object({ reader: z.string(), packageAid: aid, officerId: z.string() });
export type UpgradeAppletInput = z.infer<typeof upgradeAppletInput>;

export interface UpgradeAppletTools {
  readonly bank: BankClient;
  readonly readers: Readers;
}

/** What was planned when the run began: a resumed run brings the very same file, whatever the bank supplies by then. */
export const plannedApplet = z.object({
  package: appletPackage,
  /** Of the bank's packages on the card, as it came; absent: none of them was on it. */
  before: z
    .object({ packageAid: aid, version: appletVersion.optional(), instances: z.array(aid) })
    .optional(),
  /** The same as the bank supplies it: an undo brings it back. Absent: the bank does not have it any more. */
  previous: appletPackage.optional(),
  /** See `customerContent`. */
  content: z.string(),
});

const plannedCard = inspectedCard.extend(plannedApplet.shape);
type PlannedCard = z.infer<typeof plannedCard>;

type Order = UpgradeAppletInput & PlannedCard;

/**
 * The bank's newest version of an applet onto a card of its own: one in use, or one of the stock. What is the
 * customer's stays as it is, or nothing is begun.
 *
 *   inspect: which version, what would go → load: delete, load, install as the content of the card asks for it
 *           → prove: power cycle, applet answers, version, customer's content → report: the bank's register
 *
 * A card has no room for two versions of a package: between DELETE and the last block of LOAD there is none on it.
 * Resumed, the rest is done from wherever the card stands. Undone, the version from before comes back where the bank
 * still supplies it; where it does not and is gone already, the card gets the new one: it never stays without.
 */
export function upgradeApplet(tools: UpgradeAppletTools): Workflow<UpgradeAppletInput> {
  const { inspect, load, prove, report } = upgradeAppletSteps(tools);
  return {
    name: 'upgrade-applet',
    input: upgradeAppletInput,
    async run(flow, input) {
      flow.plan([inspect, load, prove, report]);
      const order = { ...input, ...(await flow.step(inspect, input)) };
      await flow.step(load, order);
      await flow.step(prove, order);
      await flow.step(report, order);
    },
  };
}

function upgradeAppletSteps({ bank, readers }: UpgradeAppletTools) {
  const inspect: Step<UpgradeAppletInput, PlannedCard> = {
    name: 'inspect-card',
    touches: 'nothing',
    record: plannedCard,
    async run({ reader, packageAid }, { runId }) {
      const looked = await lookAtCard({ bank, readers }, reader, runId);
      if (!looked.ok) return looked;
      const { seen } = looked.value;
      if (seen.takes !== 'card') return fail('card-unsupported', { reason: 'kind' });
      const found = cardInHand(seen, looked.value.card);
      if (!found.ok) return found;
      const supplied = await bank.call('findAppletPackages', {}, {});
      if (!supplied.ok) return supplied;
      const applets = appletsFor(supplied.value.packages, seen.atr);
      const applet = applets.find(({ wanted }) => wanted.packageAid === packageAid);
      if (!applet) return fail('applet-not-newer');
      const { wanted, earlier } = applet;
      const held = holdCard(readers, seen, runId);
      if (!held.ok) return held;
      const place = held.value;
      const { cardId } = found.value;
      return readers.useCard(placeOf(place, runId), async (card): Promise<Result<PlannedCard>> => {
        const content = await customerContent(card, cardId);
        if (!content.ok) return content;
        const registry = await inOwnDomain(card, bank, place.medium.identity, (domain) =>
          domain.readContent(),
        );
        if (!registry.ok) return registry;
        const decided = decideUpgrade(registry.value, wanted, cardId !== undefined);
        if (!decided.ok) return decided;
        if (decided.value === 'up-to-date') return fail('applet-not-newer', { version: wanted.version });
        // What cannot be loaded is found out now, and not when the old one is gone.
        const release = await fetchRelease(bank, wanted);
        if (!release.ok) return release;
        const onCard = packageOnCard(registry.value, wanted);
        const previous = [wanted, ...earlier].find(
          (each) => each.packageAid === onCard?.packageAid && each.version === onCard.version,
        );
        return ok({
          place,
          ...found.value,
          package: wanted,
          ...(onCard && {
            before: { ...onCard, instances: instancesOn(registry.value, onCard.packageAid) },
          }),
          ...(previous && { previous }),
          content: content.value,
        });
      });
    },
    undo: 'nothing',
  };

  const onCard = <T>(
    { place }: Order,
    { runId }: StepContext,
    work: (card: CardInUse) => Promise<Result<T>>,
  ): Promise<Result<T>> => readers.useCard(placeOf(place, runId), work);

  const load: Step<Order, object> = {
    name: 'load-applet',
    touches: 'card',
    record: nothing,
    async run(order, context) {
      const release = await fetchRelease(bank, order.package);
      if (!release.ok) return release;
      const loaded = await onCard(order, context, (card) =>
        inOwnDomain(card, bank, order.place.medium.identity, (domain) =>
          bring(domain, release.value, order, context),
        ),
      );
      return loaded.ok ? ok({}) : loaded;
    },
    async undo(order, _output, context) {
      // Before the card is touched: an undo that lacks its file would leave less than it found.
      const back = await releaseForUndo(order);
      if (!back.ok) return back;
      const settled = await onCard(order, context, (card) =>
        inOwnDomain(card, bank, order.place.medium.identity, async (domain): Promise<Result<CardContent>> => {
          const content = await domain.readContent();
          if (!content.ok) return content;
          const done = await takeBack(domain, content.value, order, back.value);
          return done.ok ? domain.readContent() : done;
        }),
      );
      if (!settled.ok) return settled;
      return reportFound(order, settled.value, `${context.idempotencyKey}/undo`);
    },
  };

  const prove: Step<Order, object> = {
    name: 'prove-applet',
    touches: 'card',
    record: nothing,
    async run(order, context) {
      const proven = await onCard(order, context, async (card) => {
        const cycled = await card.powerCycle();
        if (!cycled.ok) return cycled;
        const fresh = { ...card, piv: cycled.value };
        const content = await customerContent(fresh, order.cardId);
        if (!content.ok) return content;
        if (content.value !== order.content) return fail('card-read-back-differs', { what: 'content' });
        for (const { instanceAid } of order.package.instances) {
          const answers = await selectInstance(card, instanceAid);
          if (!answers.ok) return answers;
        }
        const registry = await inOwnDomain(card, bank, order.place.medium.identity, (domain) =>
          domain.readContent(),
        );
        if (!registry.ok) return registry;
        const decided = decideUpgrade(registry.value, order.package, order.cardId !== undefined);
        if (!decided.ok) return decided;
        return decided.value === 'up-to-date' ? ok() : fail('card-read-back-differs', { what: 'applet' });
      });
      return proven.ok ? ok({}) : proven;
    },
    undo: 'nothing',
  };

  const report: Step<Order, object> = {
    name: 'report-applet',
    touches: 'bank',
    record: nothing,
    async run(order, { idempotencyKey }) {
      const { packageAid, version } = order.package;
      const reported = await reportVersion(order, { packageAid, version }, idempotencyKey);
      return reported.ok ? ok({}) : reported;
    },
    // Taking back what was loaded tells the bank what is on the card then.
    undo: 'nothing',
  };

  /** The version from before, or the new one where only that is left to bring. `undefined`: none was on the card. */
  async function releaseForUndo(order: Order): Promise<Result<AppletRelease | undefined>> {
    if (order.before === undefined) return ok(undefined);
    const release = await fetchRelease(bank, order.previous ?? order.package);
    if (!release.ok || !order.previous) return release;
    const { packageAid } = order.package;
    const replaces = packageAid === order.previous.packageAid ? [] : [fromHex(packageAid)];
    return ok({ ...release.value, replaces });
  }

  async function takeBack(
    domain: SecuredDomain,
    content: CardContent,
    order: Order,
    back: AppletRelease | undefined,
  ): Promise<Result<void>> {
    const { before, package: applet } = order;
    if (before && isUntouched(content, order)) return ok();
    if (back) {
      const brought = await bringOntoCard(domain, back, { policy: { downgrade: true }, mayLoseData: true });
      return brought.ok ? ok() : brought;
    }
    const isThere = content.packages.some((each) => toHex(each.aid) === applet.packageAid);
    return isThere ? domain.delete(fromHex(applet.packageAid), { related: true }) : ok();
  }

  function reportFound(order: Order, content: CardContent, idempotencyKey: string): Promise<Result<void>> {
    const found = packageOnCard(content, order.package);
    return reportVersion(order, found ?? { packageAid: order.package.packageAid }, idempotencyKey);
  }

  async function reportVersion(
    { place, package: applet, officerId }: Order,
    { packageAid, version }: { readonly packageAid: string; readonly version?: string },
    idempotencyKey: string,
  ): Promise<Result<void>> {
    const replaced = [applet.packageAid, ...applet.replaces].filter((each) => each !== packageAid);
    const reported = await bank.call(
      'reportCardApplet',
      { mediumIdentity: place.medium.identity },
      { packageAid, ...(version !== undefined && { version }), replaced, officerId },
      { idempotencyKey },
    );
    return reported.ok ? ok() : reported;
  }

  return { inspect, load, prove, report };
}

/** A customer's card in use, or one that is nobody's yet. */
function cardInHand(
  seen: Extract<Recognised, { takes: 'card' }>,
  card: CardRecord | undefined,
): Result<Omit<InspectedCard, 'place'>> {
  if (seen.card.content === 'blank') {
    if (card && !['revoked', 'expired', 'wiped', 'destroyed'].includes(card.state))
      return fail('card-incomplete', { cardId: card.cardId });
    return ok(noFacts);
  }
  if (!card) return fail('card-foreign');
  const { cardId, state } = card;
  if (seen.card.content !== 'issued' || cardIdOn(seen) !== cardId) return fail('card-incomplete', { cardId });
  if (state !== 'active') return fail('card-state-conflict', { cardId, state });
  return ok(factsOf(card));
}

const bring = (
  domain: SecuredDomain,
  release: AppletRelease,
  { cardId, package: { name, holdsCustomerData } }: Order,
  { report }: StepContext,
) =>
  bringOntoCard(domain, release, {
    mayLoseData: cardId === undefined || !holdsCustomerData,
    onBlock: (sent, total) => {
      const ofBytes = release.cap.code.length;
      report({
        doing: 'writing',
        path: name,
        doneBytes: Math.round((ofBytes * sent) / total),
        ofBytes,
      });
    },
  });

const instancesOn = ({ applications }: CardContent, packageAid: string): string[] =>
  applications
    .filter((each) => each.packageAid !== undefined && toHex(each.packageAid) === packageAid)
    .map((each) => toHex(each.aid));

/** The version from before with all that was made from it. */
function isUntouched(content: CardContent, { before, package: applet }: Order): boolean {
  const now = packageOnCard(content, applet);
  if (now === undefined || now.packageAid !== before?.packageAid || now.version !== before.version)
    return false;
  const instances = instancesOn(content, now.packageAid);
  return (
    before.instances.every((each) => instances.includes(each)) && instances.length === before.instances.length
  );
}

/** The applet answers to its name (ISO/IEC 7816-4, 11.2.2). Fault: card-read-back-differs. */
async function selectInstance({ pipe }: CardInUse, instanceAid: string): Promise<Result<void>> {
  const answer = await pipe.send({
    cla: 0x00,
    ins: 0xa4,
    p1: 0x04,
    p2: 0x00,
    data: fromHex(instanceAid),
    le: 256,
  });
  if (!answer.ok) return answer;
  const { sw } = answer.value;
  return sw === 0x9000 ? ok() : fail('card-read-back-differs', { what: 'applet', sw: statusText(sw) });
}
