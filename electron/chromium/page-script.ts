import { stationOrigin } from '../launch/pages.ts';

/** The name under which the browser gives a new page its way to the station. The script below takes it away at once. */
export const postBinding = 'cardwrightPost';

/** The name under which the station reaches the page's listeners. */
export const deliverFunction = 'cardwrightDeliver';

/**
 * What Electron's preload does there, here: puts `window.cardwright` into the page before any script of
 * it runs. It also keeps the browser's own keys from leaving the application: what edits text and what
 * zooms stays, what would open, close, print, save, search or inspect does not.
 */
export const pageScript = (seat: 'officer' | 'customer'): string => `(() => {
  'use strict';
  if (window !== window.top || location.origin !== ${JSON.stringify(stationOrigin)}) return;
  const post = window.${postBinding};
  delete window.${postBinding};
  const listeners = new Set();
  Object.defineProperty(window, ${JSON.stringify(deliverFunction)}, {
    value: (text) => { const frame = JSON.parse(text); for (const listener of listeners) listener(frame); },
  });
  Object.defineProperty(window, 'cardwright', {
    enumerable: true,
    value: Object.freeze({
      seat: ${JSON.stringify(seat)},
      send: (frame) => post(JSON.stringify(frame)),
      onFrame: (listener) => { listeners.add(listener); return () => { listeners.delete(listener); }; },
    }),
  });

  const browserKeys = new Set(['F1', 'F3', 'F5', 'F6', 'F7', 'F10', 'F11', 'F12', 'BrowserBack', 'BrowserForward',
    'BrowserRefresh', 'BrowserSearch', 'BrowserHome', 'BrowserFavorites', 'ContextMenu']);
  const editing = new Set(['a', 'c', 'v', 'x', 'y', 'z', 'insert', 'arrowleft', 'arrowright', 'home', 'end', 'backspace',
    'delete', '+', '-', '=', '0', 'enter']);
  addEventListener('keydown', (event) => {
    const key = event.key.toLowerCase();
    const command = event.ctrlKey || event.metaKey;
    const leaves =
      browserKeys.has(event.key) ||
      (command && (event.shiftKey && key.length === 1 ? !'z+='.includes(key) : !editing.has(key))
        && !['control', 'meta', 'shift', 'alt'].includes(key)) ||
      (event.altKey && ['arrowleft', 'arrowright', 'home', 'd', 'e', 'f'].includes(key));
    if (leaves) event.preventDefault();
  }, { capture: true });
  for (const type of ['contextmenu', 'dragover', 'drop'])
    addEventListener(type, (event) => event.preventDefault(), { capture: true });
})();`;
