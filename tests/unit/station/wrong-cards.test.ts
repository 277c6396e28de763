import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toHex } from '../../../electron/shared/codec/index.ts';
import { faultText } from '../../../electron/shared/text/index.ts';
import { readCardProfiles } from '../../../electron/station/readers/card-profiles.ts';
import { openReaders, type Readers } from '../../../electron/station/readers/readers.ts';
import { encodeCertificate, encodeMarker } from '../../../native/applications/piv/index.ts';
import { uiccApplet } from '../../../native/virtual/applets/uicc/uicc-applet.ts';
import {
  assembleCard,
  foreignCard,
  simOf,
  virtualAtrs,
  virtualPivCard,
  type VirtualCard,
  type VirtualPivCard,
} from '../../../native/virtual/index.ts';
import { root } from '../../harness/root.ts';
import { cardReader, counter, must, type Counter } from '../../harness/start-station.ts';

/** What the station says of cards that it must not issue, and that looking at them costs no try. */
let folder: string;
let bankCa: Uint8Array;
let otherCa: Uint8Array;
let atCounter: Counter;
let readers: Readers;

const makeCa = (subject: string): Uint8Array =>
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', subject, '-keyout', join(folder, 'any.key'), '-outform', 'DER'],
    ],
    { stdio: 'pipe' },
  );
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wrong-cards-'));
  bankCa = makeCa('/CN=CA');
  otherCa = makeCa('/O=Nanshan Bank/CN=Nanshan CA');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  atCounter = counter(folder);
  readers = openReaders({
    devices: { cards: atCounter.cards, media: atCounter.media, training: undefined, stop: async () => {} },
    profiles: must(readCardProfiles(join(root, 'resources'))),
    bankCas: () => [new X509Certificate(bankCa)],
    bankId: () => 'qingyu-training',
  });
});
afterEach(() => readers.stop());

/** The refusals of a card that is put in now. */
const refusalsOf = async (card: VirtualCard) => {
  atCounter.cards.remove(cardReader);
  must(atCounter.cards.insert(cardReader, card));
  for (;;) {
    const medium = readers.views().find(({ reader }) => reader === cardReader)?.medium;
    if (medium && !medium.refusals.some(({ code }) => code === 'reader-busy')) return medium.refusals;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

const pivCard = (wear: (state: VirtualPivCard['state']['piv']) => void): VirtualPivCard => {
  const card = virtualPivCard({ form: 'smart-card' });
  wear(card.state.piv);
  return card;
};

describe('a card', () => {
  test('without anything that is known here: its answer to reset is said', async () => {
    const atr = toHex(virtualAtrs.foreign);
    const refusals = await refusalsOf(foreignCard());
    expect(refusals).toEqual([{ code: 'card-unsupported', data: { application: 'PIV', atr } }]);
    expect(faultText('en', refusals[0]!).means).toContain(atr);
    expect(faultText('zh-CN', refusals[0]!).means).toContain(atr);
  });

  test('of a phone without PIV: what answers is said', async () => {
    const subscription = {
      ...{ iccid: '8986012345678901234', imsi: '460001234567890' },
      ...{ number: '+8613800138000', provider: 'Test' },
    };
    const files = uiccApplet(simOf(subscription));
    const sim = assembleCard({ atr: virtualAtrs.sim, applets: [files], first: files, commit: () => {} });
    const refusals = await refusalsOf(sim);
    expect(refusals).toMatchObject([{ code: 'card-unsupported', data: { answers: 'SIM' } }]);
    expect(faultText('en', refusals[0]!).means).toContain('It answers as: SIM.');
  });

  test('of another bank: the bank is said', async () => {
    const card = pivCard((piv) => (piv.objects['5fc105'] = toHex(encodeCertificate(otherCa))));
    const refusals = await refusalsOf(card);
    expect(refusals).toEqual([{ code: 'card-foreign', data: { issuer: 'Nanshan Bank' } }]);
    expect(faultText('en', refusals[0]!).happened).toBe('This card belongs to somebody else: Nanshan Bank.');
  });

  test('with something that is no certificate in its place', async () => {
    const card = pivCard((piv) => (piv.objects['5fc105'] = '700100710100fe00'));
    expect(await refusalsOf(card)).toEqual([{ code: 'card-foreign', data: {} }]);
  });

  test('that is issued already: which one it is', async () => {
    const marker = encodeMarker({
      cardId: 'K-7',
      certificateSha256: 'a'.repeat(64),
      userInfoSha256: 'b'.repeat(64),
    });
    const card = pivCard((piv) => (piv.objects['5fff11'] = toHex(marker)));
    expect(await refusalsOf(card)).toEqual([{ code: 'card-already-issued', data: { cardId: 'K-7' } }]);
  });

  test('whose PIN is blocked', async () => {
    const card = pivCard((piv) => (piv.pin.left = 0));
    expect(await refusalsOf(card)).toEqual([{ code: 'card-pin-blocked', data: { which: 'pin' } }]);
  });

  test('with one try left of PIN and PUK: nobody tries by himself', async () => {
    const card = pivCard((piv) => {
      piv.pin.left = 1;
      piv.puk.left = 1;
    });
    expect(await refusalsOf(card)).toEqual([
      { code: 'card-pin-last-try', data: { which: 'pin', triesLeft: 1 } },
    ]);
    expect([card.state.piv.pin.left, card.state.piv.puk.left]).toEqual([1, 1]);
  });

  test('with one try left of its PIN and a fresh PUK can be issued', async () => {
    const card = pivCard((piv) => (piv.pin.left = 1));
    expect(await refusalsOf(card)).toEqual([]);
    expect(card.state.piv.pin.left).toBe(1);
  });
});
