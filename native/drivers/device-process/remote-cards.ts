import { ok } from '../../../electron/shared/result/index.ts';
import type { CardDriver, CardLink } from '../card-driver.ts';
import type { PinPad } from '../pin-pad.ts';
import type { LeaseDescription } from './device-calls.ts';
import { insertionInLife, type ProcessLife } from './process-life.ts';
import type { DeviceLink } from './start-device-process.ts';

/** The readers of the device process. A lease belongs to the process that gave it. */
export const remoteCards = (link: DeviceLink): CardDriver => {
  const unsubscribes = new Set<() => void>();
  return {
    readers: () => link.lists().readers,
    onChange(listener) {
      const unsubscribe = link.onLists(() => listener(link.lists().readers));
      unsubscribes.add(unsubscribe);
      return unsubscribe;
    },
    async connect(reader, options) {
      const life = await link.need();
      if (!life.ok) return life;
      const timeoutMs = options?.timeoutMs ?? usualTimeoutMs;
      const lease = await life.value.ask('connect', [reader, timeoutMs], timeoutMs + graceMs);
      return lease.ok ? ok(remoteLink(life.value, reader, lease.value)) : lease;
    },
    async stop() {
      for (const unsubscribe of unsubscribes) unsubscribe();
    },
  };
};

const remoteLink = (life: ProcessLife, reader: string, description: LeaseDescription): CardLink => {
  const { lease, atr, insertion, pad } = description;
  // One command at a time: the limit of a call must not run while it waits for the one before.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done;
    return done;
  };
  const pinPad: PinPad = {
    verify: (entry) =>
      inTurn(() => life.ask('verifyAtPad', [lease, entry], entry.timeoutMs + padGraceMs + graceMs)),
    ...(pad === 'verify-and-modify' && {
      modify: (change) =>
        inTurn(() => life.ask('modifyAtPad', [lease, change], 3 * change.timeoutMs + padGraceMs + graceMs)),
    }),
  };
  return {
    reader,
    atr,
    insertion: insertionInLife(insertion, life.number),
    pinPad: pad === 'none' ? undefined : pinPad,
    transmit(command, options) {
      const timeoutMs = options?.timeoutMs ?? usualTimeoutMs;
      return inTurn(() => life.ask('transmit', [lease, command, timeoutMs], timeoutMs + graceMs));
    },
    powerCycle: () => inTurn(() => life.ask('powerCycle', [lease], 2 * usualTimeoutMs + graceMs)),
    async close() {
      await inTurn(() => life.ask('closeLease', [lease], usualTimeoutMs + graceMs));
    },
  };
};

const usualTimeoutMs = 10_000;
/** What the driver gives reader and card on top of the person's time. */
const padGraceMs = 10_000;
/** What the process gets on top of the driver's own limit before it counts as hanging. */
const graceMs = 5_000;
