import { sign } from 'node:crypto';
import type { KeyAlgorithm } from '../../../shared/domain/index.ts';
import { ok, type Result } from '../../../shared/result/index.ts';
import type { Step } from '../../../shared/workflow/index.ts';
import { partPath } from '../../../../native/applications/sd/index.ts';
import { hashOf } from '../../bank/certificate-request.ts';
import type { IssueTools } from '../issue-tools.ts';
import { nothing, type IssuedCard } from '../issued-card.ts';
import { proveToBank, type Proof } from '../prove-to-bank.ts';
import { cardPinOf, mistypedCardPin } from '../secrets-of-step.ts';
import { mediumPlaceOf } from './medium-place.ts';
import { openKeyFile } from './open-key-file.ts';

/** The key as it lies on the medium signs a fresh nonce of the bank's. */
export function proveMedium({ readers, bank }: IssueTools): Step<IssuedCard, object> {
  return {
    name: 'prove',
    touches: 'media',
    record: nothing,
    async run(issued, context) {
      const cardPin = await cardPinOf(context);
      return proveToBank(bank, issued, context, async (message) => {
        const files = await readers.useVolume(mediumPlaceOf(issued, context), async (volume) => {
          const cold = await volume.makeCold();
          if (!cold.ok) return cold;
          const key = await volume.read(partPath(issued.bankId, 'key'));
          if (!key.ok) return key;
          const certificate = await volume.read(partPath(issued.bankId, 'certificate'));
          return certificate.ok ? ok({ key: key.value, certificate: certificate.value }) : certificate;
        });
        return files.ok ? signWith(files.value, cardPin, message, issued.card.enrolment.algorithm) : files;
      });
    },
    undo: 'nothing',
    asksSecretAgain: mistypedCardPin,
  };
}

async function signWith(
  { key, certificate }: { key: Uint8Array; certificate: Uint8Array },
  cardPin: string,
  message: Uint8Array,
  algorithm: KeyAlgorithm,
): Promise<Result<Proof>> {
  const privateKey = await openKeyFile(key, cardPin);
  if (!privateKey.ok) return privateKey;
  return ok({ signature: new Uint8Array(sign(hashOf(algorithm), message, privateKey.value)), certificate });
}
