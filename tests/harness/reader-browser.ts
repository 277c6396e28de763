import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { chromium, type BrowserContext, type Page } from 'playwright';

const run = promisify(execFile);
const module = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';

/** What Playwright says when the browser is gone. */
export const browserEnded = 'Target page, context or browser has been closed';

/** A customer's computer: Chromium with OpenSC as its PKCS#11 module, in a window on a display of its own. */
export interface ReaderBrowser {
  readonly context: BrowserContext;
  /** Types into the window that the browser opens for the card PIN, once it is there. */
  enterPin(pin: string): Promise<void>;
  /** Takes the certificate that the browser offers, and waits until the page is another. */
  chooseCertificate(page: Page): Promise<void>;
  close(): Promise<void>;
}

/** Why it cannot run here; `undefined`: it can. */
export const whyNoReaderBrowser = (): string | undefined => {
  for (const [file, pack] of [
    ['/usr/bin/Xvfb', 'xvfb'],
    ['/usr/bin/xdotool', 'xdotool'],
    ['/usr/bin/modutil', 'libnss3-tools'],
    ['/usr/bin/chromium', 'chromium'],
    [module, 'opensc-pkcs11'],
  ] as const)
    if (!existsSync(file)) return `${file} is missing (apt-get install ${pack})`;
  return undefined;
};

export const startReaderBrowser = async (options: {
  /** PEM file of the authority of the bank's servers. */
  readonly caFile: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<ReaderBrowser> => {
  const home = mkdtempSync(join(tmpdir(), 'reader-browser-'));
  const database = join(home, '.pki/nssdb');
  mkdirSync(database, { recursive: true });
  const { display, screen } = await startDisplay();
  const environment = { ...process.env, ...options.environment, HOME: home, DISPLAY: display };
  const withNss = (program: string, ...args: string[]) =>
    run(program, ['-d', `sql:${database}`, ...args], { env: environment });
  await withNss('certutil', '-N', '--empty-password');
  await withNss('certutil', '-A', '-n', 'bank', '-t', 'C,,', '-i', options.caFile);
  // Its flags come in another order than certutil's.
  await run('modutil', ['-force', '-dbdir', `sql:${database}`, '-add', 'OpenSC', '-libfile', module], {
    env: environment,
  });
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: '/usr/bin/chromium',
    headless: false,
    env: environment,
    viewport: null,
    locale: 'en-GB',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update'],
      ...['--window-size=980,780', '--window-position=0,0'],
    ],
  });
  const xdo = (...args: string[]) => run('xdotool', args, { env: environment });
  const windowNamed = async (name: string): Promise<string> => {
    for (let round = 0; round < 200; round++) {
      const { stdout } = await xdo('search', '--onlyvisible', '--name', name).catch(() => ({ stdout: '' }));
      const [id] = stdout.trim().split('\n');
      if (id !== undefined && id !== '') return id;
      await pause(100);
    }
    throw new Error(`the browser opened no window "${name}"`);
  };
  return {
    context,
    enterPin: async (pin) => {
      await xdo('windowfocus', '--sync', await windowNamed('Unlock Security Device'));
      await xdo('type', pin);
      await xdo('key', 'Return');
    },
    chooseCertificate: (page) =>
      // The list is drawn inside the browser's own window, where nothing from outside sees it come.
      untilElsewhere(page, async () => {
        await xdo('windowfocus', '--sync', await windowNamed('Chromium'));
        await xdo('key', 'Return');
      }),
    close: async () => {
      await context.close();
      screen.kill();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

const untilElsewhere = async (page: Page, act: () => Promise<void>): Promise<void> => {
  const before = page.url();
  for (let round = 0; page.url() === before; round++) {
    if (round > 100) throw new Error(`the browser stayed at ${before}`);
    await act().catch((error: unknown) => {
      // The window went away between looking and acting; the page tells whether that was all.
      if (page.url() === before && round > 30) throw error;
    });
    await pause(300);
  }
};

/** Xvfb chooses a free number by itself and says which. */
const startDisplay = (): Promise<{ display: string; screen: ChildProcess }> =>
  new Promise((resolve, reject) => {
    const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1000x800x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    screen.once('error', reject);
    screen.once('exit', () => {
      reject(new Error('Xvfb did not start'));
    });
    screen.stdio[3]?.once('data', (number: Buffer) => {
      resolve({ display: `:${number.toString().trim()}`, screen });
    });
  });
