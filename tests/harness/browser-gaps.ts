/** What jsdom lacks and the screens need. Imported first by every component test. */
const noop = (): void => {};

if (typeof window !== 'undefined') {
  const matchMedia = (query: string) => ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: noop,
    removeEventListener: noop,
    dispatchEvent: () => false,
  });
  Object.assign(window, { matchMedia });
  globalThis.ResizeObserver = class {
    observe = noop;
    unobserve = noop;
    disconnect = noop;
  };
  Element.prototype.scrollIntoView = noop;
  const css = { escape: (text: string) => text.replace(/[^\w-]/g, (character) => `\\${character}`) };
  Object.assign(globalThis, { CSS: css });
  window.localStorage.setItem('cardwright-locale', 'en');
}

export {};
