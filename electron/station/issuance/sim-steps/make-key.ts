import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fail, ok, type Result } from '../../../shared/result/index.ts';
import type { Step } from '../../../shared/workflow/index.ts';
import {
  attestationObject,
  managementCommands,
  parseCertificate,
  verifyAttestation,
  type PivSession,
} from '../../../../native/applications/piv/index.ts';
import { hashOf, makeCertificateRequest } from '../../bank/certificate-request.ts';
import { placeOf } from '../inspect-medium.ts';
import type { IssueTools } from '../issue-tools.ts';
import {
  describeKey,
  fromBase64,
  madeKey,
  signedRequest,
  toBase64,
  type ChosenMedium,
  type MadeKey,
  type ReservedCard,
} from '../issued-card.ts';
import { cardPinOf, mistypedCardPin } from '../secrets-of-step.ts';
import { manageCard } from './manage-card.ts';

export interface KeyOrder {
  readonly place: ChosenMedium;
  readonly card: ReservedCard;
}

/** `attestation`: what the card's own word for its key is worth; absent on a card that gives none. */
export const madeOnCard = madeKey.extend({
  attestation: z.enum(['known-maker', 'unknown-maker']).optional(),
});

/** Evidence that the key was made on the card, where the card can give it. Faults: card-key-mismatch, card-bad-answer. */
async function attestationOf(
  piv: PivSession,
  publicKey: Uint8Array,
  makers: IssueTools['attestationRoots'],
): Promise<Result<'known-maker' | 'unknown-maker' | undefined>> {
  const statement = await piv.attest('9a');
  if (!statement.ok || statement.value === undefined) return statement.ok ? ok(undefined) : statement;
  const object = await piv.getObject(attestationObject);
  if (!object.ok) return object;
  if (object.value === undefined) return fail('card-bad-answer', { what: 'attestation' });
  const intermediate = parseCertificate(object.value);
  if (!intermediate.ok) return intermediate;
  return verifyAttestation(publicKey, {
    statement: statement.value,
    intermediate: intermediate.value,
    makers,
  });
}

/** The key pair, made on the card; the private half never leaves it. Made again when the answer was lost: the bank knows neither yet. */
export function generateKey({
  readers,
  bank,
  attestationRoots,
}: IssueTools): Step<KeyOrder, z.infer<typeof madeOnCard>> {
  return {
    name: 'generate-key',
    touches: 'card',
    record: madeOnCard,
    run: ({ place, card }, { runId }) =>
      readers.useCard(placeOf(place, runId), async (inUse) => {
        const managed = await manageCard(inUse, bank, place.medium.identity);
        if (!managed.ok) return managed;
        const made = await managed.value.send(managementCommands.generateKey('9a', card.enrolment.algorithm));
        if (!made.ok) return made;
        const [publicKey] = made.value;
        const attested = await attestationOf(inUse.piv, publicKey, attestationRoots);
        if (!attested.ok) return attested;
        return ok({ ...describeKey(publicKey), ...(attested.value && { attestation: attested.value }) });
      }),
    undo: 'nothing',
  };
}

/** The card signs its own certificate request: proof that the key in it is the key on it. */
export function signRequest({
  readers,
}: IssueTools): Step<KeyOrder & { readonly key: MadeKey }, z.infer<typeof signedRequest>> {
  return {
    name: 'sign-request',
    touches: 'card',
    record: signedRequest,
    async run({ place, card, key }, context) {
      const cardPin = await cardPinOf(context);
      return readers.useCard(placeOf(place, context.runId), async ({ piv }) => {
        const verified = await piv.verifyPin(cardPin);
        if (!verified.ok) return verified;
        const csr = await makeCertificateRequest({
          order: card.enrolment,
          publicKey: fromBase64(key.publicKey),
          sign: (bytes) =>
            piv.sign(
              '9a',
              card.enrolment.algorithm,
              createHash(hashOf(card.enrolment.algorithm)).update(bytes).digest(),
            ),
        });
        return csr.ok ? ok({ csr: toBase64(csr.value) }) : csr;
      });
    },
    undo: 'nothing',
    asksSecretAgain: mistypedCardPin,
  };
}
