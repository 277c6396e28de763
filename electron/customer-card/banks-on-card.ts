import { X509Certificate } from 'node:crypto';
import type { KeyAlgorithm } from '../shared/domain/index.ts';
import { ok, type Result } from '../shared/result/index.ts';
import {
  keyHistoryObject,
  parseKeyHistory,
  retiredSlots,
  type PivSession,
  type PivSlot,
} from '../../native/applications/piv/index.ts';

/** A bank that has its key on this card (S4, 101: the customer chooses one). */
export interface BankOnCard {
  readonly slot: PivSlot;
  /** Organisation in the certificate's issuer. */
  readonly bankName: string;
  readonly algorithm: KeyAlgorithm;
  /** DER. */
  readonly certificate: Uint8Array;
}

/** The banks on a card by its certificates: 9A, then as many retired slots as its key history says. */
export const banksOnCard = async (piv: PivSession): Promise<Result<readonly BankOnCard[]>> => {
  const content = await piv.getObject(keyHistoryObject);
  if (!content.ok) return content;
  const history = content.value === undefined ? undefined : parseKeyHistory(content.value);
  if (history?.ok === false) return history;
  const further = retiredSlots.slice(0, history?.value.keysWithOnCardCertificates ?? 0);
  const banks: BankOnCard[] = [];
  for (const slot of ['9a', ...further] as const) {
    const certificate = await piv.readCertificate(slot);
    if (!certificate.ok) return certificate;
    if (certificate.value === undefined) continue;
    const parsed = new X509Certificate(certificate.value);
    banks.push({
      slot,
      bankName: /^O=(.*)$/m.exec(parsed.issuer)?.[1] ?? '',
      algorithm: algorithmOf(parsed),
      certificate: certificate.value,
    });
  }
  return ok(banks);
};

const algorithmOf = ({ publicKey }: X509Certificate): KeyAlgorithm => {
  if (publicKey.asymmetricKeyType === 'rsa') return 'rsa-2048';
  return publicKey.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'p-384' : 'p-256';
};
