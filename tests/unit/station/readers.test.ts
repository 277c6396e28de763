import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ok } from '../../../electron/shared/result/index.ts';
import { readCardProfiles } from '../../../electron/station/readers/card-profiles.ts';
import { openReaders, type ReaderEvent, type Readers } from '../../../electron/station/readers/readers.ts';
import { turns } from '../../../electron/station/readers/turns.ts';
import { createMedium, foreignCard, virtualAtrs, virtualPivCard } from '../../../native/virtual/index.ts';
import { cardReader, counter, must, sdSlot, type Counter } from '../../harness/start-station.ts';

const resources = new URL('../../../resources', import.meta.url).pathname;
let folder: string;
let bankCa: Uint8Array;
let atCounter: Counter;
let readers: Readers;
let events: ReaderEvent[];
let bankId: string | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-readers-'));
  const cert = join(folder, 'ca.crt');
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=CA', '-keyout', join(folder, 'ca.key'), '-out', cert],
    ],
    { stdio: 'pipe' },
  );
  bankCa = readFileSync(cert);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  bankId = 'qingyu-training';
  atCounter = counter(folder);
  events = [];
  readers = openReaders({
    devices: { cards: atCounter.cards, media: atCounter.media, training: undefined, stop: async () => {} },
    profiles: must(readCardProfiles(resources)),
    bankCas: () => [new X509Certificate(bankCa)],
    bankId: () => bankId,
  });
  readers.onEvent((event) => events.push(event));
});
afterEach(() => readers.stop());

const viewOf = (reader: string) => readers.views().find((each) => each.reader === reader);
const codes = (reader: string) => viewOf(reader)?.medium?.refusals.map(({ code }) => code);
const read = async (...names: string[]) => {
  for (let tries = 0; tries < 1000; tries++) {
    if (names.every((name) => codes(name)?.includes('reader-busy') === false)) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('not read');
};

describe('what is in a reader', () => {
  test('nobody may choose it before it was read', async () => {
    expect(codes(cardReader)).toEqual(['reader-busy']);
    expect(codes(sdSlot)).toEqual(['reader-busy']);
    await read(cardReader, sdSlot);
    expect(codes(cardReader)).toEqual([]);
    expect(viewOf(cardReader)).toMatchObject({
      takes: 'card',
      medium: { kind: 'sim', serial: String(atCounter.sim.serial) },
    });
    expect(viewOf(sdSlot)).toMatchObject({ takes: 'sd-card', medium: { kind: 'sd-card', refusals: [] } });
  });

  test('is told once when it comes and once when it goes, with its serial', async () => {
    await read(cardReader, sdSlot);
    readers.lookAtMediaAgain();
    await read(sdSlot);
    atCounter.cards.remove(cardReader);
    const told = events.map((event) => `${event.kind} ${event.reader}`);
    expect(told.filter((each) => each.includes(cardReader))).toEqual([
      `reader-appeared ${cardReader}`,
      `medium-inserted ${cardReader}`,
      `medium-removed ${cardReader}`,
    ]);
    expect(told.filter((each) => each === `medium-inserted ${sdSlot}`)).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ serial: String(atCounter.sim.serial) });
  });

  test('another program holds it for a moment: it is read when that lets go', async () => {
    await read(cardReader);
    atCounter.cards.remove(cardReader);
    atCounter.cards.insert(cardReader, virtualPivCard({ form: 'smart-card' }));
    const other = must(await atCounter.cards.connect(cardReader));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(codes(cardReader)).toEqual(['reader-busy']);
    await other.close();
    await read(cardReader);
    expect(viewOf(cardReader)?.medium?.kind).toBe('smart-card');
  });

  test('a card without PIV is unknown, and refused', async () => {
    await read(cardReader);
    atCounter.cards.remove(cardReader);
    atCounter.cards.insert(cardReader, foreignCard());
    await read(cardReader);
    expect(viewOf(cardReader)?.medium).toMatchObject({
      kind: 'unknown',
      refusals: [{ code: 'card-unsupported' }],
    });
  });

  test('a reader that is unplugged is gone with what was in it', async () => {
    await read(cardReader);
    atCounter.cards.removeReader(cardReader);
    expect(viewOf(cardReader)).toBeUndefined();
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(['medium-removed', 'reader-gone']);
  });

  test('which part of an SD card is the bank’s is known with the bank', async () => {
    bankId = undefined;
    atCounter.sd.files.write('BANKCARD/qingyu-training/key.p8', new Uint8Array(9));
    atCounter.media.remove(sdSlot);
    atCounter.putBack();
    await read(sdSlot);
    expect(codes(sdSlot)).toEqual([]);
    bankId = 'qingyu-training';
    readers.lookAtMediaAgain();
    expect(codes(sdSlot)).toEqual(['reader-busy']);
    await read(sdSlot);
    expect(codes(sdSlot)).toEqual(['medium-incomplete']);
  });
});

describe('holding and leasing', () => {
  test('a run’s reader is its own', async () => {
    await read(cardReader);
    must(readers.hold(cardReader, 'r1'));
    must(readers.hold(cardReader, 'r1'));
    expect(viewOf(cardReader)?.leasedBy).toBe('r1');
    expect(readers.hold(cardReader, 'r2')).toMatchObject({ fault: { code: 'reader-busy' } });
    const use = (runId?: string) =>
      readers.useCard({ reader: cardReader, runId }, async ({ piv }) => piv.serial());
    expect(await use('r2')).toMatchObject({ fault: { code: 'reader-busy', data: { runId: 'r1' } } });
    expect(await use()).toMatchObject({ fault: { code: 'reader-busy' } });
    expect(must(await use('r1'))).toBe(atCounter.sim.serial);
    readers.release('r1');
    await read(cardReader);
    expect(must(await use())).toBe(atCounter.sim.serial);
  });

  test('the lease ends with the work, also when that throws', async () => {
    await read(cardReader);
    const broken = readers.useCard({ reader: cardReader }, () => Promise.reject(new Error('defect')));
    await expect(broken).rejects.toThrow('defect');
    expect((await readers.useCard({ reader: cardReader }, async () => ok())).ok).toBe(true);
  });

  test('of two cards alike, the one that the run has chosen is used; another choice is another card', async () => {
    const [one, other] = ['one', 'other'].map((name) =>
      createMedium(mkdtempSync(join(folder, `${name}-`)), { ofBox: '1234abcd' }),
    );
    if (!one || !other) throw new Error('two cards were made');
    const swapFor = (medium: typeof one) => {
      must(atCounter.media.remove(sdSlot));
      must(atCounter.media.insert(sdSlot, medium));
    };
    swapFor(one);
    await read(sdSlot);
    const place = { reader: sdSlot, identity: one.identity.text, runId: 'r1' };
    const use = (more = {}) => readers.useVolume({ ...place, ...more }, async () => ok());
    readers.choose(sdSlot, 'r1');
    expect((await use()).ok).toBe(true);
    swapFor(other);
    expect(await use()).toMatchObject({ fault: { code: 'medium-swapped' } });
    expect(await use({ knowsAgain: async () => false })).toMatchObject({ fault: { code: 'medium-swapped' } });
    // Known by its content once, it is the run's card again.
    expect((await use({ knowsAgain: async () => true })).ok).toBe(true);
    expect((await use()).ok).toBe(true);
    swapFor(one);
    expect((await use()).ok).toBe(false);
    readers.choose(sdSlot, 'r1');
    expect((await use()).ok).toBe(true);
  });

  test('a medium is found where it is now, and another in its place is noticed', async () => {
    await read(cardReader, sdSlot);
    const { text } = atCounter.sd.identity;
    expect((await readers.useVolume({ reader: 'gone', identity: text }, async () => ok())).ok).toBe(true);
    expect(await readers.useVolume({ reader: sdSlot, identity: 'other' }, async () => ok())).toMatchObject({
      fault: { code: 'medium-swapped' },
    });
    expect(
      await readers.useCard({ reader: cardReader, identity: '00000001' }, async () => ok()),
    ).toMatchObject({
      fault: { code: 'card-swapped' },
    });
    atCounter.media.remove(sdSlot);
    expect((await readers.useVolume({ reader: sdSlot, identity: text }, async () => ok())).ok).toBe(false);
    // A reader that is gone took the medium with it; without a medium in mind it is only unknown.
    expect(await readers.useVolume({ reader: 'gone', identity: text }, async () => ok())).toMatchObject({
      fault: { code: 'medium-removed' },
    });
    expect(await readers.useVolume({ reader: 'gone' }, async () => ok())).toMatchObject({
      fault: { code: 'medium-unknown' },
    });
  });
});

describe('turns', () => {
  test('are taken in order, whatever becomes of the one before', async () => {
    const queue = turns();
    const seen: string[] = [];
    const slow = queue.take('a', async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push('first');
      throw new Error('defect');
    });
    const next = queue.take('a', async () => void seen.push('second'));
    await queue.take('b', async () => void seen.push('elsewhere'));
    await expect(slow).rejects.toThrow('defect');
    await next;
    await queue.over();
    expect(seen).toEqual(['elsewhere', 'first', 'second']);
  });
});

describe('card profiles', () => {
  test('tell a SIM from a card by its answer to reset', () => {
    const profiles = must(readCardProfiles(resources));
    expect(profiles.kindOf(virtualAtrs.sim)).toBe('sim');
    expect(profiles.kindOf(virtualAtrs.smartCard)).toBe('smart-card');
    expect(profiles.kindOf(Buffer.from('3b9f96801fc78031e073fe211b63e205', 'hex'))).toBe('sim');
  });
  test('an installation without them is damaged, not silent', () => {
    expect(readCardProfiles(folder)).toMatchObject({ fault: { code: 'database-damaged' } });
  });
});
