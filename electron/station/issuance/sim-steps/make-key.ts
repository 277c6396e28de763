import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { ok } from '../../../shared/result/index.ts';
import type { Step } from '../../../shared/workflow/index.ts';
import { managementCommands } from '../../../../native/applications/piv/index.ts';
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

/** The key pair, made on the card; the private half never leaves it. Made again when the answer was lost: the bank knows neither yet. */
export function generateKey({ readers, bank }: IssueTools): Step<KeyOrder, MadeKey> {
  return {
    name: 'generate-key',
    touches: 'card',
    record: madeKey,
    run: ({ place, card }, { runId }) =>
      readers.useCard(placeOf(place, runId), async (inUse) => {
        const managed = await manageCard(inUse, bank, place.medium.identity);
        if (!managed.ok) return managed;
        const made = await managed.value.send(managementCommands.generateKey('9a', card.enrolment.algorithm));
        return made.ok ? ok(describeKey(made.value[0])) : made;
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
