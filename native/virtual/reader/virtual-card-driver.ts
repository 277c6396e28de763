import { setImmediate as nextTurn } from 'node:timers/promises';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { CardDriver, CardLink, ReaderState } from '../../drivers/card-driver.ts';
import type { VirtualCard } from '../card/virtual-card.ts';
import { virtualPinPad, type Typed } from './virtual-pin-pad.ts';
import { cardScript, type CardScript, type RunningScript } from './card-script.ts';

/** Virtual readers in this process, and the hands that put cards into them. */
export interface VirtualCardDriver extends CardDriver {
  /** Faults: reader-unknown, reader-busy (there is a card in it). */
  insert(reader: string, card: VirtualCard): Result<void>;
  /** Pulls the card, also in the middle of a lease; an empty reader is fine. Fault: reader-unknown. */
  remove(reader: string): Result<void>;
  /** Unplugs the reader with what is in it. */
  removeReader(reader: string): void;
  addReader(reader: string): void;
  /**
   * Gives the reader a PIN pad and says what the person does at it each time it asks; `undefined` takes it away.
   * An unknown reader throws.
   */
  setPad(reader: string, typed: (() => Typed) | undefined): void;
  /** Faults to play at this reader; it stays with the reader when cards change. An unknown reader throws. */
  script(reader: string): CardScript;
}

interface Slot {
  readonly script: RunningScript;
  /** Grows with every insertion. */
  insertion: number;
  card: VirtualCard | undefined;
  leased: boolean;
  pad: (() => Typed) | undefined;
}

export const virtualCardDriver = (readerNames: readonly string[]): VirtualCardDriver => {
  const slots = new Map<string, Slot>();
  const listeners = new Set<(readers: readonly ReaderState[]) => void>();

  const readers = (): readonly ReaderState[] =>
    [...slots].map(([reader, { card, insertion }]) => ({
      reader,
      virtual: true,
      contactless: false,
      card: card && { atr: card.atr, insertion },
    }));

  const tell = (): void => {
    const now = readers();
    for (const listener of listeners) listener(now);
  };

  const addReader = (reader: string): void => {
    slots.set(reader, { script: cardScript(), insertion: 0, card: undefined, leased: false, pad: undefined });
    tell();
  };

  const pull = (slot: Slot): void => {
    if (slot.card === undefined) return;
    slot.card.powerCycle();
    slot.card = undefined;
    tell();
  };

  const lease = (reader: string, slot: Slot, card: VirtualCard): CardLink => {
    const { insertion } = slot;
    let open = true;
    let queue: Promise<unknown> = Promise.resolve();

    /** Why this lease can do nothing more, if so. */
    const lost = () => {
      if (!open) return fail('card-removed');
      if (slots.get(reader) !== slot) return fail('reader-gone', { reader });
      if (slot.card === undefined) return fail('card-removed');
      return slot.insertion === insertion ? undefined : fail('card-swapped');
    };

    const inTurn = async <T>(work: () => Promise<Result<T>>): Promise<Result<T>> => {
      const done = queue.then(async () => lost() ?? work());
      queue = done;
      return done;
    };

    const exchange = async (command: Uint8Array, timeoutMs: number): Promise<Result<Uint8Array>> => {
      await nextTurn(); // like a real driver: never at once, and whoever pulls gets a turn
      const gone = lost();
      if (gone !== undefined) return gone;
      const fate = slot.script.next(command);
      switch (fate.kind) {
        case 'process': {
          const busyMs = card.busyMs?.(command) ?? 0;
          if (busyMs > 0) {
            await elapse(busyMs);
            const pulled = lost();
            if (pulled !== undefined) return pulled;
          }
          return ok(card.transmit(command));
        }
        case 'answer':
          return ok(fate.answer);
        case 'silence':
          await elapse(timeoutMs);
          return fail('card-timeout');
        case 'pull':
          if (fate.when === 'after') card.transmit(command);
          pull(slot);
          return fail('card-removed');
      }
    };

    const { pad } = slot;
    const keys = pad && virtualPinPad(pad, (command) => exchange(command, usualTimeoutMs), elapse);
    return {
      reader,
      atr: card.atr,
      insertion,
      pinPad: keys && {
        verify: (entry) => inTurn(() => keys.verify(entry)),
        modify: (change) => inTurn(() => keys.modify(change)),
      },
      transmit: (command, options) => inTurn(() => exchange(command, options?.timeoutMs ?? usualTimeoutMs)),
      powerCycle: () =>
        inTurn(async () => {
          await nextTurn();
          card.powerCycle();
          return ok();
        }),
      async close() {
        await queue;
        if (!open) return;
        open = false;
        if (slot.insertion !== insertion || slot.card !== card) return; // somebody else's turn by now
        slot.leased = false;
        card.powerCycle();
      },
    };
  };

  for (const reader of readerNames) addReader(reader);

  return {
    readers,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async connect(reader) {
      await nextTurn();
      const slot = slots.get(reader);
      if (slot === undefined) return fail('reader-unknown', { reader });
      if (slot.card === undefined) return fail('no-medium', { reader });
      if (slot.leased) return fail('reader-busy', { reader });
      slot.leased = true;
      slot.card.powerCycle();
      return ok(lease(reader, slot, slot.card));
    },
    insert(reader, card) {
      const slot = slots.get(reader);
      if (slot === undefined) return fail('reader-unknown', { reader });
      if (slot.card !== undefined) return fail('reader-busy', { reader });
      slot.card = card;
      slot.insertion++;
      slot.leased = false; // a lease on the card before counts for nothing now
      card.powerCycle();
      tell();
      return ok();
    },
    remove(reader) {
      const slot = slots.get(reader);
      if (slot === undefined) return fail('reader-unknown', { reader });
      pull(slot);
      return ok();
    },
    addReader,
    removeReader(reader) {
      const slot = slots.get(reader);
      slot?.card?.powerCycle();
      if (slots.delete(reader)) tell();
    },
    setPad(reader, typed) {
      const slot = slots.get(reader);
      if (slot === undefined) throw new Error(`No virtual reader ${reader}`);
      slot.pad = typed;
    },
    script(reader) {
      const slot = slots.get(reader);
      if (slot === undefined) throw new Error(`No virtual reader ${reader}`);
      return slot.script;
    },
    async stop() {
      listeners.clear();
      slots.clear();
    },
  };
};

const elapse = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

const usualTimeoutMs = 10_000;
