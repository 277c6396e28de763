import { z } from 'zod';
import { fileDigest } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Step, StepContext } from '../../shared/workflow/index.ts';
import {
  partFiles,
  verifyManifest,
  verifyUserInfo,
  type SdCardSession,
  type SdReadBack,
} from '../../../native/applications/sd/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { placeOf } from '../issuance/inspect-medium.ts';
import { fromBase64, nothing, sha256, toBase64, type ChosenMedium } from '../issuance/issued-card.ts';
import { digestOfFile } from '../issuance/sd-steps/digest-of-file.ts';
import { carriesCard } from '../issuance/sd-steps/knows-again.ts';
import { mediumPlaceOf } from '../issuance/sd-steps/medium-place.ts';
import { useSdCard } from '../issuance/sd-steps/use-sd-card.ts';
import type { Readers } from '../readers/readers.ts';

export interface ResealTools {
  readonly bank: BankClient;
  readonly readers: Readers;
  /** The bank's CA certificate, PEM. */
  readonly bankCaPem: () => string;
  now(): Date;
}

/** An SD card as it was sealed before; what an undo brings back. */
export const sealedContent = z.object({
  /** base64 of `manifest.p7s`. */
  manifest: z.string(),
  contentSha256: z.string(),
  clientVersion: z.string(),
  files: z.array(fileDigest),
});
export type SealedContent = z.infer<typeof sealedContent>;

export interface ResealOrder extends SealedContent {
  readonly bankId: string;
  readonly cardId: string;
  readonly place: ChosenMedium;
}

export interface NewClient {
  readonly html: Uint8Array;
  readonly clientVersion: string;
}

const writtenClient = z.object({ file: fileDigest, clientVersion: z.string() });
const signedManifest = z.object({ manifest: z.string() });

export type WithClient<Order> = Order & { readonly client: z.infer<typeof writtenClient> };
export type Resealed<Order> = WithClient<Order> & { readonly newManifest: string };

/**
 * Another client in place of the one that is on an SD card, the credential's key, certificate and user information
 * as they are. The client that goes is kept beside the new one until somebody forgets it, so that a run that stops
 * can go on or put the card back as it was.
 *
 *   write client (old one kept) → sign manifest → write manifest → read back
 */
export function resealSteps<Order extends ResealOrder>(
  { bank, readers, bankCaPem, now }: ResealTools,
  /** What has to be known before the card is touched; then the new client, made of the old one. */
  prepare: (order: Order, context: StepContext) => Promise<Result<(old: Uint8Array) => Result<NewClient>>>,
) {
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

  /** Before anything is changed: whole, and what the bank has signed. */
  const readSealed = async (
    place: ChosenMedium,
    bankId: string,
    runId: string,
  ): Promise<Result<SealedContent>> => {
    const read = await useSdCard(readers, placeOf(place, runId), (sd) => sd.readBack(bankId));
    if (!read.ok) return read;
    const signed = verified(read.value);
    if (!signed.ok) return signed;
    const { manifest, contentSha256, manifestContent } = read.value;
    return ok({
      manifest: toBase64(manifest.bytes),
      contentSha256,
      clientVersion: manifestContent.clientVersion,
      files: [...manifestContent.files],
    });
  };

  const writeClient: Step<Order, z.infer<typeof writtenClient>> = {
    name: 'write-client',
    touches: 'media',
    record: writtenClient,
    async run(order, context) {
      const make = await prepare(order, context);
      if (!make.ok) return make;
      return onCard(order, context, async (card) => {
        const old = await card.keepClient(order.bankId, clientOf(order.files).sha256);
        if (!old.ok) return old;
        const made = make.value(old.value);
        if (!made.ok) return made;
        const { html, clientVersion } = made.value;
        const written = await card.writeClient(order.bankId, html);
        return written.ok ? ok({ file: digestOfFile(partFiles.client, html), clientVersion }) : written;
      });
    },
    undo: (order, _written, context) =>
      onCard(order, context, (card) => card.restoreClient(order.bankId, fromBase64(order.manifest))),
  };

  const signManifest: Step<WithClient<Order>, z.infer<typeof signedManifest>> = {
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

  const writeManifest: Step<Resealed<Order>, object> = {
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

  const readBack: Step<Resealed<Order>, object> = {
    name: 'read-back',
    touches: 'media',
    record: nothing,
    async run(order, context) {
      const read = await onCard(order, context, (card) => card.readBack(order.bankId));
      if (!read.ok) return read;
      if (read.value.contentSha256 !== newContentSha256(order))
        return fail('medium-read-back-differs', { path: partFiles.manifest });
      const signed = verified(read.value);
      return signed.ok ? ok({}) : signed;
    },
    undo: 'nothing',
  };

  return { onCard, readSealed, writeClient, signManifest, writeManifest, readBack };
}

/** SHA-256 of the manifest that seals the card anew, hex. */
export const newContentSha256 = ({ newManifest }: { readonly newManifest: string }): string =>
  sha256(fromBase64(newManifest));

/** A sealed card lists its client. */
const clientOf = (files: SealedContent['files']): SealedContent['files'][number] => {
  const client = files.find(({ path }) => path === partFiles.client);
  if (!client) throw new Error('A sealed card without a client');
  return client;
};
