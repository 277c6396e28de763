import { createPublicKey, X509Certificate } from 'node:crypto';
import { equalBytes } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';

export interface AttestationChain {
  /** The card's certificate over the key, DER (`PivSession.attest`). */
  readonly statement: Uint8Array;
  /** Certificate of the card's attestation key, DER: the maker signed it (`attestationObject`). */
  readonly intermediate: Uint8Array;
  /** Certificates of makers whose cards are known not to sign for keys they have not made. */
  readonly makers: readonly X509Certificate[];
}

/**
 * Whether the card's word for a key is worth anything: its statement is over this very key, under the card's own
 * attestation key. `known-maker`: that key was certified by one of `makers`, so the private half was made on a card
 * of theirs and cannot leave it. `unknown-maker`: anybody may have made that chain.
 * Faults: card-key-mismatch (over another key), card-bad-answer {what: attestation} (no certificate, or not signed).
 */
export const verifyAttestation = (
  publicKey: Uint8Array,
  { statement, intermediate, makers }: AttestationChain,
): Result<'known-maker' | 'unknown-maker'> => {
  const [said, card] = [parse(statement), parse(intermediate)];
  if (said === undefined || card === undefined || !isIssuedBy(said, card)) return worthless();
  const attested = new Uint8Array(said.publicKey.export({ type: 'spki', format: 'der' }));
  const meant = new Uint8Array(
    createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }).export({
      type: 'spki',
      format: 'der',
    }),
  );
  if (!equalBytes(attested, meant)) return fail('card-key-mismatch');
  return ok(makers.some((maker) => maker.ca && isIssuedBy(card, maker)) ? 'known-maker' : 'unknown-maker');
};

/** By name and signature: early cards of one maker certify with a path length that forbids their own statements. */
const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean => {
  try {
    return certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey);
  } catch {
    return false; // a key that is none
  }
};

const parse = (der: Uint8Array): X509Certificate | undefined => {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
};

const worthless = () => fail('card-bad-answer', { what: 'attestation' });
