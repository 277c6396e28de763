import { createHash } from 'node:crypto';
import { fail, type Result } from '../../../shared/result/index.ts';
import type { Step, StepContext } from '../../../shared/workflow/index.ts';
import type { PivSession } from '../../../../native/applications/piv/index.ts';
import { hashOf } from '../../bank/certificate-request.ts';
import { placeOf } from '../inspect-medium.ts';
import type { IssueTools } from '../issue-tools.ts';
import { nothing, type IssuedCard } from '../issued-card.ts';
import { proveToBank } from '../prove-to-bank.ts';
import { cardPinOf, mistypedCardPin } from '../secrets-of-step.ts';

/** The card signs a fresh nonce of the bank's, with the PIN that the customer has now. */
export function proveCard({ readers, bank }: IssueTools): Step<IssuedCard, object> {
  return {
    name: 'prove',
    touches: 'card',
    record: nothing,
    async run(issued, context) {
      const { algorithm } = issued.card.enrolment;
      return proveToBank(bank, issued, context, (message) =>
        readers.useCard(placeOf(issued.place, context.runId), async ({ piv }) => {
          const certificate = await piv.readCertificate('9a');
          if (!certificate.ok) return certificate;
          if (!certificate.value) return fail('card-object-missing', { what: 'certificate' });
          const verified = await verifyPin(piv, context);
          if (!verified.ok) return verified;
          const digest = createHash(hashOf(algorithm)).update(message).digest();
          const signature = await piv.sign('9a', algorithm, digest);
          return signature.ok
            ? { ok: true, value: { signature: signature.value, certificate: certificate.value } }
            : signature;
        }),
      );
    },
    undo: 'nothing',
    asksSecretAgain: mistypedCardPin,
  };
}

/** At the reader's own keys where it has any: then the customer has shown to know the PIN, and it is needed nowhere else. */
async function verifyPin(piv: PivSession, context: StepContext): Promise<Result<void>> {
  if (!piv.atPad) return piv.verifyPin(await cardPinOf(context));
  context.waitAtReader('type-pin');
  const verified = await piv.atPad.verifyPin();
  context.waitAtReader(undefined);
  // Some readers tell of keys and have none that work.
  const hasNone = !verified.ok && verified.fault.code === 'card-unsupported';
  return hasNone ? piv.verifyPin(await cardPinOf(context)) : verified;
}
