import { setTimeout as wait } from 'node:timers/promises';
import type { Frame, FramePort } from '../shared/contract/index.ts';
import { incomingFrame } from '../launch/incoming-frame.ts';
import { pageOf, stationOrigin, type Pages } from '../launch/pages.ts';
import { reopening } from '../launch/reopening.ts';
import type { DevToolsAnswer, DevToolsEvent, DevToolsPipe } from './devtools-pipe.ts';
import { deliverFunction, pageScript, postBinding } from './page-script.ts';
import { numberAt, textAt, valueAt } from './value-at.ts';

export type Seat = 'officer' | 'customer';

/** One window of the station in Chromium, and the port to the screen in it. */
export interface StationWindow {
  readonly seat: Seat;
  readonly port: FramePort;
  readonly session: string;
  readonly targetId: string;
  /** DevTools commands to this page: for printing, demonstrations and tests. */
  call(method: string, params?: object): Promise<DevToolsAnswer>;
  /** Lets go of it: the window is gone, or the station is stopping. */
  release(): void;
}

export interface WindowOptions {
  readonly devTools: DevToolsPipe;
  readonly pages: Pages;
  readonly seat: Seat;
  readonly targetId: string;
  readonly session: string;
  /** The page: for tests; else the seat's own. */
  readonly url?: string;
}

/** A screen asks a handful of things when it is drawn. */
const mostUnheard = 100;

/**
 * Takes over a page that waits at about:blank. Every request of it is answered from the screens or
 * refused. A message counts only when it comes from the main world of its main frame at the station's
 * origin; a page that crashed is opened again. Undefined when the page went away meanwhile.
 */
export async function openStationWindow(options: WindowOptions): Promise<StationWindow | undefined> {
  const { devTools, pages, seat, session, targetId } = options;
  const call = (method: string, params: object = {}) => devTools.call(method, params, session);
  const listeners = new Set<(frame: Frame) => void>();
  // A page asks as soon as it is drawn, which may be before the station comes to the port for the first time.
  const unheard: Frame[] = [];
  let isAttended = false;
  const url = options.url ?? pageOf[seat];
  let context: number | undefined;
  let mainFrame = '';
  const mayReopen = reopening();

  const leave = (): void => {
    context = undefined;
    unheard.length = 0;
  };

  const onEvent = ({ method, params, session: from }: DevToolsEvent): void => {
    if (from !== session) return;
    switch (method) {
      case 'Fetch.requestPaused':
        void answerRequest(call, pages, params);
        break;
      case 'Runtime.executionContextCreated': {
        const created = valueAt(params, 'context');
        const isScreen =
          valueAt(created, 'auxData', 'isDefault') === true &&
          textAt(created, 'auxData', 'frameId') === mainFrame &&
          textAt(created, 'origin') === stationOrigin;
        if (isScreen) context = numberAt(created, 'id');
        break;
      }
      case 'Runtime.executionContextDestroyed':
        if (numberAt(params, 'executionContextId') === context) leave();
        break;
      case 'Runtime.executionContextsCleared':
        leave();
        break;
      case 'Runtime.bindingCalled': {
        if (textAt(params, 'name') !== postBinding) break;
        if (context === undefined || numberAt(params, 'executionContextId') !== context) break;
        const frame = incomingFrame(textAt(params, 'payload'));
        if (frame === undefined) break;
        if (!isAttended && unheard.length < mostUnheard) unheard.push(frame);
        for (const listener of listeners) listener(frame);
        break;
      }
      case 'Inspector.targetCrashed':
        leave();
        if (mayReopen()) void wait(300).then(() => call('Page.navigate', { url }));
        break;
      default:
    }
  };
  const stopListening = devTools.onEvent(onEvent);

  await call('Page.enable');
  mainFrame = textAt(await call('Page.getFrameTree'), 'value', 'frameTree', 'frame', 'id');
  await Promise.all([
    call('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
    call('Runtime.enable'),
    call('Inspector.enable'),
    call('Runtime.addBinding', { name: postBinding }),
    call('Page.addScriptToEvaluateOnNewDocument', { source: pageScript(seat) }),
    call('Runtime.runIfWaitingForDebugger'),
  ]);
  if (!(await loaded(devTools, session, url))) {
    stopListening();
    return undefined;
  }

  return {
    seat,
    session,
    targetId,
    call,
    port: {
      send(frame) {
        if (context === undefined) return; // no screen there: it asks for everything when it comes
        void call('Runtime.callFunctionOn', {
          executionContextId: context,
          functionDeclaration: `function (text) { window.${deliverFunction}(text); }`,
          arguments: [{ value: JSON.stringify(frame) }],
          silent: true,
        });
      },
      onFrame(listener) {
        listeners.add(listener);
        isAttended = true;
        queueMicrotask(() => {
          for (const frame of unheard.splice(0)) listener(frame);
        });
        return () => listeners.delete(listener);
      },
    },
    release() {
      stopListening();
      listeners.clear();
      unheard.length = 0;
    },
  };
}

/**
 * Goes there and waits for the load event, or for five seconds: a window is worth showing even when a
 * font is late. False when there is no page to go with.
 */
export async function loaded(devTools: DevToolsPipe, session: string, url: string): Promise<boolean> {
  const limit = new AbortController();
  const event = new Promise<void>((resolve) => {
    const stop = devTools.onEvent(({ method, session: from }) => {
      if (from !== session || method !== 'Page.loadEventFired') return;
      stop();
      resolve();
    });
    limit.signal.addEventListener('abort', () => stop());
  });
  try {
    const gone = await devTools.call('Page.navigate', { url }, session);
    if (!gone.ok || textAt(gone, 'value', 'errorText') !== '') return false;
    await Promise.race([event, wait(5_000, undefined, { signal: limit.signal }).catch(() => {})]);
    return true;
  } finally {
    limit.abort();
  }
}

/** Answers one request of a page from the screens; what is not theirs does not leave the machine. */
export async function answerRequest(
  call: (method: string, params: object) => Promise<DevToolsAnswer>,
  pages: Pages,
  params: unknown,
): Promise<void> {
  const requestId = textAt(params, 'requestId');
  const answer = pages.answer(textAt(params, 'request', 'url'));
  if (answer.status === 403) {
    // "No content" is the one answer to a navigation after which the page stays what it is.
    if (textAt(params, 'resourceType') === 'Document')
      await call('Fetch.fulfillRequest', { requestId, responseCode: 204 });
    else await call('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
    return;
  }
  await call('Fetch.fulfillRequest', {
    requestId,
    responseCode: answer.status,
    responseHeaders: Object.entries(answer.headers).map(([name, value]) => ({ name, value })),
    body: Buffer.from(answer.body).toString('base64'),
  });
}
