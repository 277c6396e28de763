import { createHash, verify, X509Certificate } from 'node:crypto';
import type { CardAndPin } from '../../shared/contract/index.ts';
import { officerActText, type Officer, type OfficerAct, type SignedAct } from '../../shared/domain/index.ts';
import { fail, ok, type Fault, type FaultCode, type Result } from '../../shared/result/index.ts';
import type { PivSession } from '../../../native/applications/piv/index.ts';
import { readCardIdentity } from '../readers/recognise-card.ts';
import type { Readers } from '../readers/readers.ts';
import { cardHolderOf, type CardHolder } from './officer-certificate.ts';
import type { SessionCard } from './officer-session.ts';

export interface CardSigningTools {
  readonly readers: Readers;
  readonly bankCas: () => readonly X509Certificate[];
  now(): Date;
}

export interface CardSignature {
  readonly signed: SignedAct;
  readonly holder: CardHolder;
  readonly card: SessionCard;
}

/**
 * The officer's card in a reader signs an act with the key of slot 9A, after its PIN. Whose card it is, and that it
 * is valid, is looked at before the PIN goes to it: a wrong card costs nobody a try. The signature is checked here.
 * Faults: officer-card-wrong, officer-card-of-another {officerId}, officer-card-expired {notAfter}, officer-pin-wrong
 * {triesLeft}, officer-pin-last-try, officer-pin-blocked, officer-pin-format, card-key-mismatch, those of
 * `Readers.useCard` and of a PIN pad.
 * @param act its canonical text is signed as UTF-8 under ECDSA with SHA-256
 * @param sameAs the certificate that it must be, of a session that was opened with one
 */
export async function signWithCard(
  { readers, bankCas, now }: CardSigningTools,
  { reader, pin }: CardAndPin,
  officer: Pick<Officer, 'officerId' | 'role'>,
  act: OfficerAct,
  sameAs?: string,
): Promise<Result<CardSignature>> {
  const signed = await sign();
  // The screen shows how many tries are left before the next one.
  readers.lookAgain(reader);
  return signed;

  async function sign(): Promise<Result<CardSignature>> {
    const insertion = readers.views().find((view) => view.reader === reader)?.medium?.insertion;
    return readers.useCard({ reader }, async (inUse) => {
      const { piv } = inUse;
      const certificate = await piv.readCertificate('9a');
      if (!certificate.ok && certificate.fault.code !== 'card-bad-answer') return certificate;
      const der = certificate.ok ? certificate.value : undefined;
      const holder = cardHolderOf(der, bankCas());
      if (der === undefined || holder === undefined) return fail('officer-card-wrong');
      if (
        holder.officerId !== officer.officerId ||
        (sameAs ?? holder.certificateSha256) !== holder.certificateSha256
      )
        return fail('officer-card-of-another', { officerId: holder.officerId });
      // Somebody who was given another role gets another card.
      if (holder.role !== officer.role) return fail('officer-card-unknown');
      const at = now().toISOString();
      if (at < holder.notBefore || at >= holder.notAfter)
        return fail('officer-card-expired', { notAfter: holder.notAfter.slice(0, 10) });
      const identity = await readCardIdentity(inUse);
      if (!identity.ok) return identity;
      const verified = await verifyOfficerPin(piv, pin);
      if (!verified.ok) return verified;
      const text = officerActText(act);
      const bytes = Buffer.from(text, 'utf8');
      const signature = await piv.sign('9a', 'p-256', createHash('sha256').update(bytes).digest());
      if (!signature.ok) return signature;
      const { publicKey } = new X509Certificate(der);
      if (!isSignature(publicKey, bytes, signature.value))
        return fail('card-key-mismatch', { what: 'signature' });
      return ok({
        holder,
        signed: {
          text,
          signature: Buffer.from(signature.value).toString('base64'),
          certificate: Buffer.from(der).toString('base64'),
        },
        card: {
          certificateSha256: holder.certificateSha256,
          certificateSerial: holder.certificateSerial,
          mediumSerial: identity.value.serial,
          reader,
          insertion,
        },
      });
    });
  }
}

/** Without a PIN at the reader's keys. The last try is never made. */
export async function verifyOfficerPin(piv: PivSession, pin: string | undefined): Promise<Result<void>> {
  if (pin === undefined && !piv.atPad) return fail('officer-pin-format');
  const verified = pin === undefined ? await piv.atPad?.verifyPin() : await piv.verifyPin(pin);
  return verified === undefined || verified.ok ? ok() : { ok: false, fault: ofOfficer(verified.fault) };
}

/** The customer's words for a PIN are not the officer's. */
export const ofOfficer = ({ code, data }: Fault): Fault => {
  const { triesLeft } = data;
  const own = officersWords[code];
  return own === undefined
    ? { code, data }
    : { code: own, data: own === 'officer-pin-wrong' && triesLeft !== undefined ? { triesLeft } : {} };
};

const officersWords: Partial<Record<FaultCode, FaultCode>> = {
  'card-pin-wrong': 'officer-pin-wrong',
  'card-pin-last-try': 'officer-pin-last-try',
  'card-pin-blocked': 'officer-pin-blocked',
  'card-pin-format': 'officer-pin-format',
};

const isSignature = (
  key: X509Certificate['publicKey'],
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean => {
  try {
    return verify('sha256', bytes, key, signature);
  } catch {
    return false;
  }
};
