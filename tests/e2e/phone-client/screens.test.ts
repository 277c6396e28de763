import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPhoneClient } from '../../../resources/phone-client/build.mjs';
import { makeStartPage } from '../../../native/applications/sd/index.ts';
import { issueContent } from '../../unit/sd/issued-content.ts';
import { openOpensslAuthority, type OpensslAuthority } from '../../unit/sd/openssl-authority.ts';
import { startPhone, type Phone, type PhonePage } from './phone.ts';
import { sdCardInFolder, type SdCardInFolder } from './sd-card-in-folder.ts';

/*
 * What every screen looks like, in both languages and themes, as it was looked at and kept. A screen
 * that should look otherwise: CARDWRIGHT_KEEP_SCREENS=1 npx vitest run tests/e2e/phone-client/screens,
 * then look at every picture before it is committed.
 */
const project = join(import.meta.dirname, '..', '..', '..');
const kept = join(project, 'tests', 'baselines', 'phone-client');
const keep = process.env.CARDWRIGHT_KEEP_SCREENS === '1';

/** Share of pixels that may differ visibly: another version of the font rasteriser, not another layout. */
const tolerance = 0.01;

let authority: OpensslAuthority;
let card: SdCardInFolder;
let broken: SdCardInFolder;
let startPage: string;
let phone: Phone;
let fonts: string;

beforeAll(async () => {
  authority = openOpensslAuthority();
  const bank = authority.issue({ name: 'Bank signing' });
  const template = await buildPhoneClient();
  card = await sdCardInFolder(await issueContent(authority, bank, { template }));
  const stranger = await issueContent(authority, bank, { template, bankId: 'haihe' });
  broken = await sdCardInFolder(stranger);
  const html = readFileSync(new URL(broken.clientUrl), 'utf8');
  writeFileSync(new URL(broken.clientUrl), html.replace('"cardId":"CW', '"cardId":"XX'));
  const banks = [
    { bankId: 'haihe', bankName: '海河银行', bankNameLatin: 'Haihe Bank', cardId: 'HH-2026-000007' },
    { bankId: 'yunshan', bankName: '云山银行', bankNameLatin: 'Yunshan Bank', cardId: 'CW-2026-000001' },
    { bankId: 'changhe', bankName: '长河银行', bankNameLatin: 'Long River Bank', cardId: 'LR-2026-004211' },
  ];
  startPage = join(card.folder, 'BANKCARD', 'index.html');
  writeFileSync(startPage, makeStartPage(template, banks) ?? '');
  phone = await startPhone({ fileAccess: true });
  // Fonts that a phone has and this machine may not.
  fonts = ['noto-sans-sc', 'inter', 'jetbrains-mono'].map(fontFaces).join('\n');
});
afterAll(async () => {
  await phone.close();
  card.close();
  broken.close();
  authority.close();
});

const fontFaces = (name: string): string => {
  const folder = join(project, 'node_modules', '@fontsource-variable', name);
  return readFileSync(join(folder, 'index.css'), 'utf8')
    .replaceAll('./files/', `file://${folder}/files/`)
    .replaceAll(" Variable'", "'");
};

const screens: readonly (readonly [name: string, bring: (one: PhonePage) => Promise<void>])[] = [
  ['pin', async () => undefined],
  ['digits', (one) => one.page.keyboard.type('2718')],
  [
    'wrong-pin',
    async (one) => {
      await one.enterPin('00');
      await one.page.locator('.notice.wrong').waitFor();
    },
  ],
  [
    'wait',
    async (one) => {
      for (let count = 0; count < 2; count += 1) {
        await one.enterPin('000000');
        await one.page.locator('.notice.wrong, .waiting:not([hidden])').waitFor();
      }
    },
  ],
  [
    'opening',
    async (one) => {
      await one.page.clock.setFixedTime(Date.now() + 120_000);
      await one.page.locator('.waiting').waitFor({ state: 'hidden' });
      await one.page.evaluate(() => {
        HTMLFormElement.prototype.submit = () => undefined;
      });
      await one.enterPin('271828');
      await one.page.locator('.opening').waitFor();
    },
  ],
];

/** A sign-in at a bank that asks for name and password (S4), with the bank's answers made up. */
const signOnScreens: readonly (readonly [name: string, bring: (one: PhonePage) => Promise<void>])[] = [
  [
    'sign-on',
    async (one) => {
      const signOn = { loginId: 'a'.repeat(32), previousLoginAt: '2026-03-02T08:15:00Z' };
      await reply(one, '/card/ask', 200, { signOn });
      await one.enterPin('271828');
      await one.page.locator('.sign-on').waitFor();
      await one.page.locator('#login-password').fill('twelve signs');
    },
  ],
  [
    'sign-on-wrong',
    async (one) => {
      await reply(one, '/card/sign-on', 403, { fault: { code: 'login-refused', data: { triesLeft: 7 } } });
      await one.page.locator('.sign-on .primary').tap();
      await one.page.locator('.notice.wrong').waitFor();
    },
  ],
  [
    'answer-refused',
    async (one) => {
      const again = { loginId: 'b'.repeat(32), random: 'AAAA' };
      await reply(one, '/card/sign-on', 200, again);
      await reply(one, '/card/answer', 200, { outcome: 'again', triesLeft: 6, ...again });
      await one.page.locator('#login-password').fill('twelve signs');
      await one.page.locator('.sign-on .primary').tap();
      await one.page.locator('.problem').waitFor();
    },
  ],
  [
    'void',
    async (one) => {
      await reply(one, '/card/answer', 403, { fault: { code: 'registration-void', data: {} } });
      await one.page.locator('.primary').tap();
      await one.page.locator('.details').waitFor();
    },
  ],
];

const reply = (one: PhonePage, path: string, status: number, body: object): Promise<unknown> =>
  one.page.route(`**${path}`, (route) =>
    route.fulfill({
      status,
      body: JSON.stringify(body),
      headers: { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'application/json' },
    }),
  );

/** Share of pixels whose colours are further apart than the eye forgives. */
const difference = (one: PhonePage, seen: Buffer, expected: Buffer): Promise<number> =>
  one.page.evaluate(
    async (pictures) => {
      const pixels = await Promise.all(
        pictures.map(async (base64) => {
          const image = new Image();
          image.src = `data:image/png;base64,${base64}`;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height);
          const context = canvas.getContext('2d');
          context?.drawImage(image, 0, 0);
          return context?.getImageData(0, 0, image.width, image.height);
        }),
      );
      const [a, b] = pixels;
      if (a === undefined || a.width !== b?.width || a.height !== b.height) return 1;
      let differing = 0;
      for (let at = 0; at < a.data.length; at += 4) {
        const channel = (place: number) => Math.abs((a.data[at + place] ?? 0) - (b.data[at + place] ?? 0));
        if (Math.max(channel(0), channel(1), channel(2)) > 48) differing += 1;
      }
      return differing / (a.data.length / 4);
    },
    [seen.toString('base64'), expected.toString('base64')],
  );

const compare = async (one: PhonePage, name: string): Promise<void> => {
  await one.page.evaluate(() => document.fonts.ready);
  const seen = await one.page.screenshot({ animations: 'disabled', scale: 'css' });
  const file = join(kept, `${name}.png`);
  if (keep) {
    mkdirSync(kept, { recursive: true });
    writeFileSync(file, seen);
  }
  expect(existsSync(file), `${name} was never kept`).toBe(true);
  const share = await difference(one, seen, readFileSync(file));
  expect(share, `${name} looks different: ${(share * 100).toFixed(2)} % of its pixels`).toBeLessThan(
    tolerance,
  );
};

describe.each(['zh-CN', 'en-GB'] as const)('the screens in %s', (locale) => {
  it.each(['light', 'dark'] as const)('look as they were kept, %s', async (theme) => {
    const prefix = `${locale.slice(0, 2)}-${theme}`;
    const one = await phone.open(card.clientUrl, { locale, theme, styled: fonts, today: new Date() });
    await one.page.clock.setFixedTime(Date.now());
    for (const [name, bring] of screens) {
      await bring(one);
      await compare(one, `${prefix}-${name}`);
    }
    await one.close();
    const chosen = await phone.open(pathToFileURL(startPage).href, { locale, theme, styled: fonts });
    await compare(chosen, `${prefix}-choose-bank`);
    await chosen.close();
    const signing = await phone.open(`${card.clientUrl}#banks`, { locale, theme, styled: fonts });
    for (const [name, bring] of signOnScreens) {
      await bring(signing);
      await compare(signing, `${prefix}-${name}`);
    }
    await signing.close();
    const other = await phone.open(broken.clientUrl, { locale, theme, styled: fonts });
    await compare(other, `${prefix}-mismatch`);
    await other.close();
  });
});
