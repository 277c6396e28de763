import { useLayoutEffect, useRef } from 'react';

/**
 * A key for a main action, anywhere in the window. `keys`: 'F9', 'Escape', 'Enter', 'Alt+1', 'Alt+T'.
 * Enter stays with the button, link or text field that has the focus. Listens before the screen is painted:
 * who sees a key on a button may press it at once.
 */
export function useShortcut(keys: string, action: () => void, enabled = true): void {
  const latest = useRef(action);
  useLayoutEffect(() => {
    latest.current = action;
  });
  useLayoutEffect(() => {
    if (!enabled) return undefined;
    const parts = keys.split('+');
    const key = parts.at(-1);
    const alt = parts.includes('Alt');
    const listen = (event: KeyboardEvent) => {
      // Not `defaultPrevented`: the host's guard prevents what the browser would do with some of these keys.
      if (event.repeat || event.isComposing) return;
      if (event.altKey !== alt || event.ctrlKey || event.metaKey) return;
      const pressed = alt ? event.code.replace(/^(Digit|Key)/, '') : event.key;
      if (pressed !== key) return;
      if (key === 'Enter' && hasItsOwnEnter(event.target)) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', listen);
    };
  }, [keys, enabled]);
}

const hasItsOwnEnter = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('button, a, input, select, textarea, summary') !== null;
