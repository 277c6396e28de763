import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPages, stationOrigin, type Pages } from '../../../electron/launch/pages.ts';

describe('the pages of the station', () => {
  const outer = mkdtempSync(join(tmpdir(), 'cardwright-pages-'));
  const folder = join(outer, 'renderer');
  let pages: Pages;
  beforeAll(() => {
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(outer, 'secret.txt'), 'secret');
    writeFileSync(join(folder, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
    writeFileSync(join(folder, 'assets/app.js'), 'start();');
    writeFileSync(join(folder, 'assets/font.woff2'), 'font');
    writeFileSync(
      join(folder, 'assets/app.css'),
      `p{color:red}@font-face{font-family:Noto;src:url(./font.woff2) format("woff2");unicode-range:U+4E00}`,
    );
    writeFileSync(join(folder, '.sources'), 'digest');
    pages = openPages(folder);
  });
  afterAll(() => {
    rmSync(outer, { recursive: true });
  });

  const text = (url: string): string => new TextDecoder().decode(pages.answer(url).body);

  it('are found by their exact names', () => {
    expect(pages.answer(`${stationOrigin}/assets/app.js`)).toMatchObject({ status: 200 });
    expect(pages.answer(`${stationOrigin}/assets/app.js`).headers['content-type']).toMatch(
      /^text\/javascript/,
    );
    expect(pages.answer(`${stationOrigin}/assets/app.js?v=1#x`).status).toBe(200);
    expect(pages.answer(`${stationOrigin}/assets/`).status).toBe(404);
    expect(pages.answer(`${stationOrigin}/`).status).toBe(404);
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/.sources',
    '//secret.txt',
    '/assets/app.js%00.html',
  ])('never lead to %s', (path) => {
    expect(pages.answer(stationOrigin + path).status).toBe(404);
  });

  it('do not follow what was put there later', () => {
    symlinkSync(join(outer, 'secret.txt'), join(folder, 'link.txt'));
    expect(pages.answer(`${stationOrigin}/link.txt`).status).toBe(404);
    rmSync(join(folder, 'link.txt'));
  });

  it.each([
    'https://station.local.example/index.html',
    'http://station.local/index.html',
    'file:///etc/passwd',
    'nonsense',
  ])('are only of the station’s origin: %s', (url) => {
    expect(pages.answer(url).status).toBe(403);
  });

  it('carry a policy with a nonce that is new each time', () => {
    const first = pages.answer(`${stationOrigin}/index.html`);
    const second = pages.answer(`${stationOrigin}/index.html`);
    const policy = first.headers['content-security-policy'] ?? '';
    const nonce = /'nonce-([^']{20,})'/.exec(policy)?.[1] ?? '';
    expect(new TextDecoder().decode(first.body)).toBe(`<meta name="csp-nonce" content="${nonce}">`);
    expect(second.headers['content-security-policy']).not.toContain(nonce);
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        `default-src 'none'`,
        `script-src 'self'`,
        `connect-src 'none'`,
        `frame-ancestors 'none'`,
      ]),
    );
    expect(policy).not.toMatch(/unsafe|https?:/);
  });

  it('hold a document to print, with the screens’ fonts, until it is removed', () => {
    const placed = pages.place(
      '<!doctype html><html><head><title>Receipt</title></head><body>7</body></html>',
    );
    const answer = pages.answer(placed.url);
    expect(text(placed.url)).toBe(
      `<!doctype html><html><head><style>@font-face{font-family:Noto;src:url(${stationOrigin}/assets/font.woff2) format("woff2");unicode-range:U+4E00}</style><title>Receipt</title></head><body>7</body></html>`,
    );
    expect(answer.headers['content-security-policy']).not.toContain('script-src');
    placed.remove();
    expect(pages.answer(placed.url).status).toBe(404);
  });
});
