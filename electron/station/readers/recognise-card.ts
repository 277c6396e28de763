import { X509Certificate } from 'node:crypto';
import { fail, ok, type Fault, type Result } from '../../shared/result/index.ts';
import {
  chuidObject,
  keyHistoryObject,
  markerObject,
  parseChuid,
  parseKeyHistory,
  parseMarker,
  userInfoObject,
  type Marker,
} from '../../../native/applications/piv/index.ts';
import { cardHolderOf, isOf, type CardHolder } from '../officers/officer-certificate.ts';
import type { CardInUse } from './readers.ts';

/** What tells this card from every other one. */
export interface CardIdentity {
  /**
   * What the bank registers, hex: the manufacturer's serial; where a card has none the maker's record of chip and
   * card; where it keeps that to itself the GUID it came with.
   */
  readonly identity: string;
  /** What a person reads. */
  readonly serial: string;
  readonly source: 'serial' | 'production-data' | 'guid';
}

/** The applications that recognition looks into. */
type OpenCard = Pick<CardInUse, 'piv' | 'globalPlatform'>;

export interface RecognisedCard {
  readonly identity: CardIdentity;
  /**
   * blank: nothing of anybody's, factory PIN. issued: the marker is there. unfinished: something of this
   * bank without it. officer: an officer's own card of this bank. foreign: somebody else's content or PIN.
   */
  readonly content: 'blank' | 'issued' | 'unfinished' | 'officer' | 'foreign';
  /** Of an officer's card. */
  readonly officer: CardHolder | undefined;
  /** Its PIN is typed at the reader. */
  readonly pinAtReader: boolean;
  readonly label: string | undefined;
  /** As its PIV application tells it; undefined where it tells none. */
  readonly version: string | undefined;
  readonly marker: Marker | undefined;
  readonly certificate: Uint8Array | undefined;
  /** That certificate is this bank's. */
  readonly isOfBank: boolean;
  /** Keys of further banks on an issued card, in its retired slots. */
  readonly sharedWith: number;
  /** Who issued that certificate, by name, when it was not this bank. */
  readonly otherIssuer: string | undefined;
  readonly pinRetries: number | undefined;
  readonly pukRetries: number | undefined;
}

/**
 * Reads the identity alone: one command on cards with a serial.
 * Faults: card-unsupported {reason}, for a card that cannot be told from its twin.
 */
export async function readCardIdentity(card: OpenCard): Promise<Result<CardIdentity>> {
  const { piv } = card;
  const serial = await piv.serial();
  if (!serial.ok) return serial;
  if (serial.value !== undefined)
    return ok({
      identity: serial.value.toString(16).padStart(8, '0'),
      serial: String(serial.value),
      source: 'serial',
    });
  const made = await readProductionId(card);
  if (!made.ok) return made;
  // Not the GUID where there is something better: the station writes another one with the first card.
  if (made.value !== undefined)
    return ok({ identity: made.value, serial: made.value.slice(-8), source: 'production-data' });
  const chuid = await piv.getObject(chuidObject);
  if (!chuid.ok) return chuid;
  const parsed = chuid.value ? parseChuid(chuid.value) : undefined;
  const guid = parsed?.ok ? Buffer.from(parsed.value.guid).toString('hex') : '';
  if (!/[1-9a-f]/.test(guid)) return fail('card-unsupported', { reason: 'no-identity' });
  return ok({ identity: guid, serial: guid.slice(-12), source: 'guid' });
}

/** What the card's domain tells of its making; PIV is selected again after. */
async function readProductionId({ piv, globalPlatform }: OpenCard): Promise<Result<string | undefined>> {
  const domain = await globalPlatform();
  if (!domain.ok) return domain;
  const id = domain.value && (await domain.value.readCardId());
  const selected = await piv.selectPiv();
  if (!selected.ok) return selected;
  if (id === undefined || id.ok) return ok(id?.value);
  return id.fault.code === 'card-unsupported' ? ok(undefined) : id;
}

/** Everything one can know of a card without a secret and without changing it. */
export async function recogniseCard(
  card: OpenCard,
  bankCas: readonly X509Certificate[],
): Promise<Result<RecognisedCard>> {
  const { piv } = card;
  const identity = await readCardIdentity(card);
  if (!identity.ok) return identity;
  const version = await piv.version();
  if (!version.ok) return version;
  const marker = await piv.getObject(markerObject);
  if (!marker.ok) return marker;
  const userInfo = await piv.getObject(userInfoObject);
  if (!userInfo.ok) return userInfo;
  const certificate = await piv.readCertificate('9a');
  // A certificate object that is no certificate is still somebody's content.
  if (!certificate.ok && certificate.fault.code !== 'card-bad-answer') return certificate;
  const history = marker.value ? await piv.getObject(keyHistoryObject) : ok(undefined);
  if (!history.ok) return history;
  const pin = await piv.readPinRetries('pin');
  if (!pin.ok) return pin;
  const pinMetadata = await piv.readMetadata('pin');
  if (!pinMetadata.ok) return pinMetadata;
  const puk = await piv.readPinRetries('puk');
  if (!puk.ok) return puk;

  const der = certificate.ok ? certificate.value : new Uint8Array(0);
  const read = marker.value ? parseMarker(marker.value) : undefined;
  const isOfBank = der !== undefined && isIssuedBy(bankCas, der);
  const officer = cardHolderOf(der, bankCas);
  const content = (): RecognisedCard['content'] => {
    if (officer) return 'officer';
    if (read?.ok) return 'issued';
    if (marker.value !== undefined || userInfo.value !== undefined) return 'unfinished';
    if (der !== undefined) return isOfBank ? 'unfinished' : 'foreign';
    return pinMetadata.value?.isDefault === false || pin.value.triesLeft === 0 ? 'foreign' : 'blank';
  };
  return ok({
    identity: identity.value,
    content: content(),
    officer,
    pinAtReader: piv.atPad !== undefined,
    label: piv.application.label,
    version: version.value,
    marker: read?.ok ? read.value : undefined,
    certificate: der,
    isOfBank,
    sharedWith: keysOfOthers(history.value),
    otherIssuer: der && !isOfBank ? issuerOf(der) : undefined,
    pinRetries: pin.value.triesLeft,
    pukRetries: puk.value.triesLeft,
  });
}

/** Why this card cannot take an issuance; none: it can. @param isOver its customer gets it made anew */
export function cardRefusals(card: RecognisedCard, isOver = false): Fault[] {
  const { content, marker, officer, otherIssuer, pinRetries, pukRetries } = card;
  // Whatever else it may be: it is never written over.
  if (officer) return [{ code: 'officer-card-in-use', data: { officerId: officer.officerId } }];
  if (isOver) return [];
  switch (content) {
    case 'blank':
      // With one try left the PUK sets the PIN, and when that is as worn, nobody tries by himself.
      return pinRetries === 1 && (pukRetries ?? 0) <= 1
        ? [{ code: 'card-pin-last-try', data: { which: 'pin', triesLeft: 1 } }]
        : [];
    case 'issued':
      return [{ code: 'card-already-issued', data: marker ? { cardId: marker.cardId } : {} }];
    case 'unfinished':
      return [{ code: 'card-incomplete', data: {} }];
    case 'officer':
    case 'foreign':
      // Nobody's content, and a PIN that somebody has tried too often.
      if (card.certificate === undefined && pinRetries === 0)
        return [{ code: 'card-pin-blocked', data: { which: 'pin' } }];
      return [{ code: 'card-foreign', data: otherIssuer === undefined ? {} : { issuer: otherIssuer } }];
  }
}

/** One that cannot be read may tell of keys: it counts as some. */
function keysOfOthers(history: Uint8Array | undefined): number {
  const parsed = history && parseKeyHistory(history);
  if (parsed === undefined) return 0;
  if (!parsed.ok) return 1;
  return parsed.value.keysWithOnCardCertificates + parsed.value.keysWithOffCardCertificates;
}

/** The issuer's organisation, else its common name; undefined in what is no certificate. */
function issuerOf(der: Uint8Array): string | undefined {
  try {
    const { issuer } = new X509Certificate(der);
    return (/^O=(.+)$/m.exec(issuer) ?? /^CN=(.+)$/m.exec(issuer))?.[1];
  } catch {
    return undefined;
  }
}

function isIssuedBy(bankCas: readonly X509Certificate[], der: Uint8Array): boolean {
  try {
    return isOf(bankCas, new X509Certificate(der));
  } catch {
    return false;
  }
}
