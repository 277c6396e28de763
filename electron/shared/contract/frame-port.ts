/** One message between screen and station. Plain JSON values only. */
export type Frame =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown };

/** All that a host supplies: frames both ways, in order, whole. Electron IPC and the DevTools pipe both do. */
export interface FramePort {
  send(frame: Frame): void;
  /** Returns how to stop listening. */
  onFrame(listener: (frame: Frame) => void): () => void;
}

/** Two ends joined in memory, for tests and for a station in the same process. Delivers asynchronously, as a real port does. */
export function portPair(): readonly [FramePort, FramePort] {
  const listeners: [Set<(frame: Frame) => void>, Set<(frame: Frame) => void>] = [new Set(), new Set()];
  const end = (mine: 0 | 1, theirs: 0 | 1): FramePort => ({
    send(frame) {
      const copy = JSON.parse(JSON.stringify(frame)) as Frame; // as a real port: values only
      void Promise.resolve().then(() => {
        for (const listener of listeners[theirs]) listener(copy);
      });
    },
    onFrame(listener) {
      listeners[mine].add(listener);
      return () => listeners[mine].delete(listener);
    },
  });
  return [end(0, 1), end(1, 0)];
}
