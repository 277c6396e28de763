import { createPublicKey, X509Certificate } from 'node:crypto';
import { fail, ok, type Result } from '../../../shared/result/index.ts';
import type { Step } from '../../../shared/workflow/index.ts';
import {
  partFiles,
  verifyManifest,
  verifyUserInfo,
  type SdReadBack,
} from '../../../../native/applications/sd/index.ts';
import type { IssueTools } from '../issue-tools.ts';
import { fromBase64, nothing, type IssuedCard } from '../issued-card.ts';
import { cardPinOf, mistypedCardPin } from '../secrets-of-step.ts';
import { mediumPlaceOf } from './medium-place.ts';
import { openKeyFile } from './open-key-file.ts';
import { useSdCard } from './use-sd-card.ts';

export interface WrittenMedium extends IssuedCard {
  readonly customerId: string;
  readonly contentSha256: string;
  /** Of all files together. */
  readonly contentBytes: number;
}

/**
 * Everything is read again from the medium itself, no cache between, and compared: files = manifest, both
 * signatures the bank's, certificate = CA record = the one this run was given, and the key file opens with
 * the card PIN and belongs to the certificate (invariant 2).
 * Faults: medium-read-back-differs {path}, medium-file-missing, medium-signature-invalid, card-key-mismatch.
 */
export function readBackMedium(tools: IssueTools): Step<WrittenMedium, object> {
  const { readers, bank, bankCaPem, phoneClient, now } = tools;
  return {
    name: 'read-back',
    // It only reads, but a medium that is taken out now has not been looked at to the end.
    touches: 'media',
    record: nothing,
    async run(written, context) {
      const cardPin = await cardPinOf(context);
      const { cardId } = written.card;
      const recorded = await bank.call('readCertificate', { cardId }, {});
      if (!recorded.ok) return recorded;
      if (recorded.value.certificate !== written.certificate.certificate)
        return differs(partFiles.certificate);
      const program = await phoneClient();
      const read = await useSdCard(readers, mediumPlaceOf(written, context, written.contentBytes), (card) =>
        card.readBack(written.bankId, program),
      );
      if (!read.ok) return read;
      const compared = compare(read.value, written, bankCaPem(), now());
      if (!compared.ok) return compared;
      const key = await keyMatches(read.value.files.key.bytes, cardPin, written);
      return key.ok ? ok({}) : key;
    },
    undo: 'nothing',
    asksSecretAgain: mistypedCardPin,
  };
}

function compare(read: SdReadBack, written: WrittenMedium, caPem: string, at: Date): Result<void> {
  if (read.contentSha256 !== written.contentSha256) return differs(partFiles.manifest);
  if (read.files.certificate.sha256 !== written.certificate.sha256) return differs(partFiles.certificate);
  const manifest = verifyManifest(read.manifest.bytes, caPem, at);
  if (!manifest.ok) return manifest;
  const userInfo = verifyUserInfo(read.files['user-info'].bytes, caPem, at);
  if (!userInfo.ok) return userInfo;
  const { cardId } = written.card;
  const { identity } = written.place.medium;
  if (manifest.value.cardId !== cardId || manifest.value.mediumIdentity !== identity)
    return differs(partFiles.manifest);
  const says = userInfo.value;
  const same =
    says.cardId === cardId &&
    says.customerId === written.customerId &&
    says.certificateSha256 === written.certificate.sha256;
  return same ? ok() : differs(partFiles['user-info']);
}

async function keyMatches(
  p8: Uint8Array,
  cardPin: string,
  { certificate }: WrittenMedium,
): Promise<Result<void>> {
  const key = await openKeyFile(p8, cardPin);
  if (!key.ok) return key;
  const certified = new X509Certificate(fromBase64(certificate.certificate)).publicKey;
  return createPublicKey(key.value).equals(certified) ? ok() : fail('card-key-mismatch');
}

const differs = (path: string): Result<never> => fail('medium-read-back-differs', { path });
