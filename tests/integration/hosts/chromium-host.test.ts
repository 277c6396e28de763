import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChromium, type ChromiumBrowser } from '../../../electron/chromium/chromium-browser.ts';
import { findChromium } from '../../../electron/chromium/find-chromium.ts';
import type { StationWindow } from '../../../electron/chromium/station-window.ts';
import { valueAt } from '../../../electron/chromium/value-at.ts';
import { openPages } from '../../../electron/launch/pages.ts';

const program = findChromium();
const folder = mkdtempSync(join(tmpdir(), 'cardwright-host-'));
const emptyFolder = mkdtempSync(join(tmpdir(), 'cardwright-no-pages-'));
const noPages = openPages(emptyFolder);
afterAll(() => {
  rmSync(emptyFolder, { recursive: true });
});
const size = { width: 900, height: 700 };

describe.skipIf(program === undefined)('the Chromium host', () => {
  let browser: ChromiumBrowser;
  let officer: StationWindow;
  let outside: Server;
  let reached: string[] = [];
  let outsideAddress = '';

  beforeAll(async () => {
    writeFileSync(
      join(folder, 'index.html'),
      '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><title>officer</title><style nonce="__CSP_NONCE__">p{color:rgb(1,2,3)}</style><style>p{background:rgb(9,9,9)}</style><p>officer</p><script src="./page.js"></script><script>window.inline=1</script>',
    );
    writeFileSync(join(folder, 'page.js'), 'window.ran = true;');
    writeFileSync(join(folder, 'customer.html'), '<!doctype html><title>customer</title><p>customer</p>');
    outside = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.setHeader('access-control-allow-origin', '*').end('reached');
    });
    outside.on('upgrade', (request, socket) => {
      reached.push(`upgrade ${request.url ?? ''}`);
      socket.destroy();
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    outsideAddress = `127.0.0.1:${(outside.address() as AddressInfo).port}`;
    const opened = await openChromium({ program: program!, headless: true, size }, openPages(folder));
    if (!opened.ok) throw new Error(JSON.stringify(opened.fault));
    browser = opened.value;
    const window = await browser.openWindow('officer');
    if (!window.ok) throw new Error(JSON.stringify(window.fault));
    officer = window.value;
  });
  afterAll(async () => {
    await browser.close();
    outside.close();
    rmSync(folder, { recursive: true });
  });

  const evaluate = async (expression: string, window = officer): Promise<unknown> => {
    const answer = await window.call('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
      userGesture: true,
    });
    expect(valueAt(answer, 'value', 'exceptionDetails')).toBeUndefined();
    return valueAt(answer, 'value', 'result', 'value');
  };

  const shownPages = async (): Promise<string[]> => {
    const targets = valueAt(await officer.call('Target.getTargets'), 'value', 'targetInfos') as {
      type: string;
      url: string;
    }[];
    return targets.flatMap((target) => (target.type === 'page' ? [target.url] : [])).sort();
  };

  it('shows the page of the seat at the station’s origin', async () => {
    expect(await evaluate('location.href')).toBe('https://station.local/index.html');
    expect(await evaluate('document.title')).toBe('officer');
    expect(await evaluate('isSecureContext')).toBe(true);
  });

  it('runs the screens’ own scripts and styles and no inline ones', async () => {
    expect(await evaluate('window.ran')).toBe(true);
    expect(await evaluate('window.inline === undefined')).toBe(true);
    expect(await evaluate('getComputedStyle(document.querySelector("p")).color')).toBe('rgb(1, 2, 3)');
    expect(await evaluate('getComputedStyle(document.querySelector("p")).backgroundColor')).toBe(
      'rgba(0, 0, 0, 0)',
    );
  });

  it('gives the page a port and hides the way to it', async () => {
    expect(await evaluate('Object.keys(window.cardwright).sort().join()')).toBe('onFrame,seat,send');
    expect(await evaluate('"cardwrightPost" in window')).toBe(false);
    expect(await evaluate('Object.isFrozen(window.cardwright)')).toBe(true);
  });

  it('opens the customer’s window as a second one', async () => {
    const window = await browser.openWindow('customer');
    if (!window.ok) throw new Error(JSON.stringify(window.fault));
    expect(await evaluate('document.title', window.value)).toBe('customer');
    expect(await evaluate('window.cardwright.seat', window.value)).toBe('customer');
    const closed = new Promise((resolve) => browser.onWindowClosed(resolve));
    await window.value.call('Page.close');
    expect(await closed).toBe('customer');
  });

  it('lets a page reach nothing outside', async () => {
    reached = [];
    const attempts = [
      `fetch('http://${outsideAddress}/fetch').then(() => 'reached', () => 'refused')`,
      `fetch('https://station.local/no-such-file').then((r) => r.status, () => 'refused')`,
      `new Promise((r) => { const i = new Image(); i.onload = () => r('reached'); i.onerror = () => r('refused'); i.src = 'http://${outsideAddress}/image'; })`,
      `new Promise((r) => { try { const s = new WebSocket('ws://${outsideAddress}/socket'); s.onopen = () => r('reached'); s.onerror = () => r('refused'); } catch { r('refused'); } })`,
      `Promise.resolve(navigator.sendBeacon('http://${outsideAddress}/beacon') && 'sent')`,
      `new Promise((r) => { const l = document.createElement('link'); l.rel = 'preconnect'; l.href = 'http://${outsideAddress}/'; document.head.append(l); setTimeout(() => r('tried'), 100); })`,
    ];
    const answers = [];
    for (const attempt of attempts) answers.push(await evaluate(attempt));
    expect(answers.slice(0, 4)).toEqual(['refused', 'refused', 'refused', 'refused']);
    expect(reached).toEqual([]);
  });

  it('refuses to resolve any name, also where no request is asked about', async () => {
    const other = await browser.openWindow('customer', 'https://station.local/customer.html');
    if (!other.ok) throw new Error(JSON.stringify(other.fault));
    await other.value.call('Fetch.disable');
    await other.value.call('Page.setBypassCSP', { enabled: true });
    const answer = await other.value.call('Page.navigate', { url: 'http://localhost:8080/' });
    expect(String(valueAt(answer, 'value', 'errorText'))).toBe('net::ERR_NAME_NOT_RESOLVED');
    await officer.call('Target.closeTarget', { targetId: other.value.targetId });
  });

  it('opens no window for a page', async () => {
    expect(await evaluate(`window.open('about:blank') === null`)).toBe(true);
    await evaluate(
      `document.body.append(Object.assign(document.createElement('a'), { id: 'away', target: '_blank', rel: 'opener', href: '/customer.html' })); document.getElementById('away').click(); 0`,
    );
    await expect.poll(shownPages).toEqual(['https://station.local/index.html']);
  });

  it('closes a window that opened in spite of that', async () => {
    const other = await browser.openWindow('customer');
    if (!other.ok) throw new Error(JSON.stringify(other.fault));
    await other.value.call('Page.setBypassCSP', { enabled: true });
    await other.value.call('Page.navigate', { url: 'https://station.local/customer.html' });
    await expect.poll(() => evaluate('document.title', other.value)).toBe('customer');
    await evaluate(
      `window.open('https://station.local/page.js'); window.open('about:blank'); 0`,
      other.value,
    );
    await expect
      .poll(shownPages)
      .toEqual(['https://station.local/customer.html', 'https://station.local/index.html']);
    await other.value.call('Page.close');
    await expect.poll(shownPages).toEqual(['https://station.local/index.html']);
  });

  it('stays where it is', async () => {
    await evaluate(`location.href = 'http://${outsideAddress}/navigated'; 0`);
    await expect.poll(() => evaluate('document.readyState')).toBe('complete');
    expect(reached).not.toContain('/navigated');
    await officer.call('Page.navigate', { url: 'https://station.local/index.html' });
    await expect.poll(() => evaluate('document.title')).toBe('officer');
  });

  it.each([
    ['Ctrl+T', 't', 'KeyT', 2],
    ['Ctrl+N', 'n', 'KeyN', 2],
    ['Ctrl+W', 'w', 'KeyW', 2],
    ['Ctrl+P', 'p', 'KeyP', 2],
    ['Ctrl+R', 'r', 'KeyR', 2],
    ['Ctrl+S', 's', 'KeyS', 2],
    ['Ctrl+U', 'u', 'KeyU', 2],
    ['Ctrl+Shift+I', 'I', 'KeyI', 10],
    ['Ctrl+Shift+T', 'T', 'KeyT', 10],
    ['F5', 'F5', 'F5', 0],
    ['F12', 'F12', 'F12', 0],
    ['Alt+Left', 'ArrowLeft', 'ArrowLeft', 1],
  ])('keeps the browser’s own key %s', async (_name, key, code, modifiers) => {
    await evaluate(
      `window.kept = undefined; addEventListener('keydown', (e) => { window.kept = e.defaultPrevented; }, { once: true }); 0`,
    );
    await officer.call('Input.dispatchKeyEvent', { type: 'keyDown', key, code, modifiers });
    await officer.call('Input.dispatchKeyEvent', { type: 'keyUp', key, code, modifiers });
    expect(await evaluate('window.kept')).toBe(true);
  });

  it.each([
    ['Ctrl+C', 'c', 'KeyC', 2],
    ['Ctrl+V', 'v', 'KeyV', 2],
    ['Ctrl+Plus', '+', 'Equal', 2],
    ['F2', 'F2', 'F2', 0],
    ['F9', 'F9', 'F9', 0],
    ['Tab', 'Tab', 'Tab', 0],
    ['a letter', 'a', 'KeyA', 0],
  ])('leaves %s to the person', async (_name, key, code, modifiers) => {
    await evaluate(
      `window.kept = undefined; addEventListener('keydown', (e) => { window.kept = e.defaultPrevented; }, { once: true }); 0`,
    );
    await officer.call('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, code, modifiers });
    await officer.call('Input.dispatchKeyEvent', { type: 'keyUp', key, code, modifiers });
    expect(await evaluate('window.kept')).toBe(false);
  });

  it('opens a page again that crashed', async () => {
    await evaluate('window.marked = true');
    void officer.call('Page.crash');
    await expect
      .poll(
        async () =>
          valueAt(
            await officer.call('Runtime.evaluate', { expression: 'String(window.marked) + document.title' }),
            'value',
            'result',
            'value',
          ),
        { timeout: 10_000 },
      )
      .toBe('undefinedofficer');
  });

  it('prints a document to PDF, with what it may not load left out', async () => {
    reached = [];
    const file = join(folder, 'receipt.pdf');
    const html = `<!doctype html><html><head><style>@page{size:148mm 210mm;margin:0}</style></head><body><h1>Receipt 7</h1><script>document.body.append('script ran')</script><img src="http://${outsideAddress}/image"></body></html>`;
    expect(await browser.printToPdf(html, file)).toEqual({ ok: true, value: undefined });
    expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-');
    if (has('pdftotext')) {
      const text = execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' });
      expect(text).toContain('Receipt 7');
      expect(text).not.toContain('script ran');
    }
    if (has('pdfinfo')) expect(execFileSync('pdfinfo', [file], { encoding: 'utf8' })).toMatch(/\(A5\)/);
    expect(reached).toEqual([]);
  });

  it('names a file that cannot be written', async () => {
    const file = join(folder, 'index.html', 'receipt.pdf');
    expect(await browser.printToPdf('<p>x</p>', file)).toEqual({
      ok: false,
      fault: { code: 'print-failed', data: { file } },
    });
  });

  it('listens on no port', () => {
    const mine = processesWith(browser.profile).flatMap(socketsOf);
    expect(processesWith(browser.profile).length).toBeGreaterThan(1);
    const listening = ['tcp', 'tcp6']
      .flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').trim().split('\n').slice(1))
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && mine.includes(fields[9]!));
    expect(listening).toEqual([]);
  });
});

describe.skipIf(program === undefined)('the end of the Chromium host', () => {
  const open = async (): Promise<ChromiumBrowser> => {
    const opened = await openChromium({ program: program!, headless: true, size }, noPages);
    if (!opened.ok) throw new Error(JSON.stringify(opened.fault));
    return opened.value;
  };

  it('leaves no process and no profile behind', async () => {
    const browser = await open();
    expect(existsSync(browser.profile)).toBe(true);
    await browser.close();
    await expect.poll(() => processesWith(browser.profile)).toEqual([]);
    expect(existsSync(browser.profile)).toBe(false);
  });

  it('takes away the profile of a station that was killed', async () => {
    const orphan = join(tmpdir(), 'cardwright-browser-999999999-orphan');
    mkdirSync(orphan, { recursive: true });
    await (await open()).close();
    expect(existsSync(orphan)).toBe(false);
  });

  it('is told when the browser is killed', async () => {
    const browser = await open();
    for (const pid of processesWith(browser.profile)) kill(pid);
    await browser.ended;
    expect(await browser.openWindow('officer')).toMatchObject({ ok: false });
    await browser.close();
    expect(existsSync(browser.profile)).toBe(false);
  });
});

describe('a browser that does not start', () => {
  const fakes = mkdtempSync(join(tmpdir(), 'cardwright-fake-'));
  afterAll(() => {
    rmSync(fakes, { recursive: true });
  });

  const script = (text: string): string => {
    const path = join(fakes, `chromium-${Math.random()}`);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const start = (program: string) =>
    openChromium({ program, headless: true, size, startLimitMs: 400 }, noPages);

  it('is given up after its time limit and ended', async () => {
    const path = script('exec sleep 60');
    expect(await start(path)).toMatchObject({
      ok: false,
      fault: { code: 'browser-not-started', data: { program: path, detail: 'it did not answer in time' } },
    });
  });

  it('says what the browser said', async () => {
    const path = script('echo "DevTools remote debugging is disallowed by the system admin." >&2; exit 1');
    expect(await start(path)).toMatchObject({
      ok: false,
      fault: { code: 'browser-not-started', data: { said: expect.stringContaining('disallowed') as string } },
    });
  });

  it('is named when it is not there', async () => {
    expect(await start('/no/such/chromium')).toMatchObject({
      ok: false,
      fault: { code: 'browser-not-started' },
    });
    expect(findChromium({ PATH: '/no/such/folder' })).toBeUndefined();
    expect(findChromium({ PATH: '/usr/bin', CARDWRIGHT_CHROMIUM: '/no/such/chromium' })).toBeUndefined();
  });
});

const has = (name: string): boolean => existsSync(`/usr/bin/${name}`);

const processesWith = (profile: string): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && commandLine(pid).includes(profile));

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended with another one
  }
}
