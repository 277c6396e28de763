import type { Readable, Writable } from 'node:stream';

/** A command of the browser that did not work: a page that is gone, or a browser that is closing. */
export type DevToolsAnswer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

export interface DevToolsEvent {
  readonly method: string;
  readonly params: unknown;
  /** The page it comes from; undefined for the browser itself. */
  readonly session: string | undefined;
}

/** The DevTools protocol over two pipes: JSON texts with a zero byte after each, and no port that anybody else could open. */
export interface DevToolsPipe {
  call(method: string, params?: object, session?: string): Promise<DevToolsAnswer>;
  /** Returns how to stop listening. */
  onEvent(listener: (event: DevToolsEvent) => void): () => void;
  /** Answers everything outstanding with a failure. */
  close(why: string): void;
}

export function openDevToolsPipe(toBrowser: Writable, fromBrowser: Readable): DevToolsPipe {
  let nextId = 1;
  let closed: string | undefined;
  const waiting = new Map<number, (answer: DevToolsAnswer) => void>();
  const listeners = new Set<(event: DevToolsEvent) => void>();

  const close = (why: string): void => {
    closed ??= why;
    for (const resolve of waiting.values()) resolve({ ok: false, message: closed });
    waiting.clear();
  };

  const receive = (text: string): void => {
    const message = JSON.parse(text) as {
      id?: number;
      method?: string;
      params?: unknown;
      sessionId?: string;
      result?: unknown;
      error?: { message: string };
    };
    if (message.id !== undefined) {
      const resolve = waiting.get(message.id);
      waiting.delete(message.id);
      resolve?.(
        message.error === undefined
          ? { ok: true, value: message.result }
          : { ok: false, message: message.error.message },
      );
    } else if (message.method !== undefined) {
      const event = { method: message.method, params: message.params, session: message.sessionId };
      for (const listener of listeners) listener(event);
    }
  };

  readTexts(fromBrowser, receive);
  fromBrowser.on('close', () => close('the browser has closed'));
  fromBrowser.on('error', () => close('the browser has closed'));
  toBrowser.on('error', () => close('the browser has closed'));

  return {
    call(method, params = {}, session) {
      if (closed !== undefined) return Promise.resolve({ ok: false, message: closed });
      const id = nextId++;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        const message = { id, method, params, ...(session === undefined ? {} : { sessionId: session }) };
        toBrowser.write(`${JSON.stringify(message)}\0`);
      });
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };
}

/** Pieces are joined only when their end has come: a screenshot arrives in hundreds of them. */
function readTexts(stream: Readable, receive: (text: string) => void): void {
  let pieces: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      pieces.push(chunk.subarray(start, end));
      const text = Buffer.concat(pieces).toString('utf8');
      pieces = [];
      start = end + 1;
      receive(text);
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  });
}
