import { setTimeout as pause } from 'node:timers/promises';
import { fail, type Failed } from '../../../electron/shared/result/index.ts';
import type { CardDriver, CardPresence, ReaderState } from '../card-driver.ts';
import { chooseBinding, type BindingChoice } from './choose-binding.ts';
import {
  SCARD_STATE_MUTE,
  SCARD_STATE_PRESENT,
  SCARD_STATE_UNAVAILABLE,
  SCARD_STATE_UNKNOWN,
  type PcscBindingName,
  type PcscReader,
  type PcscService,
} from './pcsc-binding.ts';
import { leaseCard } from './pcsc-lease.ts';
import { pcscdAnswers } from './pcscd-answers.ts';
import { programsWithPcsc } from './programs-with-pcsc.ts';

export interface PcscDriverOptions {
  /** `automatic` when absent. */
  readonly binding?: BindingChoice | undefined;
  /** How often pcscd is asked whether it is alive, or there again. */
  readonly heartbeatMs?: number | undefined;
  /** A call to a card outlived its time limit; the thread in it comes back only with the process's end. */
  readonly onStuck?: () => void;
}

export interface PcscDriver extends CardDriver {
  /** Whether pcscd answers. Changes are told to the listeners of `onChange`. */
  isRunning(): boolean;
  /** `undefined`: none was built on this machine, and no reader will ever be there. */
  readonly binding: PcscBindingName | undefined;
}

/**
 * Readers of pcscd. Run it in a process of its own: a binding blocks, may throw where nobody catches it and
 * can take its process along.
 */
export const pcscDriver = (options: PcscDriverOptions = {}): PcscDriver => {
  const binding = chooseBinding(options.binding ?? 'automatic');
  const slots = new Map<string, Slot>();
  const listeners = new Set<(readers: readonly ReaderState[]) => void>();
  const heartbeatMs = options.heartbeatMs ?? usualHeartbeatMs;
  let service: PcscService | undefined;
  /** pcscd counts insertions from 0 in each of its lives. */
  let life = 0;
  let next: NodeJS.Timeout | undefined;
  let stopped = false;

  const readers = (): readonly ReaderState[] =>
    [...slots.values()].filter(isThere).map(({ reader, presence }) => ({
      reader: reader.name,
      virtual: false,
      contactless: contactless.test(reader.name),
      card: presence,
    }));

  const tell = (): void => {
    const now = readers();
    for (const listener of listeners) listener(now);
  };

  const addReader = (reader: PcscReader, ofLife: number): void => {
    const slot: Slot = { reader, isGone: false, presence: undefined, leased: false };
    slots.set(reader.name, slot);
    reader.onGone(() => {
      if (slots.get(reader.name) !== slot) return;
      slots.delete(reader.name);
      tell();
    });
    reader.onStatus(({ state, atr }) => {
      if (slots.get(reader.name) !== slot) return;
      // pcscd keeps a reader that was pulled in its list until it has looked at its bus.
      slot.isGone = (state & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE)) !== 0;
      // An empty slot carries an empty ATR: only the flag tells.
      slot.presence =
        (state & SCARD_STATE_PRESENT) === 0
          ? undefined
          : {
              atr: Uint8Array.from((state & SCARD_STATE_MUTE) === 0 ? (atr ?? []) : []),
              insertion: ofLife * 0x10000 + (state >>> 16),
            };
      tell();
    });
    tell();
  };

  /** pcscd went away: its readers went with it, and a new connection has to be made. */
  const lose = (lost: PcscService): void => {
    if (service !== lost) return;
    lost.close();
    service = undefined;
    slots.clear();
    tell();
    after(heartbeatMs, look);
  };

  const look = async (): Promise<void> => {
    const answers = await pcscdAnswers(answerLimitMs);
    if (stopped) return;
    const opened = answers === false ? undefined : binding?.open();
    if (opened?.ok !== true) {
      after(heartbeatMs, look);
      return;
    }
    const found = opened.value;
    const ofLife = ++life;
    service = found;
    found.onReader((reader) => service === found && addReader(reader, ofLife));
    found.onLost(() => lose(found));
    tell();
    after(heartbeatMs, () => listen(found));
  };

  /** A pcscd that hangs tells nothing: it is asked from time to time. */
  const listen = async (to: PcscService): Promise<void> => {
    if (service !== to) return;
    const answers = await pcscdAnswers(answerLimitMs);
    if (stopped || service !== to) return;
    if (answers === false) {
      lose(to);
      options.onStuck?.();
    } else after(heartbeatMs, () => listen(to));
  };

  const after = (ms: number, then: () => Promise<void>): void => {
    clearTimeout(next);
    if (!stopped) next = setTimeout(() => void then(), ms);
  };

  void look();

  return {
    readers,
    binding: binding?.name,
    isRunning: () => service !== undefined,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async connect(name, connectOptions) {
      const asked = service;
      if (asked === undefined) return fail('pcsc-unavailable');
      const slot = slots.get(name);
      if (slot === undefined || slot.isGone) return fail('reader-unknown', { reader: name });
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
        lost: async (said) => {
          const loss = () =>
            service === asked
              ? (lossOf(slots.get(name), slot, presence.insertion, name) ?? said)
              : fail('pcsc-unavailable');
          // A pcscd that dies is sometimes heard of by its readers first.
          if (loss()?.fault.code === 'reader-gone') await pause(serviceFollowsMs);
          return loss();
        },
        onStuck: () => options.onStuck?.(),
        onClosed: () => (slot.leased = false),
      });
      if (link.ok) return link;
      slot.leased = false;
      if (link.fault.code === 'card-timeout') options.onStuck?.();
      return link.fault.code === 'reader-busy' ? nameHolder(name) : link;
    },
    async stop() {
      stopped = true;
      clearTimeout(next);
      listeners.clear();
      slots.clear();
      service?.close();
      service = undefined;
    },
  };
};

interface Slot {
  readonly reader: PcscReader;
  isGone: boolean;
  /** Its ATR is empty for a card that does not answer to its reset. */
  presence: CardPresence | undefined;
  leased: boolean;
}

const isThere = ({ isGone }: Slot): boolean => !isGone;

const lossOf = (now: Slot | undefined, slot: Slot, insertion: number, reader: string): Failed | undefined => {
  if (now !== slot || slot.isGone) return fail('reader-gone', { reader });
  if (slot.presence === undefined) return fail('card-removed');
  return slot.presence.insertion === insertion ? undefined : fail('card-swapped');
};

/** pcscd does not say who holds a card; who speaks to it at all is mostly one program. */
const nameHolder = async (reader: string): Promise<Failed> => {
  const programs = await programsWithPcsc();
  return fail('reader-busy', { reader, ...(programs.length > 0 && { programs: programs.join(', ') }) });
};

/** PC/SC names say it, and nothing else does without asking the reader's own extensions. */
const contactless = /contactless|picc|\bcl\b|nfc/i;

const connectTimeoutMs = 10_000;
const serviceFollowsMs = 250;
const usualHeartbeatMs = 2_500;
const answerLimitMs = 2_500;
