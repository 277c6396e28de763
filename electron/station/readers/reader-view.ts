import type { OfficerCardView, ReaderView } from '../../shared/contract/index.ts';
import type { CardRecord } from '../../shared/domain/index.ts';
import type { Fault, Result } from '../../shared/result/index.ts';
import type { ReaderState } from '../../../native/drivers/card-driver.ts';
import type { MediaSlotState } from '../../../native/drivers/media-driver.ts';
import type { CardProfiles } from './card-profiles.ts';
import type { Recognised } from './readers.ts';
import type { CardHolder } from '../officers/officer-certificate.ts';
import { cardRefusals, type RecognisedCard } from './recognise-card.ts';
import { contentRefusals, mediumRefusals } from './recognise-volume.ts';

/** What was read of one insertion. */
export interface Seen {
  readonly insertion: number;
  readonly kind?: 'sim' | 'smart-card' | 'unknown';
  readonly identity?: string;
  readonly serial?: string;
  readonly refusals: Fault[];
  readonly officerCard?: OfficerCardView;
  readonly pinAtReader?: true;
  readonly reissue?: { readonly cardId: string; readonly reason: string };
}

export type SeenIn = (reader: string, insertion: number) => Seen | undefined;

export function seenOf(read: Result<Recognised>, reader: ReaderState | undefined): Omit<Seen, 'insertion'> {
  if (!read.ok) return { ...(reader ? { kind: 'unknown' } : {}), refusals: [read.fault] };
  if (read.value.takes === 'card') {
    const { kind, card, over } = read.value;
    const { identity, serial } = card.identity;
    const refusals = cardRefusals(card, over !== undefined);
    return {
      kind,
      identity,
      serial,
      refusals,
      ...reissueOf(over),
      ...(card.pinAtReader && { pinAtReader: true as const }),
      ...(card.officer && { officerCard: officerCardView(card, card.officer) }),
    };
  }
  const { presence, content, over } = read.value;
  return {
    identity: presence.identity.text,
    serial: presence.identity.serial,
    refusals: [...mediumRefusals(presence), ...(content && !over ? contentRefusals(content) : [])],
    ...reissueOf(over),
  };
}

const officerCardView = (
  { pinAtReader, pinRetries }: RecognisedCard,
  { officerId, name, role, branch, certificateSha256, notAfter }: CardHolder,
): OfficerCardView => ({
  officerId,
  name,
  role,
  branch,
  certificateSha256,
  notAfter,
  pinAtReader,
  ...(pinRetries !== undefined && { triesLeft: pinRetries }),
});

const reissueOf = (over: CardRecord | undefined): Pick<Seen, 'reissue'> =>
  over ? { reissue: { cardId: over.cardId, reason: over.registration?.reason ?? over.state } } : {};

/** Until it has been read nobody may choose it. */
const unread: Fault[] = [{ code: 'reader-busy', data: {} }];

export function viewOfCardReader(
  { reader, virtual, card }: ReaderState,
  profiles: CardProfiles,
  seenIn: SeenIn,
  holders: ReadonlyMap<string, string>,
): ReaderView {
  const read = card && seenIn(reader, card.insertion);
  const leasedBy = holders.get(reader);
  return {
    reader,
    label: reader,
    takes: 'card',
    virtual,
    ...(card && {
      medium: {
        insertion: card.insertion,
        kind: read?.kind ?? profiles.kindOf(card.atr),
        atr: Buffer.from(card.atr).toString('hex'),
        ...(read?.serial !== undefined && { serial: read.serial }),
        refusals: read?.refusals ?? unread,
        ...(read?.reissue && { reissue: read.reissue }),
        ...(read?.pinAtReader && { pinAtReader: true as const }),
        ...(read?.officerCard && { officerCard: read.officerCard }),
      },
    }),
    ...(leasedBy !== undefined && { leasedBy }),
  };
}

export function viewOfSlot(
  { slot, label, virtual, medium }: MediaSlotState,
  seenIn: SeenIn,
  holders: ReadonlyMap<string, string>,
): ReaderView {
  const read = medium && seenIn(slot, medium.insertion);
  const leasedBy = holders.get(slot);
  return {
    reader: slot,
    label,
    takes: 'sd-card',
    virtual,
    ...(medium && {
      medium: {
        insertion: medium.insertion,
        kind: 'sd-card',
        serial: medium.identity.serial,
        sizeBytes: medium.sizeBytes,
        freeBytes: medium.freeBytes,
        fileSystem: medium.fileSystem,
        writeProtected: medium.writeProtected,
        // Room and the write-protect tab are seen without opening it, and change while it is in.
        refusals: read ? mergeRefusals(mediumRefusals(medium), read.refusals) : unread,
        ...(read?.reissue && { reissue: read.reissue }),
      },
    }),
    ...(leasedBy !== undefined && { leasedBy }),
  };
}

const mergeRefusals = (now: Fault[], read: Fault[]): Fault[] => [
  ...now,
  ...read.filter(({ code }) => !now.some((each) => each.code === code) && !visible.has(code)),
];
const visible: ReadonlySet<string> = new Set(['medium-write-protected', 'medium-full', 'medium-unsupported']);
