import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { readProgramVersion } from '../../../native/applications/sd/index.ts';
import { buildPhoneClient } from '../../../resources/phone-client/build.mjs';
import { clientVersion } from '../../../resources/phone-client/client-version.ts';

let html: string;
beforeAll(async () => {
  html = await buildPhoneClient();
});

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
const inside = (pattern: RegExp): string => pattern.exec(html)?.[1] ?? '';
const policy = (): string => inside(/http-equiv="Content-Security-Policy" content="([^"]+)"/);

describe('the built client', () => {
  it('is small enough for any phone and carries no schema library', () => {
    expect(Buffer.byteLength(html)).toBeLessThan(120_000);
    expect(html).not.toMatch(/ZodError|invalid_type/);
  });

  it('is allowed to run its own script and style and to ask its bank and post a form over HTTPS, nothing else', () => {
    const script = inside(/<script>([\s\S]*?)<\/script>/);
    const style = inside(/<style>([\s\S]*?)<\/style>/);
    expect(policy().split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hashOf(script)}`,
      `style-src ${hashOf(style)}`,
      'form-action https:',
      'connect-src https:',
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
    ]);
    expect(script.length).toBeGreaterThan(10_000);
  });

  it('names no address and loads nothing', () => {
    const addresses = html.match(/https?:\/\/[^"'`\s<]+/g) ?? [];
    expect(addresses.filter((address) => address !== 'http://www.w3.org/2000/svg')).toEqual([]);
    expect(html).not.toMatch(/\b(XMLHttpRequest|WebSocket|EventSource|sendBeacon|innerHTML)\b/);
    // Whatever it asks, it asks in one place: the bank of this card.
    expect(html.match(/\bfetch\(/g)).toHaveLength(1);
    expect(html).not.toMatch(/<(link|img|iframe|object)\b/);
  });

  it('has one empty credential block and says its version', () => {
    expect(
      html.match(/<script type="application\/json" id="cardwright-credential">null<\/script>/g),
    ).toHaveLength(1);
    expect(readProgramVersion(html)).toEqual({ ok: true, value: clientVersion });
  });

  it('is the same when it is built again', async () => {
    expect(await buildPhoneClient()).toBe(html);
  });
});
