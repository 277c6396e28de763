import { fork } from 'node:child_process';
import { fail, type Result } from '../../../electron/shared/result/index.ts';
import type { Transfer } from '../media-driver.ts';
import {
  signOfLifeMs,
  type DeviceCallName,
  type DeviceInput,
  type DeviceLists,
  type DeviceMessage,
  type DeviceOutput,
  type DeviceProcessOptions,
  type DeviceRequest,
} from './device-calls.ts';

/** One device process from fork to exit. */
export interface ProcessLife {
  /** Its running number among its station's. */
  readonly number: number;
  readonly startedAt: number;
  /** Resolves when it can be asked (true), or when it has died before (false). */
  readonly ready: Promise<boolean>;
  isAlive(): boolean;
  /** The last it told. */
  lists(): DeviceLists;
  /**
   * @param limitMs is for the whole call, above the driver's own limit: a process that does not answer by
   * then hangs as a whole and is killed. This call gets card-timeout, all others get device-process-lost.
   */
  ask<Name extends DeviceCallName>(
    name: Name,
    input: DeviceInput<Name>,
    limitMs: number,
  ): Promise<DeviceOutput<Name>>;
  /** How far the file is that this volume is writing or reading. */
  onTransfer(volume: number, listener: (transfer: Transfer) => void): () => void;
  kill(): void;
  /** Lets it end, and sees to it that it does. */
  end(): Promise<void>;
}

/**
 * Forks the program. `onLists` is told every change after `ready`, `onEnd` its end, however it came. A
 * process that was asked nothing and has not said for `silenceLimitMs` that it is alive hangs as a whole (a
 * binding may call pcscd where it should not wait) and is killed; while it is asked, the call's limit counts.
 */
export const startLife = (
  program: string,
  options: DeviceProcessOptions,
  number: number,
  silenceLimitMs: number,
  events: { onLists: () => void; onEnd: () => void },
): ProcessLife => {
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: [], // not the parent's: a debugger's or a test runner's flags are no business of this process
    serialization: 'advanced', // bytes stay bytes
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, (result: Result<unknown>) => void>();
  const transfers = new Map<number, Set<(transfer: Transfer) => void>>();
  let nextId = 1;
  let alive = true;
  let lists: DeviceLists = noDevices;
  let markReady: (ready: boolean) => void = () => {};
  const ready = new Promise<boolean>((resolve) => (markReady = resolve));
  let markGone: () => void = () => {};
  const gone = new Promise<void>((resolve) => (markGone = resolve));

  // Counted, not read off a clock: a station that slept for the night has not been kept waiting.
  let silences = 0;
  let isReady = false; // until then the limit for starting counts
  const watch = setInterval(() => {
    silences = isReady && waiting.size === 0 ? silences + 1 : 0;
    if (silences * signOfLifeMs > silenceLimitMs) child.kill('SIGKILL');
  }, signOfLifeMs);

  child.on('message', (raw) => {
    silences = 0;
    const message = raw as DeviceMessage; // from the same version of this program
    if (message.kind === 'alive') return;
    if (message.kind === 'answer') {
      waiting.get(message.id)?.(message.result);
      return;
    }
    if (message.kind === 'transfer') {
      for (const listener of transfers.get(message.volume) ?? []) listener(message.transfer);
      return;
    }
    lists = inLife(message.lists, number);
    if (message.kind === 'ready') {
      isReady = true;
      markReady(true);
    } else events.onLists();
  });

  const finish = (): void => {
    if (!alive) return;
    alive = false;
    clearInterval(watch);
    for (const settle of [...waiting.values()]) settle(fail('device-process-lost'));
    markReady(false);
    markGone();
    events.onEnd();
  };
  child.on('exit', finish);
  child.on('error', finish);

  const ask = (call: DeviceCallName, input: readonly unknown[], limitMs: number): Promise<Result<unknown>> =>
    new Promise((resolve) => {
      if (!alive || !child.connected) {
        resolve(fail('device-process-lost'));
        return;
      }
      const id = nextId++;
      const settle = (result: Result<unknown>): void => {
        clearTimeout(limit);
        waiting.delete(id);
        resolve(result);
      };
      const limit = setTimeout(() => {
        settle(fail('card-timeout'));
        child.kill('SIGKILL');
      }, limitMs);
      waiting.set(id, settle);
      const request: DeviceRequest = { id, call, input };
      child.send(request, (error) => {
        if (error !== null) settle(fail('device-process-lost'));
      });
    });

  return {
    number,
    startedAt: Date.now(),
    ready,
    isAlive: () => alive,
    lists: () => lists,
    // The result is the call's own: the program answers what `DeviceCalls` says.
    ask: (name, input, limitMs) => ask(name, input, limitMs) as Promise<DeviceOutput<typeof name>>,
    onTransfer(volume, listener) {
      const listeners = transfers.get(volume) ?? new Set();
      transfers.set(volume, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) transfers.delete(volume);
      };
    },
    kill: () => child.kill('SIGKILL'),
    async end() {
      if (!alive) return;
      if (child.connected) child.disconnect();
      const limit = setTimeout(() => child.kill('SIGKILL'), 2_000);
      await gone;
      clearTimeout(limit);
    },
  };
};

/** Insertions go on growing from one process to the next: what is in a reader afterwards may be another card. */
export const insertionInLife = (insertion: number, life: number): number => life * 2 ** 32 + insertion;

const inLife = ({ readers, slots, pcsc }: DeviceLists, life: number): DeviceLists => ({
  pcsc,
  readers: readers.map((state) => ({
    ...state,
    card: state.card && { ...state.card, insertion: insertionInLife(state.card.insertion, life) },
  })),
  slots: slots.map((state) => ({
    ...state,
    medium: state.medium && { ...state.medium, insertion: insertionInLife(state.medium.insertion, life) },
  })),
});

export const noDevices: DeviceLists = { readers: [], slots: [], pcsc: 'absent' };
