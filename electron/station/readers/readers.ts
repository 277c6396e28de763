import type { X509Certificate } from 'node:crypto';
import { setTimeout as afterMs } from 'node:timers/promises';
import type { ReaderView } from '../../shared/contract/index.ts';
import type { CardRecord, KeyAlgorithm } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import {
  globalPlatform,
  type GlobalPlatformSession,
} from '../../../native/applications/globalplatform/index.ts';
import { piv, type PivSession } from '../../../native/applications/piv/index.ts';
import type { SdInspection } from '../../../native/applications/sd/index.ts';
import type { CardLink } from '../../../native/drivers/card-driver.ts';
import type {
  MediumPresence,
  MediumVolume,
  OpenPurpose,
  Transfer,
} from '../../../native/drivers/media-driver.ts';
import { openPipe, type ApduPipe } from '../../../native/pipe/index.ts';
import type { CardProfiles } from './card-profiles.ts';
import { describeUnknownCard } from './describe-unknown-card.ts';
import { readCardIdentity, recogniseCard, type RecognisedCard } from './recognise-card.ts';
import { seenOf, viewOfCardReader, viewOfSlot, type Seen } from './reader-view.ts';
import { recogniseVolume } from './recognise-volume.ts';
import type { StationDevices } from './station-devices.ts';
import type { TraceBook } from './trace-book.ts';
import { turns } from './turns.ts';

/** Where a medium is, or was when a run last saw it. */
export interface Place {
  readonly reader: string;
  /** The medium that must be there; when it is in another reader by now, it is found there. */
  readonly identity?: string | undefined;
  /** The run that asks; another run's reader is refused. */
  readonly runId?: string | undefined;
  /** Told how far a file on a volume is, a few times a second. */
  readonly onTransfer?: ((transfer: Transfer) => void) | undefined;
  /** Of an SD card. Default: to write. */
  readonly purpose?: OpenPurpose | undefined;
  /**
   * Whether an SD card that was out since the run chose it is that card, told by what is on it. Two cards of
   * one box may be alike in everything a reader says; without this nothing is done to one that came back.
   */
  readonly knowsAgain?: ((volume: MediumVolume) => Promise<boolean>) | undefined;
}

/** A leased card with its PIV application open. */
export interface CardInUse {
  readonly piv: PivSession;
  /** To the card itself, for its other applications; PIV has to be selected again after. */
  readonly pipe: ApduPipe;
  /** The security domain beside it, selected; `undefined` where the card has none. PIV has to be selected again after. */
  globalPlatform(): Promise<Result<GlobalPlatformSession | undefined>>;
  /** The card forgets everything that was authenticated; its application is opened again. */
  powerCycle(): Promise<Result<PivSession>>;
}

export type Recognised =
  | {
      readonly takes: 'card';
      readonly reader: string;
      readonly kind: 'sim' | 'smart-card';
      readonly atr: Uint8Array;
      readonly card: RecognisedCard;
      /** As below. Not where other banks have keys on the card: making it anew would take them too. */
      readonly over?: CardRecord | undefined;
      /** Why this card must not make a key of this kind; `undefined`: nothing is known against it. */
      readonly refusesKey: (algorithm: KeyAlgorithm) => ReturnType<CardProfiles['keyRefusalOf']>;
    }
  | {
      readonly takes: 'sd-card';
      readonly reader: string;
      readonly presence: MediumPresence;
      /** Undefined while no bank has been reached that could say which part of the card is its own. */
      readonly content: SdInspection | undefined;
      /** What the bank says of the card on it, where that card is over: it may be made anew on this medium. */
      readonly over?: CardRecord | undefined;
    };

/** What happened at a reader, for the log. */
export type ReaderEvent =
  | { readonly kind: 'reader-appeared'; readonly reader: string; readonly virtual: boolean }
  | { readonly kind: 'reader-gone'; readonly reader: string }
  | {
      readonly kind: 'medium-inserted';
      readonly reader: string;
      readonly medium: string;
      readonly serial?: string | undefined;
      readonly atr?: string | undefined;
    }
  | { readonly kind: 'medium-removed'; readonly reader: string; readonly serial?: string | undefined };

/** All places a medium can be in, one lease at a time for each. */
export interface Readers {
  views(): ReaderView[];
  onChange(listener: () => void): () => void;
  onEvent(listener: (event: ReaderEvent) => void): () => void;
  /**
   * The card's application under a lease that ends with the work.
   * Faults: reader-unknown, no-medium, reader-busy, card-swapped, card-unsupported and those of the driver.
   */
  useCard<T>(place: Place, work: (card: CardInUse) => Promise<Result<T>>): Promise<Result<T>>;
  /** The volume under a lease. Faults: reader-unknown, no-medium, medium-swapped and those of the driver. */
  useVolume<T>(place: Place, work: (volume: MediumVolume) => Promise<Result<T>>): Promise<Result<T>>;
  /** Reads anew what is in a reader. Faults as above. */
  recognise(place: Place): Promise<Result<Recognised>>;
  /** What is in this reader now is the run's card from here on, whatever it had chosen before. */
  choose(reader: string, runId: string): void;
  /** Keeps a reader for a run. Fault: reader-busy {runId}. */
  hold(reader: string, runId: string): Result<void>;
  /**
   * These readers are lanes of a batch from now on: nobody else uses them, and what is put in is still looked at.
   * Of the batch's runs each is admitted by its id.
   */
  openLanes(batchId: string, readers: readonly string[]): void;
  admitToLane(batchId: string, runId: string): void;
  closeLanes(batchId: string): void;
  /** Gives back what the run held; its medium is looked at again. */
  release(runId: string): void;
  /** Something was done to the card in it: what the view tells of it is read anew. */
  lookAgain(reader: string): void;
  /** Reads every SD card anew that no run holds: by now the bank is known, and so is its part of the card. */
  lookAtMediaAgain(): void;
  /** Waits for the leases that are open, but not for ever. */
  stop(): Promise<void>;
}

export interface ReadersOptions {
  readonly devices: StationDevices;
  readonly profiles: CardProfiles;
  readonly bankCas: () => readonly X509Certificate[];
  /** Undefined until the bank was reached once. */
  bankId(): string | undefined;
  /** The bank's record of a card that is over for good; undefined where it is not, or the bank cannot be asked. */
  cardThatIsOver?(cardId: string): Promise<CardRecord | undefined>;
  /** Who listens to what is said to cards. */
  readonly trace?: TraceBook | undefined;
}

const lookAgainMs = 500;
const longestWaitMs = 3000;

export function openReaders(options: ReadersOptions): Readers {
  const { devices, profiles, bankCas, bankId, trace } = options;
  const { cards, media } = devices;
  const queue = turns();
  const holders = new Map<string, string>();
  /** Batch by reader, and by run. */
  const lanes = new Map<string, string>();
  const admitted = new Map<string, string>();
  /** The insertion each run has last known for its own. */
  const insertionsOfRuns = new Map<string, number>();
  const seen = new Map<string, Seen>();
  /** What is in the readers, and whether its insertion is in the log yet. */
  const present = new Map<string, { insertion: number; serial?: string | undefined; told: boolean }>();
  const known = new Set<string>();
  const changeListeners = new Set<() => void>();
  const eventListeners = new Set<(event: ReaderEvent) => void>();
  let stopped = false;
  const isStopped = () => stopped;

  const changed = () => {
    for (const listener of changeListeners) listener();
  };
  const tell = (event: ReaderEvent) => {
    for (const listener of eventListeners) listener(event);
  };
  /** A lane is taken also while no run holds it. */
  const takenBy = () => new Map([...lanes, ...holders]);
  const readerOf = (name: string) => cards.readers().find(({ reader }) => reader === name);
  const slotOf = (name: string) => media.slots().find(({ slot }) => slot === name);
  const insertionIn = (name: string): number | undefined =>
    readerOf(name)?.card?.insertion ?? slotOf(name)?.medium?.insertion;

  const heldByAnother = ({ reader, runId }: Place): Result<void> => {
    const holder = holders.get(reader);
    if (holder !== undefined && holder !== runId) return fail('reader-busy', { reader, runId: holder });
    const batchId = lanes.get(reader);
    const isOfBatch = runId !== undefined && (runId === batchId || admitted.get(runId) === batchId);
    return batchId === undefined || isOfBatch ? ok() : fail('reader-busy', { reader, runId: batchId });
  };

  /** The reader where the card is now: a reader that was unplugged comes back under another name. */
  const placeOfCard = ({ reader, identity }: Place): string => {
    if (readerOf(reader)?.card || identity === undefined) return reader;
    const elsewhere = cards
      .readers()
      .find((each) => each.card && seenIn(each.reader, each.card.insertion)?.identity === identity);
    return elsewhere?.reader ?? reader;
  };
  const placeOfMedium = ({ reader, identity }: Place): string => {
    if (slotOf(reader)?.medium || identity === undefined) return reader;
    return media.slots().find(({ medium }) => medium?.identity.text === identity)?.slot ?? reader;
  };
  const seenIn = (reader: string, insertion: number): Seen | undefined => {
    const found = seen.get(reader);
    return found?.insertion === insertion ? found : undefined;
  };

  const pipeTo = (link: CardLink, { reader, runId }: Place): ApduPipe =>
    openPipe(link, trace && { trace: trace.listener(reader, runId) });

  const useCard: Readers['useCard'] = async (place, work) => {
    const reader = placeOfCard(place);
    const free = heldByAnother({ ...place, reader });
    if (!free.ok) return free;
    return queue.take(reader, async () => {
      const link = await cards.connect(reader);
      if (!link.ok) return link;
      try {
        const pipe = pipeTo(link.value, { ...place, reader });
        const opened = await piv.open(pipe);
        if (!opened.ok) return await describeUnknownCard(opened, link.value);
        const inUse: CardInUse = {
          piv: opened.value,
          pipe,
          async globalPlatform() {
            const domain = await globalPlatform.open(pipe);
            return !domain.ok && domain.fault.code === 'card-unsupported' ? ok(undefined) : domain;
          },
          async powerCycle() {
            const cycled = await link.value.powerCycle();
            return cycled.ok ? piv.open(pipeTo(link.value, { ...place, reader })) : cycled;
          },
        };
        if (place.identity !== undefined) {
          const found = await readCardIdentity(inUse);
          if (!found.ok) return found;
          if (found.value.identity !== place.identity)
            return fail('card-swapped', { expected: place.identity, found: found.value.identity });
        }
        return await work(inUse);
      } finally {
        await link.value.close();
      }
    });
  };

  const useVolume: Readers['useVolume'] = async (place, work) => {
    const reader = placeOfMedium(place);
    const free = heldByAnother({ ...place, reader });
    if (!free.ok) return free;
    return queue.take(reader, async () => {
      const volume = await media.open(reader, undefined, place.purpose);
      if (!volume.ok) {
        // The reader went with the medium in it; who was at work on it is told to put it in again.
        const goneWithIt = volume.fault.code === 'medium-unknown' && place.identity !== undefined;
        return goneWithIt ? fail('medium-removed', { slot: reader }) : volume;
      }
      let stopListening: (() => void) | undefined;
      try {
        const found = volume.value.identity.text;
        if (place.identity !== undefined && found !== place.identity)
          return fail('medium-swapped', { expected: place.identity, found });
        const own = await isOwn(place, reader, volume.value);
        if (!own) return fail('medium-swapped', { slot: reader });
        stopListening = place.onTransfer && volume.value.onTransfer?.(place.onTransfer);
        return await work(volume.value);
      } finally {
        stopListening?.();
        await volume.value.close();
      }
    });
  };

  /** A card register tells every card from every other; else a card that was out is known by its content. */
  const isOwn = async (
    { runId, knowsAgain }: Place,
    reader: string,
    volume: MediumVolume,
  ): Promise<boolean> => {
    const known = runId === undefined ? undefined : insertionsOfRuns.get(runId);
    const now = slotOf(reader)?.medium?.insertion;
    if (runId === undefined || known === undefined || known === now || volume.identity.cid !== undefined)
      return true;
    if (knowsAgain === undefined || !(await knowsAgain(volume))) return false;
    if (now !== undefined) insertionsOfRuns.set(runId, now);
    return true;
  };

  const recognise: Readers['recognise'] = async (place) => {
    const card = readerOf(place.reader)?.card;
    if (readerOf(place.reader)) {
      if (!card) return fail('no-medium', { reader: place.reader });
      const read = await useCard(place, (inUse) => recogniseCard(inUse, bankCas()));
      if (!read.ok) return read;
      const { reader } = place;
      const { atr } = card;
      const { version, marker, sharedWith } = read.value;
      const over = marker && sharedWith === 0 ? await options.cardThatIsOver?.(marker.cardId) : undefined;
      return ok({
        ...(over && { over }),
        ...{ takes: 'card', reader, kind: profiles.kindOf(atr), atr, card: read.value },
        refusesKey: (algorithm) => profiles.keyRefusalOf({ atr, version }, algorithm),
      });
    }
    const slot = slotOf(place.reader);
    if (!slot) return fail('reader-unknown', { reader: place.reader });
    const presence = slot.medium;
    if (!presence) return fail('no-medium', { reader: place.reader });
    const bank = bankId();
    const openable = presence.refusals.length === 0 && ['fat32', 'exfat'].includes(presence.fileSystem);
    const base = { takes: 'sd-card', reader: place.reader, presence } as const;
    if (bank === undefined || !openable) return ok({ ...base, content: undefined });
    const content = await useVolume({ ...place, purpose: 'look' }, (volume) => recogniseVolume(volume, bank));
    if (!content.ok) return content;
    const over =
      content.value.state === 'complete' ? await options.cardThatIsOver?.(content.value.cardId) : undefined;
    return ok({ ...base, content: content.value, over });
  };

  /** Looks at a medium that was put in, or that a run has let go of. */
  const look = async (reader: string): Promise<void> => {
    const insertion = insertionIn(reader);
    if (isStopped() || insertion === undefined || holders.has(reader)) return;
    const read = await recognise({ reader, runId: lanes.get(reader) });
    if (isStopped() || insertionIn(reader) !== insertion) return;
    // Other programs take a card for a moment when it is put in.
    if (!read.ok && read.fault.code === 'reader-busy')
      setTimeout(() => void look(reader), lookAgainMs).unref();
    const found: Seen = { insertion, ...seenOf(read, readerOf(reader)) };
    seen.set(reader, found);
    if (present.get(reader)?.told !== true) {
      const atr = readerOf(reader)?.card?.atr;
      present.set(reader, { insertion, serial: found.serial, told: true });
      tell({
        kind: 'medium-inserted',
        reader,
        medium: found.kind ?? 'sd-card',
        serial: found.serial,
        atr: atr && Buffer.from(atr).toString('hex'),
      });
    }
    changed();
  };

  /** Compares the drivers' lists with what was there before: what is new is told, what is put in is read. */
  const follow = () => {
    if (stopped) return;
    const now = [
      ...cards
        .readers()
        .map(({ reader, virtual, card }) => ({ reader, virtual, insertion: card?.insertion })),
      ...media.slots().map(({ slot, virtual, medium }) => ({
        reader: slot,
        virtual,
        insertion: medium?.insertion,
      })),
    ];
    for (const { reader, virtual, insertion } of now) {
      if (!known.has(reader)) {
        known.add(reader);
        tell({ kind: 'reader-appeared', reader, virtual });
      }
      const before = present.get(reader);
      if (before && before.insertion !== insertion) gone(reader, before.serial);
      if (insertion !== undefined && before?.insertion !== insertion) {
        present.set(reader, { insertion, told: false });
        void look(reader);
      }
    }
    for (const reader of known) {
      if (now.some((each) => each.reader === reader)) continue;
      const before = present.get(reader);
      if (before) gone(reader, before.serial);
      known.delete(reader);
      tell({ kind: 'reader-gone', reader });
    }
    changed();
  };
  const gone = (reader: string, serial: string | undefined) => {
    present.delete(reader);
    seen.delete(reader);
    tell({ kind: 'medium-removed', reader, serial });
  };

  const stops = [cards.onChange(follow), media.onChange(follow)];
  // After the caller has had the time to listen.
  setImmediate(follow);

  return {
    views: () => [
      ...cards.readers().map((state) => viewOfCardReader(state, profiles, seenIn, takenBy())),
      ...media.slots().map((state) => viewOfSlot(state, seenIn, takenBy())),
    ],
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    useCard,
    useVolume,
    recognise,
    choose(reader, runId) {
      const insertion = insertionIn(reader);
      if (insertion === undefined) insertionsOfRuns.delete(runId);
      else insertionsOfRuns.set(runId, insertion);
    },
    hold(reader, runId) {
      const free = heldByAnother({ reader, runId });
      if (!free.ok) return free;
      if (holders.get(reader) === runId) return ok();
      holders.set(reader, runId);
      const insertion = insertionIn(reader);
      if (insertion !== undefined && !insertionsOfRuns.has(runId)) insertionsOfRuns.set(runId, insertion);
      changed();
      return ok();
    },
    openLanes(batchId, names) {
      for (const name of names) lanes.set(name, batchId);
      changed();
    },
    admitToLane: (batchId, runId) => void admitted.set(runId, batchId),
    closeLanes(batchId) {
      for (const [reader, batch] of lanes) if (batch === batchId) lanes.delete(reader);
      for (const [runId, batch] of admitted) if (batch === batchId) admitted.delete(runId);
      changed();
    },
    release(runId) {
      for (const [reader, holder] of holders) {
        if (holder !== runId) continue;
        holders.delete(reader);
        // What was read before the run tells nothing about what it left.
        seen.delete(reader);
        void look(reader);
        changed();
      }
    },
    lookAgain: (reader) => void look(reader),
    lookAtMediaAgain() {
      for (const { slot } of media.slots()) {
        if (holders.has(slot)) continue;
        seen.delete(slot);
        void look(slot);
      }
    },
    async stop() {
      stopped = true;
      for (const stop of stops) stop();
      await Promise.race([queue.over(), afterMs(longestWaitMs, undefined, { ref: false })]);
    },
  };
}
