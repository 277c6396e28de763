import { z } from 'zod';
import { fileDigest } from '../../shared/bank-api/index.ts';
import { isNewerVersion } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Step, StepContext, Workflow } from '../../shared/workflow/index.ts';
import {
  partFiles,
  readProgramVersion,
  replaceProgram,
  verifyManifest,
  verifyUserInfo,
  type SdCardSession,
  type SdReadBack,
} from '../../../native/applications/sd/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { mediumOf, placeOf } from '../issuance/inspect-medium.ts';
import { fromBase64, nothing, sha256, toBase64 } from '../issuance/issued-card.ts';
import { digestOfFile } from '../issuance/sd-steps/digest-of-file.ts';
import { carriesCard } from '../issuance/sd-steps/knows-again.ts';
import { mediumPlaceOf } from '../issuance/sd-steps/medium-place.ts';
import { useSdCard } from '../issuance/sd-steps/use-sd-card.ts';
import type { Readers } from '../readers/readers.ts';
import { bankRecordOf } from './bank-record.ts';
import { inspectedCard } from './inspected-card.ts';
import { isForeign } from './wipe-card.ts';

export const upgradeInput = z.object({ reader: z.string(), officerId: z.string(), bankId: z.string() });
export type UpgradeInput = z.infer<typeof upgradeInput>;

export interface UpgradeTools {
  readonly bank: BankClient;
  readonly readers: Readers;
  /** The bank's CA certificate, PEM. */
  readonly bankCaPem: () => string;
  /** The phone client as built, without a customer in it. */
  phoneClient(): Promise<string>;
  now(): Date;
}

/** The card as it was sealed before; what an undo brings back. */
const sealedCard = inspectedCard.extend({
  cardId: z.string(),
  /** base64 of `manifest.p7s`. */
  manifest: z.string(),
  contentSha256: z.string(),
  clientVersion: z.string(),
  files: z.array(fileDigest),
});
type SealedCard = z.infer<typeof sealedCard>;

const writtenClient = z.object({ file: fileDigest, clientVersion: z.string() });
type WrittenClient = z.infer<typeof writtenClient>;
const signedManifest = z.object({ manifest: z.string() });

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

function upgradeSteps({ bank, readers, bankCaPem, phoneClient, now }: UpgradeTools) {
  type WithClient = Order & { readonly client: WrittenClient };
  type Sealed = WithClient & { readonly newManifest: string };

  const onCard = <T>(
    { place, bankId, cardId }: Order,
    context: StepContext,
    work: (card: SdCardSession) => Promise<Result<T>>,
  ): Promise<Result<T>> =>
    useSdCard(
      readers,
      { ...mediumPlaceOf({ place, bankId }, context), knowsAgain: carriesCard(bankId, cardId) },
      work,
    );

  /** What was read cold holds the bank's signatures. */
  const verified = (read: SdReadBack): Result<void> => {
    const manifest = verifyManifest(read.manifest.bytes, bankCaPem(), now());
    if (!manifest.ok) return manifest;
    const userInfo = verifyUserInfo(read.files['user-info'].bytes, bankCaPem(), now());
    return userInfo.ok ? ok() : userInfo;
  };

  const inspect: Step<UpgradeInput, SealedCard> = {
    name: 'inspect-card',
    touches: 'nothing',
    record: sealedCard,
    async run({ reader, bankId }, { runId }) {
      readers.choose(reader, runId);
      const seen = await readers.recognise({ reader, runId });
      if (!seen.ok) return seen;
      const record = await bankRecordOf(bank, seen.value);
      if (!record.ok) return record;
      const card = record.value;
      if (seen.value.takes !== 'sd-card') return fail('card-unsupported', { reason: 'kind' });
      if (!card || isForeign(seen.value, card)) return fail('medium-foreign');
      const { content } = seen.value;
      if (content?.state !== 'complete') return fail('medium-incomplete');
      if (content.cardId !== card.cardId) return fail('medium-foreign');
      if (card.state !== 'active')
        return fail('card-state-conflict', { cardId: card.cardId, state: card.state });
      const available = readProgramVersion(await phoneClient());
      if (!available.ok) return available;
      if (!isNewerVersion(available.value, content.clientVersion))
        return fail('client-not-newer', { version: content.clientVersion });
      const held = readers.hold(reader, runId);
      if (!held.ok) return held;
      const place = { reader, medium: mediumOf(seen.value) };
      const read = await useSdCard(readers, placeOf(place, runId), (sd) => sd.readBack(bankId));
      if (!read.ok) return read;
      const signed = verified(read.value);
      if (!signed.ok) return signed;
      return ok({
        place,
        cardId: card.cardId,
        customerId: card.customerId,
        customerName: card.customerName,
        cardState: card.state,
        unfinished: false,
        manifest: toBase64(read.value.manifest.bytes),
        contentSha256: read.value.contentSha256,
        clientVersion: read.value.manifestContent.clientVersion,
        files: [...read.value.manifestContent.files],
      });
    },
    undo: 'nothing',
  };

  const writeClient: Step<Order, WrittenClient> = {
    name: 'write-client',
    touches: 'media',
    record: writtenClient,
    async run(order, context) {
      const template = await phoneClient();
      const version = readProgramVersion(template);
      if (!version.ok) return version;
      return onCard(order, context, async (card) => {
        const old = await card.keepClient(order.bankId, clientOf(order.files).sha256);
        if (!old.ok) return old;
        const html = replaceProgram(old.value, template);
        if (!html.ok) return html;
        const written = await card.writeClient(order.bankId, html.value);
        if (!written.ok) return written;
        return ok({ file: digestOfFile(partFiles.client, html.value), clientVersion: version.value });
      });
    },
    undo: (order, _written, context) =>
      onCard(order, context, (card) => card.restoreClient(order.bankId, fromBase64(order.manifest))),
  };

  const signManifest: Step<WithClient, z.infer<typeof signedManifest>> = {
    name: 'sign-manifest',
    touches: 'bank',
    record: signedManifest,
    run: ({ cardId, place, files, client }, { idempotencyKey }) =>
      bank.call(
        'signManifest',
        { cardId },
        {
          // The others stay as they were sealed, whatever the medium gives back for them now.
          files: files.map((file) => (file.path === partFiles.client ? client.file : file)),
          clientVersion: client.clientVersion,
          mediumIdentity: place.medium.identity,
        },
        { idempotencyKey },
      ),
    undo: 'nothing',
  };

  const writeManifest: Step<Sealed, object> = {
    name: 'write-manifest',
    touches: 'media',
    record: nothing,
    async run(order, context) {
      const manifest = fromBase64(order.newManifest);
      const written = await onCard(order, context, (card) => card.writeManifest(order.bankId, manifest));
      return written.ok ? ok({}) : written;
    },
    undo: 'nothing',
  };

  const readBack: Step<Sealed, object> = {
    name: 'read-back',
    touches: 'media',
    record: nothing,
    async run(order, context) {
      const read = await onCard(order, context, (card) => card.readBack(order.bankId));
      if (!read.ok) return read;
      if (read.value.contentSha256 !== sha256(fromBase64(order.newManifest)))
        return fail('medium-read-back-differs', { path: partFiles.manifest });
      const signed = verified(read.value);
      return signed.ok ? ok({}) : signed;
    },
    undo: 'nothing',
  };

  /** In one step: as long as the old program is kept, this has not happened and can be undone. */
  const report: Step<Sealed, object> = {
    name: 'report-client',
    touches: 'media',
    record: nothing,
    async run(order, context) {
      const { cardId, newManifest, client } = order;
      const content = { contentSha256: sha256(fromBase64(newManifest)), clientVersion: client.clientVersion };
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

  return { inspect, writeClient, signManifest, writeManifest, readBack, report };
}

/** A sealed card lists its client. */
const clientOf = (files: SealedCard['files']): SealedCard['files'][number] => {
  const client = files.find(({ path }) => path === partFiles.client);
  if (!client) throw new Error('A sealed card without a client');
  return client;
};
