import { createHash, randomBytes, verify, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { ChainCheckValues } from '../../../shared/codec/otp-chain/index.ts';
import { fail, ok, type Result } from '../../../shared/result/index.ts';
import type { Step } from '../../../shared/workflow/index.ts';
import { parseDataGroupHashes } from '../../../shared/codec/index.ts';
import {
  cccObject,
  chuidObject,
  containers,
  markerObject,
  objectsThatDiffer,
  parseChuid,
  parseMarker,
  parseSecurityObject,
  securityObject,
  userInfoObject,
  type PivSession,
} from '../../../../native/applications/piv/index.ts';
import { verifySignedContent, verifyUserInfo } from '../../../../native/applications/sd/index.ts';
import { placeOf } from '../inspect-medium.ts';
import type { IssueTools } from '../issue-tools.ts';
import { fromBase64, sha256, type IssuedCard } from '../issued-card.ts';
import { compareChain } from './card-chain.ts';
import { domainHasOwnKeys, factorySecretsAreGone, secretEvidence, type DomainKeys } from './card-secrets.ts';
import { cardPinOf, mistypedCardPin } from '../secrets-of-step.ts';

export interface WrittenCard extends IssuedCard {
  readonly customerId: string;
  /** Hex. */
  readonly guid: string;
  readonly userInfoSha256: string;
  readonly domainKeys: DomainKeys;
  readonly chain?: ChainCheckValues;
}

/** What was seen beside the content: why none of the factory's secrets opens the card. */
export const readBack = z.object({
  factorySecrets: secretEvidence.extend({ domainKeys: z.enum(['own', 'not-ours', 'none']) }),
});

/**
 * Everything is read again after a power cycle and compared: certificate on the card = CA record = the one
 * this run was given; the key on the card is the key in the certificate (invariant 2). And none of the factory's
 * secrets opens it.
 * Faults: card-read-back-differs {what}, card-object-missing {what}, card-incomplete, card-key-mismatch.
 */
export function readBackCard({
  readers,
  bank,
  bankCaPem,
  now,
}: IssueTools): Step<WrittenCard, z.infer<typeof readBack>> {
  return {
    name: 'read-back',
    // It only reads, but a card that is taken out now has not been looked at to the end.
    touches: 'card',
    record: readBack,
    async run(written, context) {
      const cardPin = await cardPinOf(context);
      const { cardId } = written.card;
      const recorded = await bank.call('readCertificate', { cardId }, {});
      if (!recorded.ok) return recorded;
      const { certificate } = written.certificate;
      if (recorded.value.certificate !== certificate)
        return fail('card-read-back-differs', { what: 'ca-record' });

      return readers.useCard(placeOf(written.place, context.runId), async (card) => {
        const cycled = await card.powerCycle();
        if (!cycled.ok) return cycled;
        const piv = cycled.value;
        const onCard = await piv.readCertificate('9a');
        if (!onCard.ok) return onCard;
        const compared = compare('certificate', onCard.value, written.certificate.sha256);
        if (!compared.ok) return compared;
        for (const look of [compareChuid, compareSecurityObject, compareUserInfo, compareMarker]) {
          const same = await look(piv, written);
          if (!same.ok) return same;
        }
        const verified = await piv.verifyPin(cardPin);
        if (!verified.ok) return verified;
        const key = await keyMatches(piv, written);
        if (!key.ok) return key;
        const gone = await factorySecretsAreGone(piv, bank, written.place.medium.identity);
        if (!gone.ok) return gone;
        if (written.chain) {
          const chained = await compareChain(card, cardId, written.chain);
          if (!chained.ok) return chained;
        }
        const shown = { factorySecrets: { ...gone.value, domainKeys: written.domainKeys } };
        if (written.domainKeys !== 'own') return ok(shown);
        const own = await domainHasOwnKeys(card.globalPlatform, bank, written.place.medium.identity);
        return own.ok ? ok(shown) : own;
      });
    },
    undo: 'nothing',
    asksSecretAgain: mistypedCardPin,
  };

  /** What the bank has signed is what lies on the card. */
  async function compareSecurityObject(piv: PivSession): Promise<Result<void>> {
    const content = await piv.getObject(securityObject);
    if (!content.ok) return content;
    if (!content.value) return fail('card-object-missing', { what: 'security-object' });
    const parsed = parseSecurityObject(content.value);
    if (!parsed.ok) return parsed;
    const differs = fail('card-read-back-differs', { what: 'security-object' });
    const signed = verifySignedContent(parsed.value.signed, 'security-object', bankCaPem(), now());
    if (!signed.ok) return differs;
    const hashes = parseDataGroupHashes(signed.value.content);
    if (!hashes.ok) return hashes;
    const chuid = await piv.getObject(chuidObject);
    if (!chuid.ok) return chuid;
    const ccc = await piv.getObject(cccObject);
    if (!ccc.ok) return ccc;
    const objects = new Map<number, Uint8Array | undefined>([
      [containers.chuid, chuid.value],
      [containers.ccc, ccc.value],
    ]);
    return objectsThatDiffer(parsed.value, hashes.value, objects).length === 0 ? ok() : differs;
  }

  async function compareUserInfo(piv: PivSession, written: WrittenCard): Promise<Result<void>> {
    const content = await piv.getObject(userInfoObject);
    if (!content.ok) return content;
    const compared = compare('user-info', content.value, written.userInfoSha256);
    if (!compared.ok) return compared;
    const signed = verifyUserInfo(compared.value, bankCaPem(), now());
    if (!signed.ok) return fail('card-read-back-differs', { what: 'user-info-signature' });
    const { cardId, customerId, certificateSha256 } = signed.value;
    const same =
      cardId === written.card.cardId &&
      customerId === written.customerId &&
      certificateSha256 === written.certificate.sha256;
    return same ? ok() : fail('card-read-back-differs', { what: 'user-info' });
  }
}

async function compareChuid(piv: PivSession, { guid }: WrittenCard): Promise<Result<void>> {
  const content = await piv.getObject(chuidObject);
  if (!content.ok) return content;
  if (!content.value) return fail('card-object-missing', { what: 'card-identity' });
  const chuid = parseChuid(content.value);
  if (!chuid.ok) return chuid;
  return Buffer.from(chuid.value.guid).toString('hex') === guid
    ? ok()
    : fail('card-read-back-differs', { what: 'card-identity' });
}

async function compareMarker(piv: PivSession, written: WrittenCard): Promise<Result<void>> {
  const content = await piv.getObject(markerObject);
  if (!content.ok) return content;
  if (!content.value) return fail('card-incomplete', { what: 'marker' });
  const marker = parseMarker(content.value);
  if (!marker.ok) return marker;
  const { cardId, certificateSha256, userInfoSha256 } = marker.value;
  const same =
    cardId === written.card.cardId &&
    certificateSha256 === written.certificate.sha256 &&
    userInfoSha256 === written.userInfoSha256;
  return same ? ok() : fail('card-read-back-differs', { what: 'marker' });
}

/** Only the private key that belongs to the certificate can sign what was drawn just now. */
async function keyMatches(piv: PivSession, { card, certificate }: WrittenCard): Promise<Result<void>> {
  const drawn = randomBytes(32);
  const signature = await piv.sign(
    '9a',
    card.enrolment.algorithm,
    createHash('sha256').update(drawn).digest(),
  );
  if (!signature.ok) return signature;
  const key = new X509Certificate(fromBase64(certificate.certificate)).publicKey;
  return verify('sha256', drawn, key, signature.value) ? ok() : fail('card-key-mismatch');
}

function compare(what: string, bytes: Uint8Array | undefined, expectedSha256: string): Result<Uint8Array> {
  if (!bytes) return fail('card-object-missing', { what });
  return sha256(bytes) === expectedSha256 ? ok(bytes) : fail('card-read-back-differs', { what });
}
