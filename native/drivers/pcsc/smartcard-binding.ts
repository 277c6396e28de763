import { createRequire } from 'node:module';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { callBinding } from './call-binding.ts';
import {
  longestAnswer,
  SCARD_LEAVE_CARD,
  SCARD_PROTOCOL_T0_OR_T1,
  SCARD_SHARE_EXCLUSIVE,
  SCARD_STATE_CHANGED,
  SCARD_UNPOWER_CARD,
  type PcscBinding,
  type PcscCard,
  type PcscReader,
  type PcscService,
  type PcscStatus,
} from './pcsc-binding.ts';
import { pcscFault } from './pcsc-fault.ts';

/**
 * The npm package `smartcard` (Node-API: one build for every Node and Electron). Of it only the calls of
 * PC/SC are used: its own monitor does not tell a card that was swapped quickly, nor one that another
 * program holds. `undefined` where it was not built.
 */
export const smartcardBinding = (): PcscBinding | undefined => {
  const native = load();
  if (native === undefined) return undefined;
  return {
    name: 'smartcard',
    open() {
      try {
        return ok(watchReaders(native, new native.Context()));
      } catch {
        return fail('pcsc-unavailable');
      }
    },
  };
};

const load = (): NativePackage | undefined => {
  try {
    return createRequire(import.meta.url)('smartcard') as NativePackage;
  } catch {
    return undefined;
  }
};

interface Watched {
  /** What the library knows already; 0 (unaware) makes it tell. */
  known: number;
  readonly tell: Set<(status: PcscStatus) => void>;
  readonly gone: Set<() => void>;
}

const watchReaders = (native: NativePackage, context: NativeContext): PcscService => {
  const watched = new Map<string, Watched>();
  const readerListeners = new Set<(reader: PcscReader) => void>();
  const lostListeners = new Set<() => void>();
  let closed = false;
  const isClosed = (): boolean => closed;

  const add = (name: string): void => {
    const reader: Watched = { known: 0, tell: new Set(), gone: new Set() };
    watched.set(name, reader);
    const view: PcscReader = {
      name,
      onStatus: (listener) => void reader.tell.add(listener),
      onGone: (listener) => void reader.gone.add(listener),
      connect: (limitMs) => connectExclusively(native, name, limitMs),
    };
    for (const listener of readerListeners) listener(view);
  };

  const drop = (name: string): void => {
    const reader = watched.get(name);
    watched.delete(name);
    for (const listener of reader?.gone ?? []) listener();
  };

  const list = (): void => {
    const names = context.listReaders().map(({ name }) => name);
    for (const name of [...watched.keys()]) if (!names.includes(name)) drop(name);
    for (const name of names) if (!watched.has(name)) add(name);
  };

  const hear = ({ name, state, atr }: NativeState): void => {
    const reader = watched.get(name);
    if (reader === undefined || (state & SCARD_STATE_CHANGED) === 0) return;
    reader.known = state & ~SCARD_STATE_CHANGED;
    for (const listener of reader.tell) listener({ state, atr: atr ?? undefined });
  };

  /** Waits in the library, in its own thread, until something has changed or it is time to look again. */
  const watch = async (): Promise<void> => {
    let mayDiffer = true;
    try {
      while (!isClosed()) {
        // On the main thread, which a pcscd that hangs would stop: as seldom as can be.
        if (mayDiffer) list();
        const states = [...watched].map(([name, { known }]) => ({ name, state: known }));
        const changes = await context
          .waitForChange([...states, { name: plugAndPlay, state: 0 }], lookAgainMs)
          // A reader went between listing and waiting.
          .catch((error: unknown) => (isUnknownReader(error) ? [] : Promise.reject(error as Error)));
        if (isClosed()) return;
        for (const change of changes ?? []) hear(change);
        const told = (changes ?? []).filter(({ state }) => (state & SCARD_STATE_CHANGED) !== 0);
        mayDiffer = told.length === 0 || told.some(({ name }) => name === plugAndPlay);
      }
    } catch {
      if (!isClosed()) for (const listener of lostListeners) listener();
    } finally {
      release(context);
    }
  };
  setImmediate(() => void watch()); // after the caller has had the time to listen

  return {
    onReader: (listener) => void readerListeners.add(listener),
    onLost: (listener) => void lostListeners.add(listener),
    close: () => void (closed = true), // the wait ends by itself
  };
};

/**
 * A context for each lease: the library lets one call at a time into a context, and a card that hangs must
 * not keep the watch or another reader waiting.
 */
const connectExclusively = async (
  native: NativePackage,
  name: string,
  limitMs: number,
): Promise<Result<PcscCard>> => {
  let context: NativeContext;
  let reader: NativeReader | undefined;
  try {
    context = new native.Context();
    reader = context.listReaders().find((one) => one.name === name);
  } catch (error) {
    return pcscFault(error, name, 'pcsc-unavailable');
  }
  if (reader === undefined) {
    release(context);
    return fail('reader-gone', { reader: name });
  }
  const asked = reader;
  inUse.add(context);
  const card = await callBinding<NativeCard>(
    limitMs,
    promised(() => asked.connect(SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0_OR_T1)),
    (error) => pcscFault(error, name, 'card-mute'),
    (late) => void cardIn(late, context, name).disconnect(limitMs), // nobody waits for it any more
  );
  if (card.ok) return ok(cardIn(card.value, context, name));
  if (card.fault.code !== 'card-timeout') {
    inUse.delete(context);
    release(context);
  }
  return card;
};

const cardIn = (card: NativeCard, context: NativeContext, reader: string): PcscCard => {
  inUse.add(card);
  const toFault = (error: unknown) => pcscFault(error, reader, 'card-removed');
  const powerCycle = async (limitMs: number): Promise<Result<void>> => {
    const again = await callBinding<number>(
      limitMs,
      promised(() => card.reconnect(SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0_OR_T1, SCARD_UNPOWER_CARD)),
      toFault,
    );
    return again.ok ? ok() : again;
  };
  return {
    transmit: (command, limitMs) =>
      callBinding(
        limitMs,
        promised(() => card.transmit(Buffer.from(command), { maxRecvLength: longestAnswer })),
        toFault,
      ),
    control: (code, data, limitMs) =>
      callBinding(
        limitMs,
        promised(() => card.control(code, Buffer.from(data))),
        (error) => pcscFault(error, reader, 'card-unsupported'),
      ),
    powerCycle,
    async disconnect(limitMs) {
      // The binding disconnects on the main thread, where a card that hangs at power-off would stop
      // everything: it is powered in a thread first, and then left without touching it.
      const off = await powerCycle(limitMs);
      if (!off.ok && off.fault.code === 'card-timeout') return; // kept until the process ends
      inUse.delete(card);
      inUse.delete(context);
      try {
        card.disconnect(SCARD_LEAVE_CARD);
      } catch {
        // A card that is gone is as good as disconnected.
      }
      release(context);
    },
  };
};

/**
 * What may still be inside a call. Its destructor would disconnect on the main thread and wait for that
 * call, so the collector must not find it.
 */
const inUse = new Set<NativeContext | NativeCard>();

const release = (context: NativeContext): void => {
  try {
    context.close();
  } catch {
    // Its pcscd went away.
  }
};

/** A promise of the binding as the two ways a call can end. */
const promised =
  <T>(start: () => Promise<T>) =>
  (answer: (value: T) => void, refuse: (error: unknown) => void): void =>
    void start().then(answer, refuse);

const isUnknownReader = (error: unknown): boolean =>
  error instanceof Error && /unknown reader|reader unavailable/i.test(error.message);

/** pcscd's name for "a reader came or went". */
const plugAndPlay = '\\\\?PnP?\\Notification';
/** A wait that nobody ends goes on for so long after `close`. */
const lookAgainMs = 2_000;

/** The part of the package that is used. */
interface NativePackage {
  readonly Context: new () => NativeContext;
}

interface NativeContext {
  listReaders(): readonly NativeReader[];
  waitForChange(
    readers: readonly { name: string; state: number }[],
    timeoutMs: number,
  ): Promise<readonly NativeState[] | null>;
  close(): void;
}

interface NativeState {
  readonly name: string;
  readonly state: number;
  readonly atr: Uint8Array | null;
}

interface NativeReader {
  readonly name: string;
  connect(shareMode: number, protocols: number): Promise<NativeCard>;
}

interface NativeCard {
  transmit(command: Uint8Array, options: { maxRecvLength: number }): Promise<Uint8Array>;
  control(code: number, data: Uint8Array): Promise<Uint8Array>;
  reconnect(shareMode: number, protocols: number, initialization: number): Promise<number>;
  /** On the calling thread. */
  disconnect(disposition: number): void;
}
