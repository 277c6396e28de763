import { describe, expect, it } from 'vitest';
import { readCardProfiles } from '../../../electron/station/readers/card-profiles.ts';
import { fromHex } from '../../../electron/shared/codec/index.ts';
import { keyRefusal, type CardQuirk } from '../../../native/quirks/index.ts';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const resources = join(import.meta.dirname, '../../../resources');
const profiles = readCardProfiles(resources);
if (!profiles.ok) throw new Error(JSON.stringify(profiles.fault));
const { keyRefusalOf } = profiles.value;

/** As the cards answer. */
const yubiKey4 = fromHex('3bf81300008131fe15597562696b657934d4');
const yubiKeyNeo = fromHex('3bfc1300008131fe15597562696b65794e454f7233e1');
const yubiKey5 = fromHex('3bfd1300008131fe158073c021c057597562694b657940');
const anyOther = fromHex('3b8d8131fe158073c021c05743572d53494d31aa');

describe('what is known of cards', () => {
  it.each([
    ['4.2.5', undefined],
    ['4.2.6', 'weak'],
    ['4.3.4', 'weak'],
    ['4.3.5', undefined],
    ['4.10.0', undefined],
    [undefined, 'weak'],
  ] as const)('a YubiKey 4 of version %s makes RSA keys: %s', (version, why) => {
    expect(keyRefusalOf({ atr: yubiKey4, version }, 'rsa-2048')?.why).toBe(why);
  });
  it('says so of that make and of RSA only', () => {
    expect(keyRefusalOf({ atr: yubiKey4, version: '4.3.1' }, 'p-256')).toBeUndefined();
    expect(keyRefusalOf({ atr: yubiKey4, version: '4.3.1' }, 'p-384')).toBeUndefined();
    expect(keyRefusalOf({ atr: yubiKey5, version: '4.3.1' }, 'rsa-2048')).toBeUndefined();
    expect(keyRefusalOf({ atr: anyOther }, 'rsa-2048')).toBeUndefined();
  });
  it('knows what older ones do not have', () => {
    expect(keyRefusalOf({ atr: yubiKeyNeo, version: '1.0.4' }, 'p-384')?.why).toBe('not-there');
    expect(keyRefusalOf({ atr: yubiKeyNeo, version: '1.0.4' }, 'rsa-2048')).toBeUndefined();
  });
});

describe('the data', () => {
  const read = (quirks: unknown) => {
    const folder = mkdtempSync(join(tmpdir(), 'quirks-'));
    mkdirSync(join(folder, 'card-profiles'));
    const copy = (name: string, text: string) => writeFileSync(join(folder, 'card-profiles', name), text);
    copy('card-profiles.json', readFileSync(join(resources, 'card-profiles/card-profiles.json'), 'utf8'));
    copy('card-quirks.json', JSON.stringify(quirks));
    const found = readCardProfiles(folder);
    rmSync(folder, { recursive: true });
    return found;
  };
  const one: CardQuirk = { name: 'x', atr: '3b..01*', noKeys: [{ algorithm: 'p-256', why: 'weak' }] };

  it('any byte and any rest', () => {
    expect(keyRefusal({ atr: fromHex('3b8801') }, 'p-256', [one])).toEqual({ why: 'weak', name: 'x' });
    expect(keyRefusal({ atr: fromHex('3b880177') }, 'p-256', [one])).toBeDefined();
    expect(keyRefusal({ atr: fromHex('3b880277') }, 'p-256', [one])).toBeUndefined();
  });
  it('is refused as a whole when a part of it is wrong', () => {
    expect(read([one]).ok).toBe(true);
    for (const wrong of [
      { ...one, atr: '3b8' },
      { ...one, from: '4.x' },
      { ...one, noKeys: [] },
      { ...one, noKeys: [{ algorithm: 'rsa-1024', why: 'weak' }] },
    ])
      expect(read([wrong])).toMatchObject({ fault: { code: 'database-damaged' } });
  });
});
