import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page, type Route } from 'playwright';
import { build } from 'vite';
import { fakeNow } from '../harness/fake-station/index.ts';
import { comparePictures, type Difference } from './compare-pictures.ts';
import type { Scene } from './scenes.ts';

const origin = 'https://station.local';

export interface Look {
  readonly locale: 'zh-CN' | 'en';
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

export interface Photographer {
  photograph(scene: Scene, look: Look): Promise<Buffer>;
  /** The page of a scene after its moves, for as long as `use` needs it. */
  visit(scene: Scene, look: Look, use: (page: Page) => Promise<void>): Promise<void>;
  /** Everything the pages complained about: broken policy, missing files, errors. */
  readonly complaints: readonly string[];
  compare(one: Buffer, other: Buffer): Promise<Difference>;
  close(): Promise<void>;
}

/** Takes pictures of the built pages, served as a host serves them, with a fake station behind them. */
export async function openPhotographer(): Promise<Photographer> {
  const folder = await mkdtemp(join(tmpdir(), 'cardwright-pages-'));
  await build({
    configFile: fileURLToPath(new URL('../../renderer/vite.config.ts', import.meta.url)),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  const script = await pageScript();
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text', '--hide-scrollbars'],
  });
  const complaints: string[] = [];
  const pages = { folder, script, complaints };
  return {
    complaints,
    visit: (scene, look, use) => visit(browser, pages, scene, look, use),
    async photograph(scene, look) {
      let picture: Buffer = Buffer.alloc(0);
      await visit(browser, pages, scene, look, async (page) => {
        await settle(page);
        picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
      });
      return picture;
    },
    compare: (one, other) => comparePictures(browser, one, other),
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function visit(
  browser: Browser,
  { folder, script, complaints }: { folder: string; script: string; complaints: string[] },
  scene: Scene,
  look: Look,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.theme,
    locale: look.locale,
    reducedMotion: 'reduce',
    timezoneId: 'Asia/Shanghai',
  });
  try {
    await context.route('**/*', (route) => serveFile(route, folder));
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        complaints.push(`${scene.name}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`${scene.name}: ${error.message}`));
    await page.clock.setFixedTime(fakeNow);
    await page.addInitScript(`globalThis.__scene = ${JSON.stringify(scene.name)};${script}`);
    await page.goto(`${origin}/${scene.seat === 'customer' ? 'customer' : 'index'}.html`);
    // A busy machine takes its time over the first script.
    await page.waitForSelector('[data-testid]', { timeout: 15_000 });
    for (const move of scene.moves ?? []) await act(page, move);
    await use(page);
  } finally {
    await context.close();
  }
}

/** One move of a scene. */
export async function act(page: Page, move: string): Promise<void> {
  const timeout = 15_000;
  if (move.startsWith('#')) await page.keyboard.press(move.slice(1));
  else if (move.startsWith('~')) await page.getByTestId(move.slice(1)).waitFor({ timeout });
  else if (move.startsWith('!'))
    await page.evaluate((what) => {
      (globalThis as unknown as { __do(what: string): void }).__do(what);
    }, move.slice(1));
  else if (move.includes('=')) {
    const [testId = '', ...text] = move.split('=');
    await page.getByTestId(testId).fill(text.join('='), { timeout });
  } else await page.getByTestId(move).click({ timeout });
}

async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await document.fonts.ready;
  });
  await page.waitForTimeout(120);
}

/** As the hosts do it: the file, the policy, and a fresh nonce in both. */
async function serveFile(route: Route, folder: string): Promise<void> {
  const url = new URL(route.request().url());
  if (url.origin !== origin) {
    await route.abort();
    return;
  }
  const path = decodeURIComponent(url.pathname).replace(/^\/+/, '');
  try {
    const file = await readFile(join(folder, path));
    const nonce = 'bm9uY2Ugb2YgdGhlIHBob3RvZ3JhcGhlcg==';
    const isPage = path.endsWith('.html');
    await route.fulfill({
      body: isPage ? file.toString('utf8').replaceAll('__CSP_NONCE__', nonce) : file,
      contentType: contentTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
      headers: isPage
        ? {
            'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self' data:; connect-src 'none'`,
          }
        : {},
    });
  } catch {
    await route.fulfill({ status: 404, body: '' });
  }
}

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
  woff2: 'font/woff2',
  svg: 'image/svg+xml',
};

async function pageScript(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'chrome140',
      lib: {
        entry: fileURLToPath(new URL('./page-script.ts', import.meta.url)),
        formats: ['iife'],
        name: 'gallery',
      },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!('output' in output)) throw new Error('the page script was not built');
  return output.output[0].code;
}
