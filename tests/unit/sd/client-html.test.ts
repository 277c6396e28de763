import { describe, expect, it } from 'vitest';
import {
  personaliseClient,
  readCredential,
  readProgramVersion,
  replaceProgram,
  type ClientCredential,
} from '../../../native/applications/sd/index.ts';
import { plainTemplate } from './issued-content.ts';

const credential: ClientCredential = {
  bankId: 'yunshan',
  bankName: '云山银行',
  portalOrigin: 'https://127.0.0.1:8443',
  cardId: 'CW-2026-000001',
  certificate: Uint8Array.of(0x30, 0x03, 1, 2, 3),
  userInfo: Uint8Array.of(0x30, 0x01, 0xff),
  key: Uint8Array.from({ length: 300 }, (_, at) => at % 256),
  clientVersion: '1.0.0',
};
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const damaged = { ok: false, fault: { code: 'medium-file-damaged', data: { path: 'client.html' } } };

describe('a personal client', () => {
  it('carries the credential and gives it back', () => {
    const html = personaliseClient(plainTemplate(), credential);
    expect(readCredential(html)).toEqual({ ok: true, value: credential });
    expect(text(html)).toContain('<p>program 1.0.0</p>');
  });

  it('is the template outside the block, byte for byte', () => {
    const html = text(personaliseClient(plainTemplate(), credential));
    const emptied = html.replace(/(id="cardwright-credential">).*(<\/script>)/, '$1null$2');
    expect(emptied).toBe(plainTemplate());
  });

  it.each(['</script><script>alert(1)</script>', '<!--<script>', '$&$1', 'a"b\\c\u2028', '𠮷野家銀行'])(
    'cannot be broken by a name: %s',
    (bankName) => {
      const html = personaliseClient(plainTemplate(), { ...credential, bankName });
      expect(readCredential(html)).toEqual({ ok: true, value: { ...credential, bankName } });
      const block = text(html).split('id="cardwright-credential">')[1]?.split('</script>')[0] ?? '';
      expect(block).not.toContain('<');
      expect(text(html).match(/<script/g)).toHaveLength(1);
      expect(text(html).match(/<\/script>/g)).toHaveLength(1);
    },
  );

  it('carries nothing but the known fields', () => {
    const more = { ...credential, pin: '271828' };
    expect(text(personaliseClient(plainTemplate(), more))).not.toContain('271828');
  });

  it('can only be made from a client program', () => {
    expect(() => personaliseClient('<p>no block</p>', credential)).toThrow(/credential block/);
    expect(() => personaliseClient(plainTemplate() + plainTemplate(), credential)).toThrow(
      /credential block/,
    );
  });
});

describe('a damaged client', () => {
  const html = personaliseClient(plainTemplate(), credential);
  it.each([0, 10, 200, 400])('is one cut short to %i bytes', (length) => {
    expect(readCredential(html.subarray(0, length))).toEqual(damaged);
  });

  it('is one with two blocks, of which the browser would take the first', () => {
    expect(readCredential(Buffer.concat([html, html]))).toEqual(damaged);
  });

  it('is one that was never personalised', () => {
    expect(readCredential(new TextEncoder().encode(plainTemplate()))).toEqual(damaged);
  });

  it('is one with base64 that is none', () => {
    const changed = text(html).replace('"MAH/"', '"MAH!"');
    expect(changed).not.toBe(text(html));
    expect(readCredential(new TextEncoder().encode(changed))).toEqual(damaged);
  });

  it('is one with bytes that are no text', () => {
    const changed = html.slice();
    changed[5] = 0xff;
    expect(readCredential(changed)).toEqual(damaged);
  });
});

describe('a newer program', () => {
  it('takes over the credential block byte for byte, however it was written', () => {
    const odd = new TextEncoder().encode(
      text(personaliseClient(plainTemplate(), credential)).replace('{"bankId"', '  { "bankId"'),
    );
    const newer = replaceProgram(odd, plainTemplate('2.0.0'));
    expect(newer.ok).toBe(true);
    if (!newer.ok) return;
    const block = /id="cardwright-credential">(.*)<\/script>/;
    expect(block.exec(text(newer.value))?.[1]).toBe(block.exec(text(odd))?.[1]);
    expect(text(newer.value)).toContain('<p>program 2.0.0</p>');
    expect(text(newer.value)).not.toContain('1.0.0">');
    expect(readProgramVersion(newer.value)).toEqual({ ok: true, value: '2.0.0' });
    expect(readCredential(newer.value)).toEqual({ ok: true, value: credential });
  });

  it('is not put around a credential that cannot be read', () => {
    expect(replaceProgram(new TextEncoder().encode(plainTemplate()), plainTemplate('2.0.0'))).toEqual(
      damaged,
    );
    expect(replaceProgram(Uint8Array.of(1, 2, 3), plainTemplate('2.0.0'))).toEqual(damaged);
  });
});
