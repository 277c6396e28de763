import { setTimeout as wait } from 'node:timers/promises';
import { fail, ok, type Result } from '../shared/result/index.ts';
import type { Pages } from '../launch/pages.ts';
import { blankWindow, startBrowser, type BrowserOptions, type BrowserProcess } from './browser-process.ts';
import { printToPdf } from './print-to-pdf.ts';
import { openStationWindow, type Seat, type StationWindow } from './station-window.ts';
import { numberAt, textAt, valueAt } from './value-at.ts';

/** Chromium as the station's host: its windows, its printing, and nothing that nobody asked for. */
export interface ChromiumBrowser {
  /** Opens the window of a seat; the first one is the window the browser came with. */
  openWindow(seat: Seat, url?: string): Promise<Result<StationWindow>>;
  /** Prints an HTML document to a PDF file (A5 unless the document says otherwise by @page). */
  printToPdf(html: string, file: string): Promise<Result<void>>;
  /** Tells that a person closed a window. Returns how to stop listening. */
  onWindowClosed(listener: (seat: Seat) => void): () => void;
  /** The address a test driver connects to; only with `debuggingPort`. */
  readonly profile: string;
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

export async function openChromium(options: BrowserOptions, pages: Pages): Promise<Result<ChromiumBrowser>> {
  const started = await startBrowser(options);
  if (!started.ok) return started;
  const browser = started.value;
  const { devTools } = browser;
  const windows = new Map<string, StationWindow>();
  const closedListeners = new Set<(seat: Seat) => void>();
  const targets = expectTargets(browser);
  await devTools.call('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
  });
  await devTools.call('Browser.setDownloadBehavior', { behavior: 'deny' });

  devTools.onEvent(({ method, params }) => {
    if (method !== 'Target.detachedFromTarget') return;
    const session = textAt(params, 'sessionId');
    const window = windows.get(session);
    if (window === undefined) return;
    windows.delete(session);
    window.release();
    for (const listener of closedListeners) listener(window.seat);
  });

  let first = true;
  return ok({
    profile: browser.profile,
    ended: browser.ended,
    async openWindow(seat, url) {
      const target = targets.next();
      // The browser's first window needs no asking; further ones come only after it.
      if (!first) await askForWindow(browser, options);
      first = false;
      const found = await Promise.race([target, browser.ended.then(() => undefined)]);
      if (found === undefined)
        return fail('browser-not-started', { program: options.program, detail: 'no window' });
      const opened = await openStationWindow({
        devTools,
        pages,
        seat,
        ...found,
        ...(url === undefined ? {} : { url }),
      });
      if (opened === undefined)
        return fail('browser-not-started', { program: options.program, detail: 'no page' });
      windows.set(found.session, opened);
      const officer = [...windows.values()].find((each) => each.seat === 'officer');
      await placeWindow(browser, opened, officer, options);
      return ok(opened);
    },
    printToPdf: (html, file) => printToPdf(options, pages, html, file),
    onWindowClosed(listener) {
      closedListeners.add(listener);
      return () => closedListeners.delete(listener);
    },
    async close() {
      closedListeners.clear();
      for (const window of windows.values()) window.release();
      windows.clear();
      await browser.close();
    },
  });
}

interface FoundTarget {
  readonly targetId: string;
  readonly session: string;
}

interface Targets {
  /** The next page that appears without another page having opened it; undefined after 15 s. */
  next(): Promise<FoundTarget | undefined>;
}

/**
 * Every page that appears is held before its first script. Those that were asked for are handed out in
 * order; all others, popups and workers among them, are closed unseen. The browser's own pieces of
 * window go on.
 */
function expectTargets({ devTools }: BrowserProcess): Targets {
  const asked: ((found: FoundTarget) => void)[] = [];
  // The window the browser came with is there before anybody asks.
  let early: FoundTarget | undefined;
  let firstWindow = true;

  const handOut = (found: FoundTarget): boolean => {
    const resolve = asked.shift();
    if (resolve !== undefined) resolve(found);
    else if (firstWindow) early = found;
    else return false;
    firstWindow = false;
    return true;
  };

  devTools.onEvent(({ method, params }) => {
    if (method !== 'Target.attachedToTarget') return;
    const found = {
      targetId: textAt(params, 'targetInfo', 'targetId'),
      session: textAt(params, 'sessionId'),
    };
    const type = textAt(params, 'targetInfo', 'type');
    const url = textAt(params, 'targetInfo', 'url');
    const blank = url === '' || url === 'about:blank' || url.startsWith(blankWindow.slice(0, 20));
    const opened = textAt(params, 'targetInfo', 'openerId') !== '';
    if (type === 'page' && blank && !opened && handOut(found)) return;
    // First it may go on: held while it closes, it would hold the page that opened it too.
    void devTools.call('Runtime.runIfWaitingForDebugger', {}, found.session);
    if (type === 'page' || type.endsWith('worker') || type === 'iframe' || type === 'webview')
      void devTools.call('Target.closeTarget', { targetId: found.targetId });
  });

  return {
    async next() {
      const there = early;
      early = undefined;
      if (there !== undefined) return there;
      const limit = new AbortController();
      const found = new Promise<FoundTarget>((resolve) => asked.push(resolve));
      try {
        return await Promise.race([found, wait(15_000, undefined, limit)]);
      } finally {
        limit.abort();
      }
    },
  };
}

async function askForWindow(browser: BrowserProcess, { headless, size }: BrowserOptions): Promise<void> {
  if (headless)
    await browser.devTools.call('Target.createTarget', { url: 'about:blank', newWindow: true, ...size });
  else browser.openAppWindow();
}

/**
 * The officer's window fills the first display. The customer's fills the second when there is one; else it
 * lies small in a corner of the first, behind the officer's.
 */
async function placeWindow(
  browser: BrowserProcess,
  window: StationWindow,
  officer: StationWindow | undefined,
  { headless }: BrowserOptions,
): Promise<void> {
  if (headless) return;
  const { devTools } = browser;
  const found = await devTools.call('Browser.getWindowForTarget', { targetId: window.targetId });
  const windowId = numberAt(found, 'value', 'windowId');
  if (windowId === undefined) return;
  const place = (bounds: object) => devTools.call('Browser.setWindowBounds', { windowId, bounds });
  if (window.seat === 'officer') {
    await place({ windowState: 'maximized' });
    return;
  }
  const answer = valueAt(await window.call('Emulation.getScreenInfos'), 'value', 'screenInfos');
  const screens: readonly unknown[] = Array.isArray(answer) ? answer : [];
  const second = screens.find((screen) => valueAt(screen, 'isPrimary') === false);
  const left = numberAt(second ?? screens[0], 'left') ?? 0;
  const top = numberAt(second ?? screens[0], 'top') ?? 0;
  if (second === undefined) {
    const right = left + (numberAt(screens[0], 'width') ?? 1280);
    await place({ left: Math.max(left, right - 920), top: top + 60, width: 900, height: 680 });
    await officer?.call('Page.bringToFront');
  } else {
    await place({ left, top });
    await place({ windowState: 'fullscreen' });
  }
}
