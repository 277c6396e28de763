import { X509Certificate } from 'node:crypto';
import { fail, ok, type Fault, type Result } from '../../shared/result/index.ts';
import {
  chuidObject,
  markerObject,
  parseChuid,
  parseMarker,
  userInfoObject,
  type Marker,
  type PivSession,
} from '../../../native/applications/piv/index.ts';

/** What tells this card from every other one. */
export interface CardIdentity {
  /** What the bank registers: the manufacturer's serial, or where a card has none the GUID it came with; hex. */
  readonly identity: string;
  /** What a person reads. */
  readonly serial: string;
  readonly source: 'serial' | 'guid';
}

export interface RecognisedCard {
  readonly identity: CardIdentity;
  /**
   * blank: nothing of anybody's, factory PIN. issued: the marker is there. unfinished: something of this
   * bank without it. foreign: somebody else's content or PIN.
   */
  readonly content: 'blank' | 'issued' | 'unfinished' | 'foreign';
  readonly label: string | undefined;
  readonly marker: Marker | undefined;
  readonly certificate: Uint8Array | undefined;
  readonly pinRetries: number | undefined;
  readonly pukRetries: number | undefined;
}

/**
 * Reads the identity alone: one command on cards with a serial.
 * Faults: card-unsupported {reason}, for a card that cannot be told from its twin.
 */
export async function readCardIdentity(piv: PivSession): Promise<Result<CardIdentity>> {
  const serial = await piv.serial();
  if (!serial.ok) return serial;
  if (serial.value !== undefined)
    return ok({
      identity: serial.value.toString(16).padStart(8, '0'),
      serial: String(serial.value),
      source: 'serial',
    });
  const chuid = await piv.getObject(chuidObject);
  if (!chuid.ok) return chuid;
  const parsed = chuid.value ? parseChuid(chuid.value) : undefined;
  const guid = parsed?.ok ? Buffer.from(parsed.value.guid).toString('hex') : '';
  if (!/[1-9a-f]/.test(guid)) return fail('card-unsupported', { reason: 'no-identity' });
  return ok({ identity: guid, serial: guid.slice(-12), source: 'guid' });
}

/** Everything one can know of a card without a secret and without changing it. */
export async function recogniseCard(
  piv: PivSession,
  bankCa: X509Certificate,
): Promise<Result<RecognisedCard>> {
  const identity = await readCardIdentity(piv);
  if (!identity.ok) return identity;
  const marker = await piv.getObject(markerObject);
  if (!marker.ok) return marker;
  const userInfo = await piv.getObject(userInfoObject);
  if (!userInfo.ok) return userInfo;
  const certificate = await piv.readCertificate('9a');
  // A certificate object that is no certificate is still somebody's content.
  if (!certificate.ok && certificate.fault.code !== 'card-bad-answer') return certificate;
  const pin = await piv.readPinRetries('pin');
  if (!pin.ok) return pin;
  const pinMetadata = await piv.readMetadata('pin');
  if (!pinMetadata.ok) return pinMetadata;
  const puk = await piv.readPinRetries('puk');
  if (!puk.ok) return puk;

  const der = certificate.ok ? certificate.value : new Uint8Array(0);
  const read = marker.value ? parseMarker(marker.value) : undefined;
  const content = (): RecognisedCard['content'] => {
    if (read?.ok) return 'issued';
    if (marker.value !== undefined || userInfo.value !== undefined) return 'unfinished';
    if (der !== undefined) return isOf(bankCa, der) ? 'unfinished' : 'foreign';
    return pinMetadata.value?.isDefault === false || pin.value.triesLeft === 0 ? 'foreign' : 'blank';
  };
  return ok({
    identity: identity.value,
    content: content(),
    label: piv.application.label,
    marker: read?.ok ? read.value : undefined,
    certificate: der,
    pinRetries: pin.value.triesLeft,
    pukRetries: puk.value.triesLeft,
  });
}

/** Why this card cannot take an issuance; none: it can. */
export function cardRefusals({ content, marker }: RecognisedCard): Fault[] {
  switch (content) {
    case 'blank':
      return [];
    case 'issued':
      return [{ code: 'card-already-issued', data: marker ? { cardId: marker.cardId } : {} }];
    case 'unfinished':
      return [{ code: 'card-incomplete', data: {} }];
    case 'foreign':
      return [{ code: 'card-foreign', data: {} }];
  }
}

function isOf(bankCa: X509Certificate, der: Uint8Array): boolean {
  try {
    const certificate = new X509Certificate(der);
    return certificate.checkIssued(bankCa) && certificate.verify(bankCa.publicKey);
  } catch {
    return false;
  }
}
