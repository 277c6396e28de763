import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Where the screens live in both hosts. It resolves nowhere: each host answers it itself. */
export const stationOrigin = 'https://station.local';

export const pageOf = { officer: `${stationOrigin}/index.html`, customer: `${stationOrigin}/customer.html` };

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Pages {
  /** Answers any address; what is not a file of the screens is 404, and another origin is 403. */
  answer(url: string): PageAnswer;
  /** Puts a document where it can be printed from, with the fonts of the screens. */
  place(html: string): { readonly url: string; remove(): void };
}

/**
 * The built screens (`dist/renderer`) under `stationOrigin`. Only files that were there at the start
 * can be asked for, by their exact name, so no path can lead anywhere else.
 */
export function openPages(folder: string): Pages {
  // Held in memory (about 10 MB), so that a new build does not pull pages away from under an open window.
  const files = new Map(
    globSync('**/*', { cwd: folder, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [
        path.slice(folder.length).replaceAll('\\', '/').replace(/^\/*/, '/'),
        readFileSync(path),
      ]),
  );
  const fonts = fontFaces(files);
  const placed = new Map<string, string>();

  return {
    answer(address) {
      const url = URL.parse(address);
      if (url?.origin !== stationOrigin) return plain(403, 'another origin');
      const document = placed.get(url.pathname);
      if (document !== undefined) return printable(document, fonts);
      const bytes = files.get(url.pathname);
      if (bytes === undefined) return plain(404, 'not found');
      const extension = extname(url.pathname);
      return extension === '.html' ? page(bytes.toString('utf8')) : asset(extension, bytes);
    },
    place(html) {
      const path = `/print/${randomBytes(16).toString('hex')}.html`;
      placed.set(path, html);
      return { url: stationOrigin + path, remove: () => placed.delete(path) };
    },
  };
}

const screenPolicy = (nonce: string): string =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self' data:`,
    `connect-src 'none'`,
    // No new windows, no downloads, no dialogs of the browser's.
    'sandbox allow-scripts allow-same-origin allow-forms',
    ...never,
  ].join('; ');

/** A document to be printed is ours, and still it gets no script and reaches nothing. */
const printPolicy = [
  `default-src 'none'`,
  `style-src 'unsafe-inline'`,
  `img-src data:`,
  `font-src 'self' data:`,
  'sandbox allow-same-origin',
];
const never = [`base-uri 'none'`, `form-action 'none'`, `frame-ancestors 'none'`];

const always: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), midi=(), payment=(), display-capture=()',
};

function page(html: string): PageAnswer {
  const nonce = randomBytes(16).toString('base64');
  return {
    status: 200,
    headers: {
      ...always,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': screenPolicy(nonce),
    },
    body: bytesOf(html.replaceAll('__CSP_NONCE__', nonce)),
  };
}

function printable(html: string, fonts: string): PageAnswer {
  const style = `<style>${fonts}</style>`;
  const head = /<head[^>]*>/i.exec(html)?.[0];
  return {
    status: 200,
    headers: {
      ...always,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [...printPolicy, ...never].join('; '),
    },
    body: bytesOf(head === undefined ? style + html : html.replace(head, head + style)),
  };
}

function asset(extension: string, body: Uint8Array): PageAnswer {
  const type = types[extension] ?? 'application/octet-stream';
  return { status: 200, headers: { ...always, 'content-type': type }, body };
}

const plain = (status: number, text: string): PageAnswer => ({
  status,
  headers: { ...always, 'content-type': 'text/plain; charset=utf-8' },
  body: bytesOf(text),
});

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/**
 * The screens' own @font-face rules: the machine may have no Chinese font, and a receipt must be readable.
 * Each is there under the plain name of its family too, which is how a document for print asks for it.
 */
function fontFaces(files: ReadonlyMap<string, Buffer>): string {
  const rules = new Set<string>();
  for (const [name, bytes] of files)
    for (const [rule] of (name.endsWith('.css') ? bytes.toString('utf8') : '').matchAll(
      /@font-face\s*\{[^}]*\}/g,
    )) {
      const absolute = rule.replaceAll(
        /url\((['"]?)(?!data:|\/|https:)\.?\/?/g,
        `url($1${stationOrigin}/assets/`,
      );
      rules.add(absolute);
      rules.add(absolute.replace(/ Variable(?=['";])/, ''));
    }
  return [...rules].join('\n');
}
