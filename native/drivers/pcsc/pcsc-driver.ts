import { fail, type Failed } from '../../../electron/shared/result/index.ts';
import type { CardDriver, ReaderState } from '../card-driver.ts';
import { leaseCard } from './pcsc-lease.ts';
import {
  openPcscService,
  SCARD_STATE_EXCLUSIVE,
  SCARD_STATE_MUTE,
  SCARD_STATE_PRESENT,
  type PcscReader,
  type PcscService,
} from './pcsclite-binding.ts';

export interface PcscDriverOptions {
  /** How often to look again for a pcscd that is not there. */
  readonly retryMs?: number;
  /** A call to a card outlived its time limit; the thread in it comes back only with the process's end. */
  readonly onStuck?: () => void;
}

export interface PcscDriver extends CardDriver {
  /** Whether pcscd answers. Changes are told to the listeners of `onChange`. */
  isRunning(): boolean;
}

/**
 * Readers of pcscd. Run it in a process of its own: the binding blocks, throws where nobody catches it and
 * can take its process along.
 */
export const pcscDriver = (options: PcscDriverOptions = {}): PcscDriver => {
  const slots = new Map<string, Slot>();
  const listeners = new Set<(readers: readonly ReaderState[]) => void>();
  let service: PcscService | undefined;
  /** pcscd counts insertions from 0 in each of its lives. */
  let life = 0;
  let retry: NodeJS.Timeout | undefined;
  let stopped = false;

  const readers = (): readonly ReaderState[] =>
    [...slots].map(([reader, { presence, leased }]) => ({
      reader,
      virtual: false,
      contactless: contactless.test(reader),
      card: presence && {
        atr: presence.atr,
        insertion: presence.insertion,
        busy: presence.exclusive && !leased,
      },
    }));

  const tell = (): void => {
    const now = readers();
    for (const listener of listeners) listener(now);
  };

  const addReader = (reader: PcscReader, ofLife: number): void => {
    const slot: Slot = { reader, presence: undefined, leased: false };
    slots.set(reader.name, slot);
    reader.on('error', () => {}); // 'end' follows
    reader.on('end', () => {
      if (slots.get(reader.name) !== slot) return;
      slots.delete(reader.name);
      tell();
    });
    reader.on('status', ({ state, atr }) => {
      if (slots.get(reader.name) !== slot) return;
      // An empty slot carries an empty ATR: only the flag tells.
      slot.presence =
        (state & SCARD_STATE_PRESENT) === 0
          ? undefined
          : {
              atr: Uint8Array.from((state & SCARD_STATE_MUTE) === 0 ? (atr ?? []) : []),
              insertion: ofLife * 0x10000 + (state >>> 16),
              exclusive: (state & SCARD_STATE_EXCLUSIVE) !== 0,
            };
      tell();
    });
    tell();
  };

  /** pcscd went away: its readers went with it, and a new instance of the binding has to be made. */
  const lose = (lost: PcscService): void => {
    if (service !== lost) return;
    service = undefined;
    slots.clear();
    tell();
    lookLater();
  };

  const look = (): void => {
    if (stopped) return;
    const opened = openPcscService();
    if (!opened.ok) {
      lookLater();
      return;
    }
    const found = opened.value;
    const ofLife = ++life;
    service = found;
    found.on('reader', (reader) => service === found && addReader(reader, ofLife));
    found.on('error', () => lose(found));
    tell();
  };

  const lookLater = (): void => {
    if (!stopped) retry = setTimeout(look, options.retryMs ?? 2_000);
  };

  look();

  return {
    readers,
    isRunning: () => service !== undefined,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async connect(name, connectOptions) {
      if (service === undefined) return fail('pcsc-unavailable');
      const slot = slots.get(name);
      if (slot === undefined) return fail('reader-unknown', { reader: name });
      const { presence } = slot;
      if (presence === undefined) return fail('no-medium', { reader: name });
      if (presence.atr.length === 0) return fail('card-mute', { reader: name });
      if (slot.leased) return fail('reader-busy', { reader: name });
      slot.leased = true;
      const link = await leaseCard({
        reader: slot.reader,
        atr: presence.atr,
        insertion: presence.insertion,
        timeoutMs: connectOptions?.timeoutMs ?? connectTimeoutMs,
        lost: () => lossOf(slots.get(name), slot, presence.insertion, name),
        onStuck: () => options.onStuck?.(),
        onClosed: () => (slot.leased = false),
      });
      if (!link.ok) {
        slot.leased = false;
        if (link.fault.code === 'card-timeout') options.onStuck?.();
      }
      return link;
    },
    async stop() {
      stopped = true;
      clearTimeout(retry);
      listeners.clear();
      slots.clear();
      // Not closed: the binding would join its threads and can wait for ever. They end with the process.
      service = undefined;
    },
  };
};

interface Slot {
  readonly reader: PcscReader;
  presence: Presence | undefined;
  leased: boolean;
}

interface Presence {
  /** Empty for a card that does not answer to its reset. */
  readonly atr: Uint8Array;
  readonly insertion: number;
  readonly exclusive: boolean;
}

const lossOf = (now: Slot | undefined, slot: Slot, insertion: number, reader: string): Failed | undefined => {
  if (now !== slot) return fail('reader-gone', { reader });
  if (slot.presence === undefined) return fail('card-removed');
  return slot.presence.insertion === insertion ? undefined : fail('card-swapped');
};

/** PC/SC names say it, and nothing else does without asking the reader's own extensions. */
const contactless = /contactless|picc|\bcl\b|nfc/i;

const connectTimeoutMs = 10_000;
