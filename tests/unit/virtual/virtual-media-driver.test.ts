import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { MediaSlotState } from '../../../native/drivers/media-driver.ts';
import {
  createMedium,
  loadMedium,
  virtualMediaDriver,
  type NewMedium,
} from '../../../native/virtual/index.ts';

const root = mkdtempSync(join(tmpdir(), 'virtual-media-'));
afterAll(() => rmSync(root, { recursive: true }));
let made = 0;
const newFolder = () => join(root, String(++made));

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};
const slot = 'Slot 1';
const prepared = async (wanted: NewMedium = {}) => {
  const folder = newFolder();
  const driver = virtualMediaDriver([{ slot, label: 'SD' }]);
  const medium = createMedium(folder, wanted);
  valueOf(driver.insert(slot, medium));
  return { folder, driver, medium, script: driver.script(slot), volume: valueOf(await driver.open(slot)) };
};
const text = utf8('hello');

describe('files', () => {
  it('writes, lists, reads, removes', async () => {
    const { volume, folder } = await prepared();
    expect(await volume.write('BANKCARD/bank/client.html', text)).toEqual(ok());
    expect(await volume.write('BANKCARD/directory.json', text)).toEqual(ok());
    expect(await volume.write('photo.jpg', text)).toEqual(ok());
    expect(await volume.list('BANKCARD')).toEqual(
      ok(['BANKCARD/bank/client.html', 'BANKCARD/directory.json']),
    );
    expect(valueOf(await volume.list(''))).toHaveLength(3);
    expect(await volume.list('nowhere')).toEqual(ok([]));
    expect(await volume.read('photo.jpg')).toEqual(ok(text));
    expect(readFileSync(join(folder, 'volume/photo.jpg'), 'utf8')).toBe('hello');
    expect(await volume.remove('BANKCARD/bank/client.html')).toEqual(ok());
    expect(existsSync(join(folder, 'volume/BANKCARD/bank'))).toBe(false);
    expect(existsSync(join(folder, 'volume/BANKCARD'))).toBe(true);
    expect(await volume.remove('BANKCARD/bank/client.html')).toEqual(ok());
    expect(await volume.read('BANKCARD/bank/client.html')).toEqual(
      fail('medium-file-missing', { path: 'BANKCARD/bank/client.html' }),
    );
  });
  it.each(['../out', '/etc/passwd', 'a/../../b', 'a//b', './a', 'a\\b', 'c:x', '', 'a\u0000b'])(
    'cannot leave the volume by %j',
    async (path) => {
      const { volume } = await prepared();
      expect(await volume.write(path, text)).toMatchObject({ fault: { code: 'bad-input' } });
      expect(await volume.read(path)).toMatchObject({ fault: { code: 'bad-input' } });
      expect(await volume.remove(path)).toMatchObject({ fault: { code: 'bad-input' } });
    },
  );
  it('counts space in clusters and says when it is full', async () => {
    const { volume, script } = await prepared({ sizeBytes: 100_000, otherBytes: 90_000 });
    expect(await volume.freeBytes()).toEqual(ok(10_000));
    expect(await volume.write('a', new Uint8Array(1))).toEqual(ok());
    expect(await volume.freeBytes()).toEqual(ok(5_904));
    expect(await volume.write('b', new Uint8Array(5_000))).toMatchObject({ fault: { code: 'medium-full' } });
    expect(await volume.read('b')).toMatchObject({ fault: { code: 'medium-file-missing' } });
    expect(await volume.write('a', new Uint8Array(4_096))).toEqual(ok());
    expect(script.count).toBe(6);
  });
  it('write protection lets nothing through', async () => {
    const { volume, driver } = await prepared({ writeProtected: true });
    expect(driver.slots()[0]?.medium?.writeProtected).toBe(true);
    expect(await volume.write('a', text)).toEqual(fail('medium-write-protected'));
    expect(await volume.remove('a')).toEqual(fail('medium-write-protected'));
    expect(await volume.list('')).toEqual(ok([]));
  });
});

describe('identity', () => {
  it('stays with the medium and differs from every other', async () => {
    const { folder, medium, driver } = await prepared();
    expect(loadMedium(folder).identity).toEqual(medium.identity);
    expect(createMedium(newFolder()).identity.text).not.toBe(medium.identity.text);
    expect(medium.identity.text).toBe(
      `${medium.identity.serial}|${medium.identity.cid!}|7948206080|${medium.identity.text.split('|')[3]!}`,
    );
    expect(medium.identity.cid).toMatch(/^[0-9a-f]{32}$/);
    expect((await driver.open(slot, medium.identity)).ok).toBe(true);
    expect(await driver.open(slot, createMedium(newFolder()).identity)).toMatchObject({
      fault: { code: 'medium-swapped' },
    });
  });
  it('the CID ends with its CRC', () => {
    const cid = createMedium(newFolder()).identity.cid!;
    let crc = 0;
    for (const bit of BigInt(`0x${cid.slice(0, 30)}`)
      .toString(2)
      .padStart(120, '0')) {
      crc = (crc << 1) | Number(bit);
      if ((crc & 0x80) !== 0) crc ^= 0x89;
    }
    for (let round = 0; round < 7; round++) {
      crc <<= 1;
      if ((crc & 0x80) !== 0) crc ^= 0x89;
    }
    expect(Number.parseInt(cid.slice(30), 16)).toBe((crc << 1) | 1);
  });
});

describe('a medium that is pulled', () => {
  const write = async (n: number, when: 'before' | 'during' | 'after') => {
    const { volume, driver, script, folder } = await prepared();
    script.pullAt(n, when);
    const results = [await volume.write('a', text), await volume.write('b', text)];
    const at = (name: string) => join(folder, 'volume', name);
    const read = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : undefined);
    return { results, a: read('a'), b: read('b'), present: driver.slots()[0]?.medium !== undefined };
  };
  it.each([
    [1, 'before', undefined, undefined],
    [1, 'during', 'he', undefined],
    [1, 'after', 'hello', undefined],
    [2, 'before', 'hello', undefined],
    [2, 'during', 'hello', 'he'],
    [2, 'after', 'hello', 'hello'],
  ] as const)('at write %i, %s', async (n, when, a, b) => {
    const result = await write(n, when);
    expect(result).toMatchObject({ a, b, present: false });
    expect(result.results[1]).toEqual(fail('medium-removed'));
  });
  it('a volume belongs to one insertion', async () => {
    const { volume, driver, medium } = await prepared();
    valueOf(driver.remove(slot));
    expect(await volume.read('a')).toEqual(fail('medium-removed'));
    expect(await driver.open(slot)).toMatchObject({ fault: { code: 'no-medium' } });
    valueOf(driver.insert(slot, medium));
    expect(await volume.read('a')).toEqual(fail('medium-swapped'));
    expect((await driver.open(slot)).ok).toBe(true);
  });
});

describe('a bad cell', () => {
  it('that the controller notices', async () => {
    const { volume, script } = await prepared();
    script.damageOnce((path) => path === 'b', 'io-error');
    expect(await volume.write('a', text)).toEqual(ok());
    expect(await volume.write('b', text)).toEqual(fail('medium-io-error', { path: 'b' }));
  });
  it('that only a cold read finds', async () => {
    const { volume, script } = await prepared();
    script.damageOnce(() => true, 'silent');
    expect(await volume.write('a', text)).toEqual(ok());
    expect(await volume.read('a')).toEqual(ok(text));
    valueOf(await volume.makeCold());
    expect(valueOf(await volume.read('a'))).not.toEqual(text);
  });
});

describe('slots', () => {
  it('tells every change', async () => {
    const { driver, medium } = await prepared();
    const seen: (string | undefined)[] = [];
    const stop = driver.onChange((slots: readonly MediaSlotState[]) =>
      seen.push(slots[0]?.medium?.identity.serial),
    );
    valueOf(driver.remove(slot));
    expect(driver.insert('nowhere', medium)).toMatchObject({ fault: { code: 'medium-unknown' } });
    valueOf(driver.insert(slot, medium));
    expect(driver.insert(slot, medium)).toMatchObject({ fault: { code: 'reader-busy' } });
    stop();
    valueOf(driver.remove(slot));
    expect(seen).toEqual([undefined, medium.identity.serial]);
  });
  it('insertions are counted', async () => {
    const { driver, medium } = await prepared();
    driver.remove(slot);
    driver.insert(slot, medium);
    expect(driver.slots()[0]?.medium?.insertion).toBe(2);
  });
  it('refuses what it cannot write', async () => {
    const driver = virtualMediaDriver([{ slot, label: 'SD' }]);
    driver.insert(slot, createMedium(newFolder(), { fileSystem: 'none' }));
    expect(await driver.open(slot)).toMatchObject({ fault: { code: 'medium-unsupported' } });
    expect(await driver.open('nowhere')).toMatchObject({ fault: { code: 'medium-unknown' } });
  });
});
