import type { Words } from '../text/words.ts';
import { element, icon } from './element.ts';

export const shortestPin = 6;
export const longestPin = 8;

export interface PinPad {
  readonly body: HTMLElement;
  /** Dots for the digits entered, without the digits. */
  readonly dots: HTMLElement;
  /** Gives the PIN and forgets it. */
  take(): string;
  enable(enabled: boolean): void;
  close(): void;
}

/**
 * Large keys and the keyboard. The PIN is in no field of the page: nothing for a browser to store,
 * fill in or suggest, and no soft keyboard over half of the screen.
 */
export const pinPad = (words: Words, onChange: () => void, onEnter: () => void): PinPad => {
  let digits = '';
  let enabled = true;
  const dots = element('div', { class: 'dots', role: 'img' });
  const pad = element('div', { class: 'pad' });

  const change = (next: string): void => {
    if (!enabled) return;
    digits = next.slice(0, longestPin);
    showDots();
    onChange();
  };
  const showDots = (): void => {
    dots.setAttribute('aria-label', words.digitsEntered(digits.length));
    dots.replaceChildren(
      ...Array.from({ length: longestPin }, (_, place) =>
        element('span', {
          class: place < digits.length ? 'dot full' : place < shortestPin ? 'dot' : 'dot spare',
        }),
      ),
    );
  };
  const key = (label: string, content: Node | string, press: () => void, kind = 'digit'): HTMLElement => {
    const button = element('button', { type: 'button', class: kind, 'aria-label': label }, content);
    button.addEventListener('click', press);
    // A tapped key takes no focus, so that Enter on a keyboard still means "done" and not this key again.
    button.addEventListener('mousedown', (event) => {
      event.preventDefault();
    });
    return button;
  };
  for (const digit of '123456789') {
    pad.append(
      key(digit, digit, () => {
        change(digits + digit);
      }),
    );
  }
  pad.append(
    key(
      words.clearAll,
      words.clearAll,
      () => {
        change('');
      },
      'aside',
    ),
    key('0', '0', () => {
      change(`${digits}0`);
    }),
    key(
      words.deleteLast,
      icon('erase'),
      () => {
        change(digits.slice(0, -1));
      },
      'aside',
    ),
  );

  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^[0-9]$/.test(event.key)) change(digits + event.key);
    else if (event.key === 'Backspace') change(digits.slice(0, -1));
    else if (event.key === 'Escape') change('');
    // On a focused button Enter presses that button, as everywhere.
    else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) onEnter();
    else return;
    event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
  showDots();

  return {
    body: pad,
    dots,
    take: () => {
      const taken = digits;
      digits = '';
      showDots();
      return taken;
    },
    enable: (value) => {
      enabled = value;
      for (const button of pad.querySelectorAll('button')) button.disabled = !value;
    },
    close: () => {
      digits = '';
      document.removeEventListener('keydown', onKey);
    },
  };
};
