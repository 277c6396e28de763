import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Transfer } from '../../../native/drivers/media-driver.ts';
import { mountedVolume, type Mounting } from '../../../native/drivers/media/mounted-volume.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';

const identity = { text: 's|c|1', serial: 's', cid: 'c', sizeBytes: 1 };
let root = '';
let there: Awaited<ReturnType<Mounting['stillThere']>> = 'same';
let remounts = 0;
/** What the kernel counted; every file read asks the medium unless a cache answers. */
let counted: (() => number | undefined) | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cardwright-volume-'));
  there = 'same';
  remounts = 0;
  counted = undefined;
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

let asked = 0;
const volume = () =>
  mountedVolume('sdx', identity, {
    folder: () => join(root, `mount${remounts.toString()}`),
    stillThere: () => Promise.resolve(there),
    remount() {
      renameSync(join(root, `mount${remounts.toString()}`), join(root, `mount${(remounts + 1).toString()}`));
      remounts += 1;
      return Promise.resolve(ok({ deviceCacheDropped: true }));
    },
    bytesRead: () => Promise.resolve((counted ?? (() => (asked += 1_000_000)))()),
    release: () => Promise.resolve(),
  });

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a mounted volume', () => {
  beforeEach(() => {
    mkdirSync(join(root, 'mount0'));
  });

  test('writes, lists, reads across a remount, and removes the folders it leaves empty but nobody else’s', async () => {
    const v = volume();
    writeFileSync(join(root, 'mount0', 'holiday.jpg'), 'x');
    mkdirSync(join(root, 'mount0', 'DCIM'));
    expect(await v.write('BANKCARD/bank/key.p8', bytes('key'))).toEqual(ok());
    expect(await v.list('BANKCARD')).toEqual(ok(['BANKCARD/bank/key.p8']));
    expect(await v.makeCold()).toEqual(ok());
    expect(await v.read('BANKCARD/bank/key.p8')).toEqual(ok(bytes('key')));
    expect(await v.remove('BANKCARD/bank/key.p8')).toEqual(ok());
    expect(await v.list('')).toEqual(ok(['holiday.jpg']));
    expect(readFileSync(join(root, 'mount1', 'holiday.jpg'), 'utf8')).toBe('x');
    expect(await v.list('DCIM')).toEqual(ok([]));
  });

  test('a cold read is one for which the medium was asked, at least once for every byte', async () => {
    let sectors = 0;
    counted = () => sectors;
    const v = volume();
    await v.write('a', bytes('content'));
    expect(await v.read('a')).toEqual(ok(bytes('content'))); // warm, and nobody says otherwise
    expect(v.coldRead()).toBeUndefined();
    await v.makeCold();
    expect(await v.read('a')).toEqual(fail('medium-read-not-cold', { slot: 'sdx', path: 'a' }));
    counted = () => (sectors += 6);
    expect(await v.read('a')).toEqual(fail('medium-read-not-cold', { slot: 'sdx', path: 'a' }));
    counted = () => (sectors += 512);
    expect(await v.read('a')).toEqual(ok(bytes('content')));
    expect(v.coldRead()).toEqual({ deviceCacheDropped: true, files: 1, fileBytes: 7, mediumBytes: 512 });
    counted = () => sectors;
    expect(await v.read('a')).toEqual(ok(bytes('content'))); // once cold is enough
    await v.makeCold();
    expect(await v.read('a')).toMatchObject({ ok: false }); // until the next time
  });

  test('what is written after the cold moment may come from memory; a system that does not count cannot prove', async () => {
    counted = () => 0;
    const v = volume();
    await v.makeCold();
    await v.write('b', bytes('b'));
    expect(await v.read('b')).toEqual(ok(bytes('b')));
    counted = () => undefined;
    expect(await v.makeCold()).toEqual(fail('medium-read-not-cold', { slot: 'sdx', reason: 'not-counted' }));
  });

  test('an absent folder is empty, an absent file is missing, removing it is fine', async () => {
    const v = volume();
    expect(await v.list('nothing')).toEqual(ok([]));
    expect(await v.read('nothing')).toEqual(fail('medium-file-missing', { slot: 'sdx', path: 'nothing' }));
    expect(await v.remove('a/b/nothing')).toEqual(ok());
  });

  test.each(['../x', '/etc/passwd', 'a/../../x', '..', 'a\\b'])(
    'the path %s does not leave the volume',
    async (path) => {
      const written = await volume()
        .write(path, bytes('x'))
        .then(
          (result) => result.ok,
          () => false,
        );
      expect(written).toBe(false);
    },
  );

  test('an empty list of a medium that is gone is not believed', async () => {
    const v = volume();
    there = 'gone';
    expect(await v.list('')).toEqual(fail('medium-removed', { slot: 'sdx' }));
  });

  test('while a file is flushed it tells how much of it the medium has, as the system counts', async () => {
    let written = 5000;
    const v = mountedVolume('sdx', identity, {
      folder: () => join(root, 'mount0'),
      stillThere: () => Promise.resolve('same'),
      remount: () => Promise.resolve(ok({ deviceCacheDropped: true })),
      bytesRead: () => Promise.resolve(0),
      bytesWritten: () => Promise.resolve((written += 300)),
      // A slow card: what the file was given is in memory long before.
      writeBack: () => pause(1100).then(() => 'done'),
      release: () => Promise.resolve(),
    });
    const seen: Transfer[] = [];
    const stop = v.onTransfer?.((transfer) => seen.push(transfer));
    await v.write('a', new Uint8Array(1000));
    expect(seen.map(({ doneBytes }) => doneBytes).slice(0, 4)).toEqual([300, 600, 900, 1000]);
    expect(seen[0]).toMatchObject({ doing: 'writing', path: 'a', ofBytes: 1000 });
    stop?.();
    seen.length = 0;
    await v.write('b', new Uint8Array(1000));
    expect(seen).toEqual([]);
  });

  test('after it was swapped, nothing is written, not even when the first one comes back', async () => {
    const v = volume();
    there = 'another';
    expect(await v.write('a', bytes('a'))).toEqual(fail('medium-swapped', { slot: 'sdx' }));
    there = 'same';
    expect(await v.write('a', bytes('a'))).toEqual(fail('medium-swapped', { slot: 'sdx' }));
  });

  test('it is looked at again before anything is read back: another one, or none, is not verified', async () => {
    for (const [what, code] of [
      ['another', 'medium-swapped'],
      ['gone', 'medium-removed'],
    ] as const) {
      there = 'same';
      const v = volume();
      await v.write('a', bytes('a'));
      there = what;
      expect(await v.makeCold()).toEqual(fail(code, { slot: 'sdx' }));
      there = 'same';
      expect(await v.read('a')).toEqual(fail(code, { slot: 'sdx' }));
    }
  });

  test('a file where a folder should be is an I/O fault, and ends the volume', async () => {
    const v = volume();
    writeFileSync(join(root, 'mount0', 'BANKCARD'), 'file');
    expect((await v.write('BANKCARD/x', bytes('x'))).ok).toBe(false);
    expect((await v.read('BANKCARD')).ok).toBe(false);
  });
});

describe('the flushes of a writer', () => {
  const orders: string[] = [];
  const onMount = (more: Partial<Mounting>) =>
    mountedVolume('sdx', identity, {
      folder: () => root,
      stillThere: () => Promise.resolve('same'),
      remount: () => Promise.resolve(ok({ deviceCacheDropped: true })),
      bytesRead: () => Promise.resolve(0),
      release: () => Promise.resolve(),
      ...more,
    });
  let stopCounting = (): void => undefined;

  beforeEach(async () => {
    orders.length = 0;
    const handle = await open(root, 'r');
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    const { sync } = prototype;
    prototype.sync = async function (this: FileHandle) {
      orders.push(relative(root, readlinkSync(`/proc/self/fd/${this.fd}`)));
      return sync.call(this);
    };
    stopCounting = () => void (prototype.sync = sync);
    await handle.close();
  });
  afterEach(() => stopCounting());

  test.runIf(process.platform === 'linux')(
    'are of the file and of every folder that has a new name',
    async () => {
      await onMount({}).write('BANKCARD/bank/key.p8', bytes('key'));
      expect(orders).toEqual(['BANKCARD/bank/key.p8', 'BANKCARD/bank', 'BANKCARD', '']);
    },
  );

  test.runIf(process.platform === 'linux')(
    'are one where everything is written back at once before it',
    async () => {
      const v = onMount({ writeBack: async () => (orders.push('write back'), 'done') });
      await v.write('BANKCARD/bank/key.p8', bytes('key'));
      expect(orders).toEqual(['write back', 'BANKCARD/bank/key.p8']);
    },
  );

  test.runIf(process.platform === 'linux')(
    'are one where folders are synchronous, until a file has waited',
    async () => {
      const v = onMount({ foldersAreSynchronous: () => true });
      await v.write('a/key', bytes('key'));
      expect(orders).toEqual(['a/key']);
      await v.write('index', bytes('index'), 'with-next');
      expect(orders).toEqual(['a/key']);
      await v.write('a/manifest', bytes('manifest'));
      expect(orders.toSorted()).toEqual(['', 'a', 'a/key', 'a/manifest', 'index']);
    },
  );

  test('what waited may be gone by the next one, and removing nothing flushes nothing', async () => {
    const v = onMount({});
    await v.write('index', bytes('index'), 'with-next');
    expect(await v.remove('nothing')).toEqual(ok());
    expect(orders).toEqual([]);
    expect(await v.remove('index')).toEqual(ok());
    expect(await v.write('b', bytes('b'))).toEqual(ok());
  });

  test('a write back that fails is a fault, and ends the volume', async () => {
    const v = onMount({
      writeBack: () => Promise.reject(Object.assign(new Error('bad sector'), { code: 'EIO' })),
    });
    expect(await v.write('a', bytes('a'))).toMatchObject({ ok: false, fault: { code: 'medium-io-error' } });
    expect(await v.read('a')).toMatchObject({ ok: false, fault: { code: 'medium-io-error' } });
  });
});

describe.runIf(process.platform === 'linux')('a full medium', () => {
  test('is a fault of its own', async () => {
    const v = mountedVolume('full', identity, {
      folder: () => '/dev',
      stillThere: () => Promise.resolve('same'),
      remount: () => Promise.resolve(ok({ deviceCacheDropped: true })),
      bytesRead: () => Promise.resolve(0),
      release: () => Promise.resolve(),
    });
    expect(await v.write('full', bytes('x'))).toMatchObject({ ok: false, fault: { code: 'medium-full' } });
  });
});
