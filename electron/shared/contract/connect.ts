import { fail, type Result } from '../result/index.ts';
import type {
  CallInput,
  CallName,
  CallOutput,
  ContractDefinition,
  EventName,
  EventPayload,
} from './define.ts';
import type { FramePort } from './frame-port.ts';

export interface Connection<C extends ContractDefinition> {
  call<N extends CallName<C>>(name: N, input: CallInput<C, N>): Promise<Result<CallOutput<C, N>>>;
  /** Returns how to stop listening. */
  on<N extends EventName<C>>(name: N, listener: (payload: EventPayload<C, N>) => void): () => void;
  /** Every outstanding call fails with port-closed. */
  close(): void;
}

/** The screen's end of a port. */
export function connect<C extends ContractDefinition>(_contract: C, port: FramePort): Connection<C> {
  let nextId = 1;
  let closed = false;
  const waiting = new Map<number, (result: Result<unknown>) => void>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();

  const stopListening = port.onFrame((frame) => {
    if (frame.kind === 'reply') {
      const resolve = waiting.get(frame.id);
      waiting.delete(frame.id);
      // The station checked the value against the contract before it sent it.
      resolve?.(frame.result as Result<unknown>);
    } else if (frame.kind === 'event') {
      for (const listener of listeners.get(frame.name) ?? []) listener(frame.payload);
    }
  });

  return {
    call(name, input) {
      if (closed) return Promise.resolve(fail('port-closed'));
      const id = nextId++;
      return new Promise((resolve) => {
        waiting.set(id, resolve as (result: Result<unknown>) => void);
        port.send({ kind: 'call', id, name, input });
      });
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      const untyped = listener as (payload: unknown) => void;
      set.add(untyped);
      return () => set.delete(untyped);
    },
    close() {
      closed = true;
      stopListening();
      for (const resolve of waiting.values()) resolve(fail('port-closed'));
      waiting.clear();
    },
  };
}
