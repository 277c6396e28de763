import { generateKeyPair, sign, type KeyPairKeyObjectResult } from 'node:crypto';
import { promisify } from 'node:util';
import type { z } from 'zod';
import { fileDigest } from '../../../shared/bank-api/index.ts';
import type { KeyAlgorithm } from '../../../shared/domain/index.ts';
import { ok, type Result } from '../../../shared/result/index.ts';
import type { Step } from '../../../shared/workflow/index.ts';
import { encryptKey, partFiles } from '../../../../native/applications/sd/index.ts';
import type { MediumVolume } from '../../../../native/drivers/media-driver.ts';
import { hashOf, makeCertificateRequest } from '../../bank/certificate-request.ts';
import { compensateCard } from '../compensate-card.ts';
import type { IssueTools } from '../issue-tools.ts';
import {
  describeKey,
  madeKey,
  signedRequest,
  toBase64,
  type ChosenMedium,
  type ReservedCard,
} from '../issued-card.ts';
import { cardPinOf } from '../secrets-of-step.ts';
import { digestOfFile } from './digest-of-file.ts';
import { hasBegun, isNoOtherCard, type KnowsAgain } from './knows-again.ts';
import { mediumPlaceOf } from './medium-place.ts';
import { useSdCard } from './use-sd-card.ts';

export interface KeyOrder {
  readonly bankId: string;
  readonly place: ChosenMedium;
  readonly card: ReservedCard;
  readonly officerId: string;
}

const writtenKey = madeKey.extend(signedRequest.shape).extend({ file: fileDigest });

/**
 * The key pair of an SD card, and the request signed with it, in one step: the unencrypted key lives from
 * here to the end of this function and nowhere else. The first thing written, so its undo takes everything
 * of this bank off the card. A card that is over goes first, its key before everything else of it.
 */
export function writeKey({ readers, bank }: IssueTools): Step<KeyOrder, z.infer<typeof writtenKey>> {
  return {
    name: 'write-key',
    touches: 'media',
    record: writtenKey,
    async run({ bankId, place, card, officerId }, context) {
      const cardPin = await cardPinOf(context);
      const made = await makeKey(card, cardPin);
      if (!made.ok) return made;
      const { p8, ...record } = made.value;
      const medium = { ...mediumPlaceOf({ place, bankId }, context), knowsAgain: knowsPlace(bankId, place) };
      if (place.replaces !== undefined) {
        const removed = await useSdCard(readers, medium, (sd) => sd.removeBank(bankId));
        if (!removed.ok) return removed;
        const idempotencyKey = `${context.idempotencyKey}/replaced`;
        const told = await bank.call(
          'reportWiped',
          { cardId: place.replaces },
          { officerId },
          { idempotencyKey },
        );
        if (!told.ok) return told;
      }
      const written = await useSdCard(readers, medium, (sd) => sd.writeKey(bankId, p8));
      return written.ok ? ok({ ...record, file: digestOfFile(partFiles.key, p8) }) : written;
    },
    async undo({ bankId, place, card }, _output, context) {
      const medium = {
        ...mediumPlaceOf({ place, bankId }, context),
        knowsAgain: async (volume: MediumVolume) =>
          (await isNoOtherCard(bankId, card.cardId)(volume)) ||
          (place.replaces !== undefined && (await isNoOtherCard(bankId, place.replaces)(volume))),
      };
      const removed = await useSdCard(readers, medium, (sd) => sd.removeBank(bankId));
      if (!removed.ok || context.stands('reserve-card')) return removed;
      // The bank was told before the medium could be emptied: now it is.
      return compensateCard(bank, card.cardId, {
        reason: 'issuance undone',
        mediumWiped: true,
        idempotencyKey: `${context.idempotencyKey}/wiped`,
      });
    },
  };
}

/** Until its key is written: an empty card on which something has begun, or the card that goes and what is left of it. */
const knowsPlace = (bankId: string, { replaces }: ChosenMedium): KnowsAgain =>
  replaces === undefined ? hasBegun(bankId) : isNoOtherCard(bankId, replaces);

async function makeKey(
  { enrolment }: ReservedCard,
  cardPin: string,
): Promise<Result<{ p8: Uint8Array; publicKey: string; publicKeySha256: string; csr: string }>> {
  const pair = await drawKeyPair(enrolment.algorithm);
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' });
  const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'der' });
  try {
    const csr = await makeCertificateRequest({
      order: enrolment,
      publicKey,
      sign: (bytes) =>
        Promise.resolve(ok(new Uint8Array(sign(hashOf(enrolment.algorithm), bytes, pair.privateKey)))),
    });
    if (!csr.ok) return csr;
    const p8 = await encryptKey(pkcs8, cardPin);
    return p8.ok ? ok({ ...describeKey(publicKey), p8: p8.value, csr: toBase64(csr.value) }) : p8;
  } finally {
    pkcs8.fill(0);
  }
}

const generate = promisify(generateKeyPair);

const drawKeyPair = (algorithm: KeyAlgorithm): Promise<KeyPairKeyObjectResult> =>
  algorithm === 'rsa-2048'
    ? generate('rsa', { modulusLength: 2048 })
    : generate('ec', { namedCurve: algorithm === 'p-256' ? 'P-256' : 'P-384' });
