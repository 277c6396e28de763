import { setTimeout as wait } from 'node:timers/promises';
import type { DevToolsAnswer } from '../devtools-pipe.ts';
import { numberAt, textAt, valueAt } from '../value-at.ts';

/** Something a person could do or see at a screen did not happen. Ends the demonstration. */
export class Stuck extends Error {}

/**
 * A hand and an eye at one screen: they see what is shown, click and type through the browser's own
 * input, and wait as a person would. Elements are named by their test id; a page that is not the
 * station's has none, and there a selector (it begins with a dot or a bracket) stands for it.
 */
export interface Hand {
  /** Waits until it is there; says what it waited for when it never comes. */
  see(testId: string, limitMs?: number): Promise<void>;
  /** Which of several comes first. */
  seeOneOf(testIds: readonly string[], limitMs?: number): Promise<string>;
  shows(testId: string): Promise<boolean>;
  /** An attribute or the text of an element that is there. */
  read(testId: string, attribute?: string): Promise<string>;
  /** The whole test ids that begin like this, in the order of the page. */
  idsBeginningWith(prefix: string): Promise<readonly string[]>;
  click(testId: string): Promise<void>;
  /** Clicks into a field and types; replaces what was there. */
  type(testId: string, text: string): Promise<void>;
  /** Digits of a PIN, each seen as a dot before the next: a slow machine may not listen yet when it shows. */
  digits(pin: string): Promise<void>;
  press(key: 'Enter' | 'Escape' | 'F2' | 'F4' | 'F7' | 'F8' | 'F9'): Promise<void>;
  choose(testId: string, value: string): Promise<void>;
  language(): Promise<string>;
  /** Text of the whole page. */
  text(): Promise<string>;
  /** PNG of what is shown, once it stands still. */
  picture(): Promise<Buffer>;
}

/** A page to put the hand at. */
export interface Screen {
  readonly seat: string;
  call(method: string, params?: object): Promise<DevToolsAnswer>;
}

export async function handAt(window: Screen, size: { width: number; height: number }): Promise<Hand> {
  const { call } = window;
  await call('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false });
  await call('Emulation.setFocusEmulationEnabled', { enabled: true });

  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await call('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    if (!answer.ok) throw new Stuck(answer.message);
    return valueAt(answer.value, 'result', 'value');
  };
  const find = (testId: string): string => {
    const selector = /^[.[]/.test(testId) ? testId : `[data-testid=${JSON.stringify(testId)}]`;
    return `document.querySelector(${JSON.stringify(selector)})`;
  };
  const shows = async (testId: string): Promise<boolean> =>
    (await evaluate(
      `(() => { const e = ${find(testId)}; return e !== null && e.getClientRects().length > 0; })()`,
    )) === true;

  const seeOneOf = async (testIds: readonly string[], limitMs = 20_000): Promise<string> => {
    const until = Date.now() + limitMs;
    do {
      for (const testId of testIds) if (await shows(testId)) return testId;
      await wait(40);
    } while (Date.now() < until);
    const there = await evaluate(
      `[...document.querySelectorAll('[data-testid]')].map((e) => e.dataset.testid).slice(0, 60).join(' ')`,
    );
    throw new Stuck(
      `${window.seat}: waited ${limitMs / 1000} s for ${testIds.join(' or ')}; there is: ${String(there)}`,
    );
  };
  const see = async (testId: string, limitMs?: number): Promise<void> => {
    await seeOneOf([testId], limitMs);
  };

  /** Where to click: the middle, once it is there, enabled and not moving. */
  const middle = async (testId: string): Promise<{ x: number; y: number }> => {
    await see(testId);
    const until = Date.now() + 10_000;
    let before = '';
    do {
      const at = await evaluate(`(() => {
        const e = ${find(testId)};
        if (e === null || e.disabled || e.getAttribute('aria-disabled') === 'true') return null;
        e.scrollIntoView({ block: 'nearest' });
        const { x, y, width, height } = e.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      })()`);
      const now = JSON.stringify(at);
      if (at !== null && now === before) return { x: numberAt(at, 'x') ?? 0, y: numberAt(at, 'y') ?? 0 };
      before = now;
      await wait(30);
    } while (Date.now() < until);
    throw new Stuck(`${window.seat}: ${testId} cannot be clicked`);
  };
  const click = async (testId: string): Promise<void> => {
    const at = await middle(testId);
    const mouse = { ...at, button: 'left', clickCount: 1 };
    await call('Input.dispatchMouseEvent', { type: 'mouseMoved', ...at });
    await call('Input.dispatchMouseEvent', { type: 'mousePressed', ...mouse });
    await call('Input.dispatchMouseEvent', { type: 'mouseReleased', ...mouse });
  };
  const key = async (name: string, text?: string): Promise<void> => {
    const code = /^\d$/.test(name) ? `Digit${name}` : name;
    const windowsVirtualKeyCode = virtualKeys[name] ?? name.charCodeAt(0);
    const same = { key: name, code, windowsVirtualKeyCode };
    await call('Input.dispatchKeyEvent', {
      type: text === undefined ? 'rawKeyDown' : 'keyDown',
      ...same,
      ...(text === undefined ? {} : { text }),
    });
    await call('Input.dispatchKeyEvent', { type: 'keyUp', ...same });
  };

  return {
    see,
    seeOneOf,
    shows,
    async read(testId, attribute) {
      await see(testId);
      const what = attribute === undefined ? 'innerText' : `getAttribute(${JSON.stringify(attribute)})`;
      return textAt([await evaluate(`${find(testId)}?.${what} ?? ''`)], 0);
    },
    async idsBeginningWith(prefix) {
      const found = await evaluate(
        `[...document.querySelectorAll('[data-testid^=${JSON.stringify(prefix)}]')].map((e) => e.dataset.testid)`,
      );
      return Array.isArray(found) ? found.map(String) : [];
    },
    click,
    async type(testId, text) {
      await click(testId);
      await evaluate(`${find(testId)}.select?.(); 0`);
      await call('Input.insertText', { text });
    },
    async digits(pin) {
      const dots = async (): Promise<number> =>
        Number(await evaluate(`document.querySelectorAll('[data-filled="true"], .dot.full').length`));
      for (const digit of pin) {
        const before = await dots();
        const until = Date.now() + 10_000;
        do {
          await key(digit, digit);
          for (let round = 0; round < 20 && (await dots()) === before; round++) await wait(25);
        } while ((await dots()) === before && Date.now() < until);
      }
    },
    press: (name) => key(name, name === 'Enter' ? '\r' : undefined),
    async choose(testId, value) {
      await see(testId);
      await evaluate(`(() => {
        const e = ${find(testId)};
        const select = e instanceof HTMLSelectElement ? e : e.querySelector('select');
        Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(select, ${JSON.stringify(value)});
        select.dispatchEvent(new Event('change', { bubbles: true }));
      })()`);
    },
    text: async () => String(await evaluate('document.body.innerText')),
    language: async () => String(await evaluate('document.documentElement.lang')),
    async picture() {
      // Transitions are at most 180 ms (UX.md); fonts may still come.
      await evaluate('document.fonts.ready.then(() => 0)');
      await wait(250);
      const shot = await call('Page.captureScreenshot', { format: 'png' });
      return Buffer.from(textAt(shot, 'value', 'data'), 'base64');
    },
  };
}

const virtualKeys: Readonly<Record<string, number>> = {
  Enter: 13,
  Escape: 27,
  F2: 113,
  F4: 115,
  F7: 118,
  F8: 119,
  F9: 120,
};
