import { z } from 'zod';
import { isNewerVersion } from '../../shared/domain/index.ts';
import { fail, ok } from '../../shared/result/index.ts';
import type { Step, Workflow } from '../../shared/workflow/index.ts';
import { readProgramVersion, replaceProgram } from '../../../native/applications/sd/index.ts';
import { nothing } from '../issuance/issued-card.ts';
import { inspectedCard } from './inspected-card.ts';
import { factsOf, holdCard, lookAtCard } from './look-at-card.ts';
import {
  newContentSha256,
  resealSteps,
  sealedContent,
  type Resealed,
  type ResealTools,
} from './reseal-client.ts';
import { isForeign } from './wipe-card.ts';

export const upgradeInput = z.object({ reader: z.string(), officerId: z.string(), bankId: z.string() });
export type UpgradeInput = z.infer<typeof upgradeInput>;

export interface UpgradeTools extends ResealTools {
  /** The phone client as built, without a customer in it. */
  phoneClient(): Promise<string>;
}

const sealedCard = inspectedCard.extend(sealedContent.shape).extend({ cardId: z.string() });
type SealedCard = z.infer<typeof sealedCard>;

type Order = UpgradeInput & SealedCard;

/**
 * A newer program around the credential that is on the card (S0, claim 2). Key, certificate and user
 * information are not touched; the program that goes is kept beside the new one until the bank knows, so
 * that a run that stops can go on or put the card back as it was.
 *
 *   inspect → write client (old one kept) → sign manifest → write manifest → read back → report, forget the old
 */
export function upgradeClient(tools: UpgradeTools): Workflow<UpgradeInput> {
  const steps = upgradeSteps(tools);
  return {
    name: 'upgrade-client',
    input: upgradeInput,
    async run(flow, input) {
      flow.plan([
        steps.inspect,
        steps.writeClient,
        steps.signManifest,
        steps.writeManifest,
        steps.readBack,
        steps.report,
      ]);
      const order = { ...input, ...(await flow.step(steps.inspect, input)) };
      const client = await flow.step(steps.writeClient, order);
      const { manifest } = await flow.step(steps.signManifest, { ...order, client });
      const sealed = { ...order, client, newManifest: manifest };
      await flow.step(steps.writeManifest, sealed);
      await flow.step(steps.readBack, sealed);
      await flow.step(steps.report, sealed);
    },
  };
}

function upgradeSteps(tools: UpgradeTools) {
  const { bank, readers, phoneClient } = tools;
  const { onCard, readSealed, ...reseal } = resealSteps<Order>(tools, async () => {
    const template = await phoneClient();
    const version = readProgramVersion(template);
    if (!version.ok) return version;
    return ok((old) => {
      const html = replaceProgram(old, template);
      return html.ok ? ok({ html: html.value, clientVersion: version.value }) : html;
    });
  });

  const inspect: Step<UpgradeInput, SealedCard> = {
    name: 'inspect-card',
    touches: 'nothing',
    record: sealedCard,
    async run({ reader, bankId }, { runId }) {
      const found = await lookAtCard(tools, reader, runId);
      if (!found.ok) return found;
      const { seen, card } = found.value;
      if (seen.takes !== 'sd-card') return fail('card-unsupported', { reason: 'kind' });
      if (!card || isForeign(seen, card)) return fail('medium-foreign');
      const { content } = seen;
      if (content?.state !== 'complete') return fail('medium-incomplete');
      if (content.cardId !== card.cardId) return fail('medium-foreign');
      if (card.state !== 'active')
        return fail('card-state-conflict', { cardId: card.cardId, state: card.state });
      const available = readProgramVersion(await phoneClient());
      if (!available.ok) return available;
      if (!isNewerVersion(available.value, content.clientVersion))
        return fail('client-not-newer', { version: content.clientVersion });
      const place = holdCard(readers, seen, runId);
      if (!place.ok) return place;
      const sealed = await readSealed(place.value, bankId, runId);
      return sealed.ok ? ok({ place: place.value, ...factsOf(card), ...sealed.value }) : sealed;
    },
    undo: 'nothing',
  };

  /** In one step: as long as the old program is kept, this has not happened and can be undone. */
  const report: Step<Resealed<Order>, object> = {
    name: 'report-client',
    touches: 'media',
    record: nothing,
    async run(order, context) {
      const { cardId, client } = order;
      const content = { contentSha256: newContentSha256(order), clientVersion: client.clientVersion };
      const { idempotencyKey } = context;
      const reported = await bank.call('reportWritten', { cardId }, content, { idempotencyKey });
      if (!reported.ok) return reported;
      const template = await phoneClient();
      const ended = await onCard(order, context, async (card) => {
        const forgotten = await card.forgetClient(order.bankId);
        // Not before: until the old program is gone this can be undone, and the page belongs to it.
        return forgotten.ok ? card.renewStartPage(template) : forgotten;
      });
      return ended.ok ? ok({}) : ended;
    },
    async undo(order, _output, context) {
      const kept = await onCard(order, context, (card) => card.keepsClient(order.bankId));
      if (!kept.ok) return kept;
      // The old program is gone: the upgrade is over, and the card and the bank agree on it.
      if (!kept.value) {
        const template = await phoneClient();
        return onCard(order, context, (card) => card.renewStartPage(template));
      }
      const { cardId, contentSha256, clientVersion } = order;
      const reported = await bank.call(
        'reportWritten',
        { cardId },
        { contentSha256, clientVersion },
        { idempotencyKey: `${context.idempotencyKey}/undo` },
      );
      return reported.ok ? ok() : reported;
    },
  };

  return { inspect, ...reseal, report };
}
