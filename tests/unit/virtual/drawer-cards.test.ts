import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Result } from '../../../electron/shared/result/index.ts';
import { globalPlatform } from '../../../native/applications/globalplatform/index.ts';
import { markerObject, parseMarker, piv, type PivSession } from '../../../native/applications/piv/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { openTrainingDrawer, type TrainingDrawer } from '../../../native/virtual/drawer/training-drawer.ts';

const reader = 'Training Reader 1';
let folder: string;
let drawer: TrainingDrawer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-drawer-'));
  drawer = openTrainingDrawer(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.fault.code);
  return result.value;
};
const itemIds = async () => valueOf(await drawer.list()).map(({ itemId }) => itemId);
const insideOf = async (itemId: string, look: (session: PivSession) => Promise<void>) => {
  valueOf(await drawer.insert(itemId, reader));
  const link = valueOf(await drawer.cards.connect(reader));
  await look(valueOf(await piv.open(openPipe(link))));
  await link.close();
  valueOf(await drawer.remove(reader));
};

describe('the drawer has a card of each kind that a station refuses', () => {
  test('another bank’s: a certificate of its CA', () =>
    insideOf('smart-card-other-bank', async (session) => {
      const certificate = new X509Certificate(valueOf(await session.readCertificate('9a'))!);
      expect(certificate.issuer).toContain('Haihe Practice CA');
    }));

  test('one issued already: the seal with its number', () =>
    insideOf('smart-card-issued', async (session) => {
      const marker = parseMarker(valueOf(await session.getObject(markerObject))!);
      expect(valueOf(marker).cardId).toMatch(/^CW-/);
    }));

  test.each([
    ['smart-card-blocked', 0],
    ['smart-card-nearly-blocked', 1],
  ])('%s: %i tries of its PIN', (itemId, triesLeft) =>
    insideOf(itemId, async (session) => {
      expect(valueOf(await session.readPinRetries('pin'))).toMatchObject({ triesLeft });
    }),
  );

  test.each(['bank-card', 'bank-sim', 'bank-card-scp-only'])(
    '%s: a security domain with the maker’s keys',
    async (itemId) => {
      valueOf(await drawer.insert(itemId, reader));
      const link = valueOf(await drawer.cards.connect(reader));
      const domain = valueOf(await globalPlatform.open(openPipe(link)));
      expect(valueOf(await domain.readKeyInformation()).map(({ version }) => version)).toContain(0xff);
      await link.close();
    },
  );
});

test('a card keeps its past over a restart, and what happens to it later', async () => {
  await insideOf('smart-card-nearly-blocked', async (session) => {
    expect(await session.verifyPin('999999').then((answer) => answer.ok)).toBe(false);
  });
  drawer = openTrainingDrawer(folder);
  await insideOf('smart-card-nearly-blocked', async (session) => {
    expect(valueOf(await session.readPinRetries('pin')).triesLeft).toBeLessThan(2);
  });
});

test('a drawer of an earlier version gets the newcomers, and keeps what it had', async () => {
  const file = join(folder, 'drawer.json');
  const content = JSON.parse(readFileSync(file, 'utf8')) as { items: { itemId: string }[] };
  content.items = content.items.filter(({ itemId }) => !itemId.startsWith('bank-'));
  writeFileSync(file, JSON.stringify(content));
  drawer = openTrainingDrawer(folder);
  expect(await itemIds()).toEqual(expect.arrayContaining(['bank-card', 'sim-1']));
  expect(new Set(await itemIds()).size).toBe((await itemIds()).length);
});
