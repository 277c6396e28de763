import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../../electron/shared/result/index.ts';
import {
  SdCardSession,
  readProgramVersion,
  readStartPage,
  replaceProgram,
  sdParts,
  verifyManifest,
  verifyUserInfo,
  type SdInspection,
  type SdPart,
} from '../../../native/applications/sd/index.ts';
import { issueContent, plainTemplate, type IssuedContent } from './issued-content.ts';
import { MemoryVolume, type Stop } from './memory-volume.ts';
import { openOpensslAuthority, type IssuedCertificate, type OpensslAuthority } from './openssl-authority.ts';

let authority: OpensslAuthority;
let bank: IssuedCertificate;
let content: IssuedContent;
let other: IssuedContent;

beforeAll(async () => {
  authority = openOpensslAuthority();
  bank = authority.issue({ name: 'Bank signing' });
  content = await issueContent(authority, bank);
  other = await issueContent(authority, bank, { bankId: 'haihe', bankName: '海河银行', cardId: 'HH-7' });
});
afterAll(() => {
  authority.close();
});

const value = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};

const open = async (volume: MemoryVolume): Promise<SdCardSession> => value(await SdCardSession.open(volume));

const writePart = async (
  session: SdCardSession,
  from: IssuedContent,
  part: SdPart,
): Promise<Result<unknown>> => {
  const { bankId, bankName, cardId } = from.credential;
  switch (part) {
    case 'key':
      return session.writeKey(bankId, from.key);
    case 'certificate':
      return session.writeCertificate(bankId, from.certificate);
    case 'user-info':
      return session.writeUserInfo(bankId, from.userInfoCms);
    case 'client':
      return session.writeClient(bankId, from.client);
    case 'directory':
      return session.addToDirectory({ bankId, bankName, cardId });
    case 'manifest': {
      const digests = await session.digestFiles(bankId);
      if (!digests.ok) return digests;
      return session.writeManifest(bankId, from.manifest(digests.value, session.mediumIdentity));
    }
  }
};

/** Writes from one part on; ends at the first fault, as a run does. */
const writeFrom = async (
  session: SdCardSession,
  from: IssuedContent,
  start: SdPart,
): Promise<Result<unknown>> => {
  let last: Result<unknown> = { ok: true, value: undefined };
  for (const part of sdParts.slice(sdParts.indexOf(start))) {
    last = await writePart(session, from, part);
    if (!last.ok) return last;
  }
  return last;
};

const issue = async (volume: MemoryVolume, from: IssuedContent): Promise<SdCardSession> => {
  const session = await open(volume);
  value(await writeFrom(session, from, 'key'));
  return session;
};

const inspect = async (volume: MemoryVolume, bankId = 'yunshan'): Promise<SdInspection> =>
  value(await (await open(volume)).inspect(bankId));

const snapshot = (volume: MemoryVolume): Record<string, string> =>
  Object.fromEntries([...volume.files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')]));

describe('a whole card', () => {
  it('is written with the manifest last and the directory before it', async () => {
    const volume = new MemoryVolume();
    await issue(volume, content);
    expect(volume.changes).toEqual([
      'write BANKCARD/yunshan/key.p8',
      'write BANKCARD/yunshan/certificate.cer',
      'write BANKCARD/yunshan/user-info.p7m',
      'write BANKCARD/yunshan/client.html',
      'write BANKCARD/directory.json',
      'write BANKCARD/yunshan/manifest.p7s',
    ]);
  });

  it('is complete when it is looked at again', async () => {
    const volume = new MemoryVolume();
    expect(await inspect(volume)).toEqual({ state: 'empty' });
    await issue(volume, content);
    expect(await inspect(volume)).toMatchObject({
      state: 'complete',
      cardId: 'CW-2026-000001',
      clientVersion: '1.0.0',
      manifest: { mediumIdentity: 'SN1|cid1|1024|ABCD-1234' },
    });
  });

  it('is read back cold, with digests, and its signatures hold', async () => {
    const volume = new MemoryVolume();
    const session = await issue(volume, content);
    const back = value(await session.readBack('yunshan'));
    expect(volume.coldReads).toBe(1);
    expect(back.files.key.bytes).toEqual(content.key);
    expect(back.files.certificate.sha256).toBe(content.userInfo.certificateSha256);
    expect(verifyManifest(back.manifest.bytes, authority.caPem).ok).toBe(true);
    expect(verifyUserInfo(back.files['user-info'].bytes, authority.caPem)).toEqual({
      ok: true,
      value: content.userInfo,
    });
    expect(back.contentSha256).toBe(back.manifest.sha256);
  });

  it('takes no second key over the first', async () => {
    const volume = new MemoryVolume();
    const session = await issue(volume, content);
    expect(await session.writeKey('yunshan', other.key)).toEqual({
      ok: false,
      fault: { code: 'medium-already-issued', data: { cardId: 'CW-2026-000001' } },
    });
    expect(await inspect(volume)).toMatchObject({ state: 'complete' });
  });

  it('stands beside the card of another bank and the customer’s own files', async () => {
    const volume = new MemoryVolume();
    volume.files.set('DCIM/100/cat.jpg', Uint8Array.of(1, 2, 3));
    volume.files.set('BANKCARD/yunshan/notes.txt', Uint8Array.of(4));
    await issue(volume, other);
    await issue(volume, content);
    const directory = value(await (await open(volume)).readDirectory());
    expect(directory).toEqual({
      state: 'intact',
      banks: [
        { bankId: 'haihe', bankName: '海河银行', cardId: 'HH-7' },
        { bankId: 'yunshan', bankName: '云山银行', cardId: 'CW-2026-000001' },
      ],
    });
    expect(await inspect(volume, 'haihe')).toMatchObject({ state: 'complete', cardId: 'HH-7' });
    value(await (await open(volume)).removeBank('yunshan'));
    expect([...volume.files.keys()].filter((path) => !path.includes('haihe'))).toEqual([
      'DCIM/100/cat.jpg',
      'BANKCARD/yunshan/notes.txt',
      'BANKCARD/directory.json',
    ]);
    expect(await inspect(volume, 'haihe')).toMatchObject({ state: 'complete' });
    expect(await inspect(volume)).toEqual({ state: 'empty' });
  });

  it('gets a newer client: unsealed, written, sealed again', async () => {
    const volume = new MemoryVolume();
    const session = await issue(volume, content);
    const newer = value(replaceProgram(content.client, plainTemplate('1.1.0')));
    volume.changes.length = 0;
    value(await session.writeClient('yunshan', newer));
    expect(await inspect(volume)).toMatchObject({
      state: 'incomplete',
      exit: 'resume',
      resumeAt: 'manifest',
      cardId: 'CW-2026-000001',
    });
    value(await writePart(session, content, 'manifest'));
    expect(volume.changes).toEqual([
      'remove BANKCARD/yunshan/manifest.p7s',
      'write BANKCARD/yunshan/client.html',
      'write BANKCARD/yunshan/manifest.p7s',
    ]);
    expect(value(await session.readBack('yunshan')).files.client.bytes).toEqual(newer);
  });

  it('is left by one bank without a trace when that was the only one', async () => {
    const volume = new MemoryVolume();
    volume.files.set('song.mp3', Uint8Array.of(9));
    const before = snapshot(volume);
    const session = await issue(volume, content);
    value(await session.removeBank('yunshan'));
    expect(snapshot(volume)).toEqual(before);
  });
});

describe('an issuance that stops', () => {
  const stops: readonly Stop[] = ['before', 'cut-short', 'after'];
  const cases = sdParts.flatMap((part, place) => stops.map((how) => ({ part, how, change: place + 1 })));

  it.each(cases)('at $part ($how) is resumed to a whole card', async ({ part, how, change }) => {
    const volume = new MemoryVolume();
    await issue(volume, other);
    const session = await open(volume);
    volume.stopAt(change, how);
    expect(await writeFrom(session, content, 'key')).toMatchObject({
      ok: false,
      fault: { code: 'medium-removed' },
    });
    volume.insertAgain();

    const found = await inspect(volume);
    const whole = how === 'after' && part === 'manifest';
    const nothing = how === 'before' && part === 'key';
    expect(found.state).toBe(whole ? 'complete' : nothing ? 'empty' : 'incomplete');
    if (found.state === 'incomplete') {
      const next = how === 'after' ? sdParts[sdParts.indexOf(part) + 1] : part;
      expect({ exit: found.exit, resumeAt: found.resumeAt }).toEqual({ exit: 'resume', resumeAt: next });
      expect(found.files[found.resumeAt]).toBe(how === 'cut-short' ? 'damaged' : 'absent');
    }
    const resumeAt = found.state === 'incomplete' ? found.resumeAt : 'key';
    if (!whole) value(await writeFrom(await open(volume), content, resumeAt));
    expect(await inspect(volume)).toMatchObject({ state: 'complete', cardId: 'CW-2026-000001' });
    expect(await inspect(volume, 'haihe')).toMatchObject({ state: 'complete', cardId: 'HH-7' });
    expect((await (await open(volume)).readBack('yunshan')).ok).toBe(true);
  });

  it.each(cases)('at $part ($how) is undone without a trace', async ({ how, change }) => {
    const volume = new MemoryVolume();
    await issue(volume, other);
    const before = snapshot(volume);
    const session = await open(volume);
    volume.stopAt(change, how);
    await writeFrom(session, content, 'key');
    volume.insertAgain();
    value(await (await open(volume)).removeBank('yunshan'));
    expect(await inspect(volume)).toEqual({ state: 'empty' });
    expect(snapshot(volume)).toEqual(before);
  });
});

describe('a removal that stops', () => {
  const order: readonly SdPart[] = ['manifest', 'key', 'client', 'user-info', 'certificate', 'directory'];
  const cases = order.flatMap((part, place) =>
    (['before', 'cut-short', 'after'] as const).map((how) => ({ part, how, change: place + 1 })),
  );

  it.each(cases)('at $part ($how) never leaves a usable half, and can be repeated', async (one) => {
    const volume = new MemoryVolume();
    await issue(volume, other);
    const before = snapshot(volume);
    const session = await issue(volume, content);
    volume.changes.length = 0;
    volume.stopAt(one.change, one.how);
    expect(await session.removeBank('yunshan')).toMatchObject({
      ok: false,
      fault: { code: 'medium-removed' },
    });
    volume.insertAgain();
    const found = await inspect(volume);
    const untouched = one.change === 1 && one.how !== 'after';
    if (untouched) expect(found.state).toBe('complete');
    else expect(found.state).not.toBe('complete');
    // Once the key is gone nothing can be resumed.
    const keyGone = one.change > 2 || (one.change === 2 && one.how === 'after');
    if (keyGone && found.state === 'incomplete') expect(found.exit).toBe('compensate');
    value(await (await open(volume)).removeBank('yunshan'));
    expect(snapshot(volume)).toEqual(before);
  });
});

describe('a card that cannot go on', () => {
  const broken = async (change: (volume: MemoryVolume) => void): Promise<SdInspection> => {
    const volume = new MemoryVolume();
    await issue(volume, content);
    change(volume);
    return inspect(volume);
  };
  const path = (file: string): string => `BANKCARD/yunshan/${file}`;

  it('has lost its key', async () => {
    expect(await broken((volume) => volume.files.delete(path('key.p8')))).toMatchObject({
      state: 'incomplete',
      exit: 'compensate',
      resumeAt: 'key',
      cardId: 'CW-2026-000001',
    });
  });

  it('carries the key of another card, although the key file is whole', async () => {
    expect(await broken((volume) => volume.files.set(path('key.p8'), other.key))).toMatchObject({
      state: 'incomplete',
      exit: 'compensate',
      files: { key: 'damaged', manifest: 'damaged' },
    });
  });

  it('was put together from two cards before it was sealed', async () => {
    const found = await broken((volume) => {
      volume.files.delete(path('manifest.p7s'));
      volume.files.set(path('certificate.cer'), other.certificate);
    });
    expect(found).toMatchObject({ state: 'incomplete', exit: 'compensate' });
  });
});

describe('content that is not ours to touch', () => {
  it('is a card copied from another medium', async () => {
    const original = new MemoryVolume();
    await issue(original, content);
    const copy = new MemoryVolume('SN2|cid2|1024|9999-0000');
    for (const [path, bytes] of original.files) copy.files.set(path, bytes);
    expect(await inspect(copy)).toMatchObject({
      state: 'foreign',
      reason: 'other-medium',
      cardId: 'CW-2026-000001',
    });
    expect(await (await open(copy)).writeKey('yunshan', content.key)).toEqual({
      ok: false,
      fault: { code: 'medium-foreign', data: { path: 'BANKCARD/yunshan' } },
    });
    expect(await (await open(copy)).readBack('yunshan')).toMatchObject({
      ok: false,
      fault: { code: 'medium-read-back-differs', data: { path: 'manifest.p7s' } },
    });
  });

  it('is the folder of another bank under this bank’s name', async () => {
    const volume = new MemoryVolume();
    await issue(volume, other);
    for (const [path, bytes] of [...volume.files]) {
      if (path.includes('haihe')) volume.files.set(path.replace('haihe', 'yunshan'), bytes);
    }
    expect(await inspect(volume)).toMatchObject({ state: 'foreign', reason: 'other-bank' });
  });

  it('is an index of another program', async () => {
    const volume = new MemoryVolume();
    volume.files.set('BANKCARD/directory.json', new TextEncoder().encode('{"cards":[]}'));
    expect(await SdCardSession.open(volume)).toEqual({
      ok: false,
      fault: { code: 'medium-foreign', data: { path: 'BANKCARD/directory.json' } },
    });
  });

  it.each(['', '..', 'a/b', 'CON', 'lpt1', '-x', 'x'.repeat(33), 'a b', 'a.b'])(
    'is a folder that is no bank identifier: %j',
    async (bankId) => {
      const session = await open(new MemoryVolume());
      const refused = { ok: false, fault: { code: 'bad-input', data: { field: 'bankId' } } };
      expect(await session.writeKey(bankId, content.key)).toEqual(refused);
      expect(await session.writeClient(bankId, content.client)).toEqual(refused);
      expect(await session.inspect(bankId)).toEqual(refused);
      expect(await session.removeBank(bankId)).toEqual(refused);
      expect(await session.addToDirectory({ bankId, bankName: 'x', cardId: 'y' })).toEqual(refused);
    },
  );
});

describe('the index', () => {
  it('is found again in the banks’ folders when its write was cut short', async () => {
    const volume = new MemoryVolume();
    await issue(volume, other);
    await issue(volume, content);
    volume.files.set('BANKCARD/directory.json', new TextEncoder().encode('{"format":"cardwr'));
    const session = await open(volume);
    expect(value(await session.readDirectory())).toEqual({
      state: 'damaged',
      banks: [
        { bankId: 'haihe', bankName: '海河银行', cardId: 'HH-7' },
        { bankId: 'yunshan', bankName: '云山银行', cardId: 'CW-2026-000001' },
      ],
    });
    expect(await inspect(volume)).toMatchObject({
      state: 'incomplete',
      exit: 'resume',
      resumeAt: 'directory',
    });
    value(await writePart(session, content, 'directory'));
    expect(value(await session.readDirectory()).state).toBe('intact');
    expect(await inspect(volume)).toMatchObject({ state: 'complete' });
    expect(await inspect(volume, 'haihe')).toMatchObject({ state: 'complete' });
  });

  it('keeps what a later version wrote into another bank’s entry', async () => {
    const volume = new MemoryVolume();
    const entry = { bankId: 'haihe', bankName: 'H', cardId: 'HH-7', colour: 'blue' };
    const index = { format: 'cardwright-directory', version: 1, banks: [entry, { later: true }] };
    volume.files.set('BANKCARD/directory.json', new TextEncoder().encode(JSON.stringify(index)));
    await issue(volume, content);
    const written: unknown = JSON.parse(
      new TextDecoder().decode(volume.files.get('BANKCARD/directory.json')),
    );
    expect(written).toMatchObject({
      banks: [entry, { later: true }, { bankId: 'yunshan', cardId: 'CW-2026-000001' }],
    });
  });
});

describe('an entry in the index that a pulled card has lost', () => {
  it('is made again with the manifest', async () => {
    const volume = new MemoryVolume();
    const session = await open(volume);
    for (const part of ['key', 'certificate', 'user-info', 'client'] as const)
      value(await writePart(session, content, part));
    value(await writePart(session, content, 'manifest'));
    expect(volume.changes.slice(-2)).toEqual([
      'write BANKCARD/directory.json',
      'write BANKCARD/yunshan/manifest.p7s',
    ]);
    const { bankId, bankName, cardId } = content.credential;
    expect(value(await session.readDirectory())).toEqual({
      state: 'intact',
      banks: [{ bankId, bankName, cardId }],
    });
  });

  it('is noticed by reading back', async () => {
    const volume = new MemoryVolume();
    const session = await issue(volume, content);
    volume.files.delete('BANKCARD/directory.json');
    expect(await session.readBack('yunshan')).toEqual({
      ok: false,
      fault: { code: 'medium-read-back-differs', data: { path: 'BANKCARD/directory.json' } },
    });
  });
});

describe('the start page', () => {
  const program = plainTemplate('2.0.0');
  const path = 'BANKCARD/index.html';
  const entryOf = ({ credential: { bankId, bankName, cardId } }: IssuedContent) => ({
    bankId,
    bankName,
    cardId,
  });
  const issueWithPage = async (volume: MemoryVolume, from: IssuedContent): Promise<SdCardSession> => {
    const session = await open(volume);
    for (const part of ['key', 'certificate', 'user-info', 'client'] as const)
      value(await writePart(session, from, part));
    value(await session.addToDirectory({ ...entryOf(from), bankNameLatin: 'Some Bank' }, program));
    const digests = value(await session.digestFiles(from.credential.bankId));
    const manifest = from.manifest(digests, session.mediumIdentity);
    value(await session.writeManifest(from.credential.bankId, manifest, program));
    return session;
  };
  const offered = (volume: MemoryVolume) => readStartPage(volume.files.get(path)!);

  it('offers every bank of the card, each in its place, and none of them once it was taken off', async () => {
    const volume = new MemoryVolume();
    await issueWithPage(volume, content);
    const session = await issueWithPage(volume, other);
    const [haihe, yunshan] = [other, content].map((each) => ({
      ...entryOf(each),
      bankNameLatin: 'Some Bank',
    }));
    expect(offered(volume)).toEqual([haihe, yunshan]);
    expect(value(readProgramVersion(volume.files.get(path)!))).toBe('2.0.0');
    expect((await session.readBack('haihe', program)).ok).toBe(true);
    expect((await session.readBack('yunshan', program)).ok).toBe(true);
    value(await session.removeBank('haihe'));
    expect(offered(volume)).toEqual([yunshan]);
    expect((await session.readBack('yunshan')).ok).toBe(true);
    value(await session.removeBank('yunshan'));
    expect([...volume.files.keys()]).toEqual([]);
  });

  it('is made again with the manifest when a pulled card has lost it or half of it', async () => {
    for (const left of [undefined, 10]) {
      const volume = new MemoryVolume();
      const session = await issueWithPage(volume, content);
      const whole = volume.files.get(path)!;
      if (left === undefined) volume.files.delete(path);
      else volume.files.set(path, whole.subarray(0, left));
      const p7s = volume.files.get('BANKCARD/yunshan/manifest.p7s')!;
      expect(await session.readBack('yunshan', program)).toMatchObject({
        fault: { code: 'medium-read-back-differs', data: { path } },
      });
      value(await session.writeManifest('yunshan', p7s, program));
      expect(volume.files.get(path)).toEqual(whole);
    }
  });

  it('that says another card, or has another program, is noticed by reading back', async () => {
    const volume = new MemoryVolume();
    const session = await issueWithPage(volume, content);
    const text = new TextDecoder().decode(volume.files.get(path));
    for (const changed of [text.replace('CW-2026', 'CW-2027'), `${text}<script src=x></script>`]) {
      volume.files.set(path, new TextEncoder().encode(changed));
      expect(await session.readBack('yunshan', program)).toMatchObject({
        fault: { code: 'medium-read-back-differs', data: { path } },
      });
    }
  });

  it('that was cut short goes when a bank is taken off, and the others stay', async () => {
    const volume = new MemoryVolume();
    await issueWithPage(volume, content);
    const session = await issueWithPage(volume, other);
    volume.files.set(path, volume.files.get(path)!.subarray(0, 40));
    value(await session.removeBank('haihe'));
    expect(volume.files.has(path)).toBe(false);
    expect((await session.readBack('yunshan')).ok).toBe(true);
  });
});

describe('a read-back that differs', () => {
  it('is noticed only cold, when the medium kept other bytes than the cache showed', async () => {
    const volume = new MemoryVolume();
    const session = await issue(volume, content);
    expect((await session.readBack('yunshan')).ok).toBe(true);
    const bad = content.certificate.slice();
    bad.fill(0, 100, 200);
    volume.badSectors.set('BANKCARD/yunshan/certificate.cer', bad);
    expect(await session.readBack('yunshan')).toEqual({
      ok: false,
      fault: { code: 'medium-read-back-differs', data: { path: 'certificate.cer' } },
    });
  });

  it.each(['key.p8', 'certificate.cer', 'user-info.p7m', 'client.html', 'manifest.p7s'])(
    'names the missing file: %s',
    async (file) => {
      const volume = new MemoryVolume();
      const session = await issue(volume, content);
      volume.files.delete(`BANKCARD/yunshan/${file}`);
      expect(await session.readBack('yunshan')).toEqual({
        ok: false,
        fault: { code: 'medium-file-missing', data: { path: file } },
      });
    },
  );

  it('is a client that carries another key than the one beside it, although all are sealed', async () => {
    const volume = new MemoryVolume();
    const session = await open(volume);
    for (const part of ['key', 'certificate', 'user-info'] as const)
      value(await writePart(session, content, part));
    value(await session.writeClient('yunshan', other.client));
    const digests = value(await session.digestFiles('yunshan'));
    const manifest = content.manifest(digests, session.mediumIdentity);
    expect(await session.writeManifest('yunshan', manifest)).toEqual({
      ok: false,
      fault: { code: 'medium-read-back-differs', data: { path: 'client.html' } },
    });
  });

  it('is a manifest over other bytes or for another medium: it is not written at all', async () => {
    const volume = new MemoryVolume();
    const session = await issue(volume, content);
    const digests = value(await session.digestFiles('yunshan'));
    const wrong = digests.map((file) => ({ ...file, sha256: '0'.repeat(64) }));
    for (const manifest of [
      content.manifest(wrong, session.mediumIdentity),
      content.manifest(digests, 'another medium'),
      content.manifest(digests.slice(1), session.mediumIdentity),
    ])
      expect(await session.writeManifest('yunshan', manifest)).toMatchObject({
        ok: false,
        fault: { code: 'medium-read-back-differs' },
      });
  });
});
