import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openChromium, type ChromiumBrowser } from '../../../electron/chromium/chromium-browser.ts';
import { findChromium } from '../../../electron/chromium/find-chromium.ts';
import { postBinding } from '../../../electron/chromium/page-script.ts';
import type { StationWindow } from '../../../electron/chromium/station-window.ts';
import { valueAt } from '../../../electron/chromium/value-at.ts';
import { openPages } from '../../../electron/launch/pages.ts';
import { framePortSuite, type PortUnderTest } from './frame-port.suite.ts';

/* The real thing: the machine's Chromium, headless, over its pipes. One browser, a fresh page for each test. */

const program = findChromium();
if (program === undefined) {
  describe.skip('frame port of Chromium', () => {
    it('needs a Chromium on this machine (apt-get install chromium)', () => {});
  });
} else {
  let browser: ChromiumBrowser;
  let window: StationWindow;
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-pages-'));
  const call = { kind: 'call', id: 7, name: 'station.describe', input: {} };

  beforeAll(async () => {
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title><p>page</p>');
    writeFileSync(join(folder, 'early.html'), '<!doctype html><script src="early.js"></script>');
    writeFileSync(join(folder, 'early.js'), `cardwright.send(${JSON.stringify(call)});`);
    const opened = await openChromium(
      { program, headless: true, size: { width: 800, height: 600 } },
      openPages(folder),
    );
    if (!opened.ok) throw new Error(JSON.stringify(opened.fault));
    browser = opened.value;
    const first = await browser.openWindow('officer');
    if (!first.ok) throw new Error(JSON.stringify(first.fault));
    window = first.value;
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const evaluate = async (expression: string, contextId?: number): Promise<unknown> => {
    const answer = await window.call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
      ...(contextId === undefined ? {} : { contextId }),
    });
    const thrown = valueAt(answer, 'value', 'exceptionDetails');
    if (thrown !== undefined) throw new Error(JSON.stringify(thrown));
    return valueAt(answer, 'value', 'result', 'value');
  };
  const literal = (value: unknown): string => JSON.stringify(value);
  const reload = async (): Promise<void> => {
    await window.call('Page.navigate', { url: 'https://station.local/index.html' });
    while (
      (await evaluate(`document.readyState + location.href`)) !== 'completehttps://station.local/index.html'
    );
  };

  const bindAgain = async (): Promise<void> => {
    await window.call('Runtime.removeBinding', { name: postBinding });
    await window.call('Runtime.addBinding', { name: postBinding });
  };

  const open = async (): Promise<PortUnderTest> => {
    await reload();
    await evaluate('window.heard = {}; window.stops = {}; 0');
    let names = 0;
    const port: PortUnderTest = {
      station: window.port,
      page: {
        seat: () => evaluate('window.cardwright.seat'),
        send: async (frame) => {
          await evaluate(`window.cardwright.send(${literal(frame)})`);
        },
        async listen() {
          const name = `listener ${names++}`;
          await evaluate(
            `heard[${literal(name)}] = []; stops[${literal(name)}] = cardwright.onFrame((f) => heard[${literal(name)}].push(f)); 0`,
          );
          return name;
        },
        unlisten: async (name) => {
          await evaluate(`stops[${literal(name)}]()`);
        },
        heard: async (name) => (await evaluate(`heard[${literal(name)}]`)) as unknown[],
        // The page script hides the raw channel; the browser gives it to any context that asks it anew.
        async sendRaw(text) {
          await bindAgain();
          await evaluate(`window.${postBinding}(${literal(text)}); delete window.${postBinding}; 0`);
        },
      },
      strangers: {
        'another world of the page': async (frame) => {
          const tree = await window.call('Page.getFrameTree');
          const world = await window.call('Page.createIsolatedWorld', {
            frameId: valueAt(tree, 'value', 'frameTree', 'frame', 'id'),
            worldName: 'stranger',
          });
          const context = valueAt(world, 'value', 'executionContextId') as number;
          await window.call('Runtime.addBinding', { name: postBinding, executionContextName: 'stranger' });
          await evaluate(`globalThis.${postBinding}(${literal(JSON.stringify(frame))})`, context);
        },
        'a page without an origin': async (frame) => {
          await window.call('Page.navigate', { url: 'about:blank' });
          await bindAgain();
          await evaluate(`window.${postBinding}(${literal(JSON.stringify(frame))})`);
          await reload();
        },
        'a frame inside the page': async (frame) => {
          await evaluate(`new Promise((resolve) => {
            const inside = document.createElement('iframe');
            inside.srcdoc = '<p>inside</p>';
            inside.onload = () => resolve(0);
            document.body.append(inside);
          })`);
          await bindAgain();
          await evaluate(`frames[0].${postBinding}(${literal(JSON.stringify(frame))}); 0`);
        },
      },
      // Both directions use the same ordered pipe: when an answer comes back, all before it has arrived.
      settle: async () => {
        await evaluate('new Promise((resolve) => setTimeout(() => resolve(0), 0))');
      },
      close: async () => {},
    };
    return port;
  };

  framePortSuite('Chromium', open, [
    'another world of the page',
    'a page without an origin',
    'a frame inside the page',
  ]);

  it('keeps what a page asked before the station came to its port', async () => {
    const opened = await browser.openWindow('customer', 'https://station.local/early.html');
    if (!opened.ok) throw new Error(JSON.stringify(opened.fault));
    const heard: unknown[] = [];
    opened.value.port.onFrame((frame) => heard.push(frame));
    await vi.waitFor(() => {
      expect(heard).toEqual([call]);
    }, 10_000);
    const later: unknown[] = [];
    opened.value.port.onFrame((frame) => later.push(frame));
    await opened.value.call('Runtime.evaluate', {
      expression: `cardwright.send(${literal({ ...call, id: 8 })})`,
    });
    await vi.waitFor(() => {
      expect(heard).toHaveLength(2);
    }, 10_000);
    expect(later).toEqual([{ ...call, id: 8 }]);
  });
}
