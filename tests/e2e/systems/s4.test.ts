import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingSecrets } from '../../../electron/bank-server/index.ts';
import { readStartPage } from '../../../native/applications/sd/index.ts';
import { createMedium, type VirtualMedium } from '../../../native/virtual/index.ts';
import { buildPhoneClient } from '../../../resources/phone-client/build.mjs';
import { documented, newSequence } from '../../harness/sequence.ts';
import {
  inWords,
  must,
  sdSlot,
  settled,
  startIssuance,
  typeSecrets,
  until,
  type TestStation,
} from '../../harness/start-station.ts';
import { issueSdCard, putInto, stationOf } from '../../harness/station-of-bank.ts';
import { startThreeBanks, type OneOfThree, type ThreeBanks } from '../../harness/three-banks.ts';
import { startPhone, type Phone, type PhoneOptions, type PhonePage } from '../phone-client/phone.ts';
import { listen } from './listen.ts';

/*
 * S4 with an SD card: one customer, one card, three banks in processes of their own with their own branches,
 * CAs and algorithms. The card goes from counter to counter; then a browser opens its start page as a phone
 * does. Whatever happens at one bank, the other two and the customer's own files notice nothing.
 */

const customerId = 'C-100001';
const cardPin = '482913';
const { suggestedLoginPassword: password } = trainingSecrets[customerId] ?? { suggestedLoginPassword: '' };

let three: ThreeBanks;
let folder: string;
let volume: string;
let sd: VirtualMedium;
let phone: Phone;
let first: OneOfThree;
let second: OneOfThree;
let third: OneOfThree;
const stations = new Map<OneOfThree, TestStation>();
const cardIds = new Map<OneOfThree, string>();
const opened: PhonePage[] = [];

beforeAll(async () => {
  const template = await buildPhoneClient();
  three = await startThreeBanks();
  [first, second, third] = three.banks as [OneOfThree, OneOfThree, OneOfThree];
  folder = mkdtempSync(join(tmpdir(), 'cardwright-sd-'));
  volume = join(folder, 'volume');
  sd = createMedium(folder);
  mkdirSync(join(volume, 'DCIM'), { recursive: true });
  writeFileSync(join(volume, 'DCIM', '001.jpg'), 'a picture of the customer’s');
  for (const bank of three.banks)
    stations.set(bank, await stationOf(bank, sd, () => Promise.resolve(template)));
  phone = await startPhone();
}, 240_000);
afterAll(async () => {
  for (const one of opened) await one.close();
  await phone.close();
  for (const station of stations.values()) await station.stop();
  await three.close();
  rmSync(folder, { recursive: true, force: true });
});

const stationAt = (bank: OneOfThree): TestStation => {
  const station = stations.get(bank);
  if (station === undefined) throw new Error('no such branch');
  return station;
};
const cardOf = (bank: OneOfThree): string => cardIds.get(bank) ?? '';
const recordAt = async (bank: OneOfThree) =>
  (await bank.counter.must('readCard', { cardId: cardOf(bank) })).card;

/** Digest of files on the card, by path. */
const filesOf = (isTold: (path: string) => boolean = () => true): Record<string, string> =>
  Object.fromEntries(
    sd.files
      .list('')
      .filter(isTold)
      .map((path) => [
        path,
        createHash('sha256')
          .update(sd.files.read(path) ?? '')
          .digest('hex'),
      ]),
  );
const isOf =
  ({ bankId }: OneOfThree) =>
  (path: string): boolean =>
    path.startsWith(`BANKCARD/${bankId}/`);
/** Everything but this bank's folder and the index that all banks share. */
const isOthers =
  (bank: OneOfThree) =>
  (path: string): boolean =>
    !isOf(bank)(path) && !['BANKCARD/directory.json', 'BANKCARD/index.html'].includes(path);
const offered = () =>
  readStartPage(sd.files.read('BANKCARD/index.html') ?? new Uint8Array())?.map(({ bankId, cardId }) => [
    bankId,
    cardId,
  ]);

/** By another hand: openssl checks both signatures against that bank's CA, and opens the key with the PIN. */
const expectWhole = (bank: OneOfThree): void => {
  const place = join(volume, 'BANKCARD', bank.bankId);
  const ca = join(folder, `${bank.bankId}.pem`);
  writeFileSync(ca, bank.caPem);
  const openssl = (...args: readonly string[]): string =>
    execFileSync('openssl', args, { cwd: place, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const verified = (file: string) =>
    JSON.parse(openssl('cms', '-verify', '-binary', '-inform', 'DER', '-in', file, '-CAfile', ca)) as {
      readonly files?: readonly { readonly path: string; readonly sha256: string }[];
    };
  const cardId = cardOf(bank);
  const manifest = verified('manifest.p7s');
  expect(manifest).toMatchObject({ bankId: bank.bankId, cardId, mediumIdentity: sd.identity.text });
  expect(manifest.files).toHaveLength(4);
  for (const { path, sha256 } of manifest.files ?? [])
    expect(
      createHash('sha256')
        .update(readFileSync(join(place, path)))
        .digest('hex'),
    ).toBe(sha256);
  expect(verified('user-info.p7m')).toMatchObject({ bankId: bank.bankId, cardId });
  const pem = openssl('pkey', '-inform', 'DER', '-in', 'key.p8', '-passin', `pass:${cardPin}`);
  const certificate = new X509Certificate(readFileSync(join(place, 'certificate.cer')));
  expect(certificate.checkPrivateKey(createPrivateKey(pem))).toBe(true);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  expect(type === 'rsa' ? `rsa-${String(details?.modulusLength)}` : details?.namedCurve).toBe(
    { 'p-256': 'prime256v1', 'p-384': 'secp384r1', 'rsa-2048': 'rsa-2048' }[bank.algorithm],
  );
};

// ── on the phone ────────────────────────────────────────────────────────────────────────────────────────────────

const picture = async (page: Page, name: string): Promise<void> => {
  const out = process.env.CARDWRIGHT_SYSTEMS;
  if (out !== undefined) await page.screenshot({ path: join(out, `S4-${name}.png`) });
};

const startPage = (root = volume): string => pathToFileURL(join(root, 'BANKCARD', 'index.html')).href;

const open = async (url = startPage(), options: PhoneOptions = {}): Promise<PhonePage> => {
  const one = await phone.open(url, options);
  opened.push(one);
  return one;
};

const choose = async ({ page }: PhonePage, { bankId }: OneOfThree): Promise<void> => {
  await page.locator(`a[href^="${bankId}/client.html"]`).tap();
  await page.locator('.unlock').waitFor();
};

/** Card PIN, then name and password, as far as the client's page for them. */
const unlock = async (one: PhonePage): Promise<void> => {
  await one.enterPin(cardPin);
  await one.page.locator('.sign-on').waitFor();
};

const typePassword = async ({ page }: PhonePage, typed = password): Promise<void> => {
  await page.locator('#login-password').fill(typed);
  await page.locator('.sign-on .primary').tap();
};

/** The bank's page shows the login name; its button opens the accounts. */
const enter = async ({ page }: PhonePage, bank: OneOfThree, pictured = false): Promise<void> => {
  await page.waitForURL(`${bank.asTestBank.server.portalOrigin}/login/welcome`);
  expect(await page.locator('main').textContent()).toContain('lina.dew');
  if (pictured) await picture(page, '3-welcome');
  await page.getByRole('button', { name: /进入我的账户|Open my accounts/ }).tap();
  await page.waitForURL(`${bank.asTestBank.server.portalOrigin}/menu`);
  expect(await page.locator('main').textContent()).toContain(cardOf(bank));
};

const logIn = async (bank: OneOfThree, options: PhoneOptions = {}, root = volume): Promise<PhonePage> => {
  const one = await open(startPage(root), options);
  await choose(one, bank);
  await unlock(one);
  await typePassword(one);
  await enter(one, bank);
  return one;
};

/** Somebody between card and bank: the next answers of the card arrive changed. */
const changeAnswers = async (page: Page, times: number): Promise<void> => {
  await page.route(
    '**/card/answer',
    async (route) => {
      const message = JSON.parse(route.request().postData() ?? '{}') as { answer: string };
      const answer = (message.answer.startsWith('A') ? 'B' : 'A') + message.answer.slice(1);
      await route.continue({ postData: JSON.stringify({ ...message, answer }) });
    },
    { times },
  );
};

describe('one SD card with three banks', () => {
  it('gets a folder and a line from each bank’s counter, and nothing else of it is touched', async () => {
    for (const bank of three.banks) {
      const before = filesOf(isOthers(bank));
      const { words, cardId } = await issueSdCard(stationAt(bank), bank, customerId, cardPin);
      expect(words).toBe('completed done');
      cardIds.set(bank, cardId);
      expect(filesOf(isOthers(bank))).toEqual(before);
      for (const each of cardIds.keys()) expectWhole(each);
    }
    expect(offered()).toEqual([second, first, third].map((bank) => [bank.bankId, cardOf(bank)]));
    expect(sd.files.list('')).toContain('DCIM/001.jpg');
    expect(filesOf(isOf(first))).not.toEqual({});
  }, 240_000);

  it('signs in at the bank that was chosen: certificate, name and password, random number, answer', async () => {
    const sequence = newSequence({ S: 'SD card', P: 'Phone', B: 'Chosen bank' });
    for (const bank of three.banks) {
      const { portalOrigin } = bank.asTestBank.server;
      await sequence.during(`login on the phone at a bank with ${bank.algorithm}`, async () => {
        sequence.note('S', 'P', 'index.html with the banks on this card, client.html of the chosen one');
        const one = await open();
        listen(one.page, portalOrigin, sequence);
        if (bank === first) await picture(one.page, '1-choose-bank');
        await choose(one, bank);
        await unlock(one);
        if (bank === first) await picture(one.page, '2-sign-on');
        await typePassword(one);
        await enter(one, bank, bank === first);
        await one.page.getByText('您好').waitFor();
        expect(one.complaints).toEqual([]);
        // Nobody but this bank was asked anything.
        expect(
          one.requests.filter((each) => !each.includes(portalOrigin) && !each.includes('file://')),
        ).toEqual([]);
      });
    }
    expect(documented('S4-phone', sequence.mermaid())).toBe(sequence.mermaid());
  }, 120_000);

  it('does so from a copied folder, in English, and finds the way back to the other banks', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'cardwright-copy-'));
    cpSync(join(volume, 'BANKCARD'), join(copy, 'BANKCARD'), { recursive: true });
    const one = await open(startPage(copy), { locale: 'en-GB', width: 360, height: 640 });
    const names = await one.page.locator('.bank-choice strong').allTextContents();
    expect(names).toEqual(['Farhill Bank', 'Qingyu Bank', 'Long River Bank']);
    await choose(one, first);
    await one.page.getByRole('link', { name: 'Other banks on this card' }).tap();
    await one.page.getByRole('heading', { name: 'Choose your bank' }).waitFor();
    await choose(one, second);
    await unlock(one);
    expect(await one.page.locator('.before').textContent()).toContain('Last sign-in');
    await typePassword(one);
    await enter(one, second);
    // Opened by itself it has no start page beside it that it knows of.
    const alone = await open(pathToFileURL(join(copy, 'BANKCARD', third.bankId, 'client.html')).href);
    expect(await alone.page.locator('.other-banks').count()).toBe(0);
    rmSync(copy, { recursive: true, force: true });
  }, 60_000);

  it('says how many tries are left after a wrong password or answer, and goes on from the random number', async () => {
    const one = await open();
    await choose(one, second);
    await unlock(one);
    await typePassword(one, 'not the password');
    await one.page.getByText('还可以尝试 9 次').waitFor();
    await changeAnswers(one.page, 1);
    await typePassword(one);
    await one.page.getByRole('heading', { name: '银行没有接受卡的应答' }).waitFor();
    expect(await one.page.locator('.remedy').textContent()).toContain('8');
    await one.page.getByRole('button', { name: '再次应答' }).tap();
    await enter(one, second);
  }, 60_000);

  it('is void at one bank after ten failures, and at that bank only', async () => {
    const one = await open();
    await choose(one, second);
    await unlock(one);
    await changeAnswers(one.page, 10);
    await typePassword(one);
    for (let left = 9; left > 0; left -= 1) {
      await one.page
        .locator('.remedy')
        .filter({ hasText: left === 1 ? '最后一次' : String(left) })
        .waitFor();
      await one.page.getByRole('button', { name: '再次应答' }).tap();
    }
    await one.page.getByRole('heading', { name: '这张卡在本行已作废' }).waitFor();
    expect(await recordAt(second)).toMatchObject({
      state: 'revoked',
      certificate: { state: 'revoked', reason: 'ten-failed-logins' },
      registration: { state: 'void', reason: 'ten-failed-logins' },
    });
    for (const bank of [first, third]) {
      expect(await recordAt(bank)).toMatchObject({ state: 'active', registration: { state: 'active' } });
      await logIn(bank);
    }
    // The bank's own page says so, too.
    const again = await open();
    await choose(again, second);
    await again.enterPin(cardPin);
    await again.page.getByRole('heading', { name: '这张卡已作废' }).waitFor();
  }, 120_000);

  it('is not made anew for somebody else', async () => {
    const station = stationAt(second);
    const before = filesOf();
    await putInto(station);
    const { runId } = must(await startIssuance(station, second.asTestBank, 'C-100002'));
    const { teller } = station;
    await settled(teller, runId);
    must(await typeSecrets(station, second.asTestBank, { cardPin }));
    const asks = await until(
      teller,
      runId,
      ({ state }) => state.kind === 'asking' && state.ask.kind === 'choose-medium',
    );
    const askId = asks.state.kind === 'asking' ? asks.state.ask.askId : '';
    const answer = { reader: sdSlot, kind: 'sd-card', algorithm: second.algorithm };
    must(await teller.call('runs.answer', { runId, askId, answer }));
    const refused = await until(teller, runId, ({ state }) => state.kind === 'failed');
    expect(inWords(refused)).toBe('failed inspect-medium medium-already-issued');
    must(await teller.call('runs.undo', { runId }));
    expect(inWords(await until(teller, runId, ({ state }) => state.kind === 'completed'))).toBe(
      'completed undone',
    );
    expect(filesOf()).toEqual(before);
  }, 60_000);

  it('is made anew at that bank’s counter: the station sees what became of it, and the others notice nothing', async () => {
    const station = stationAt(second);
    const before = filesOf(isOthers(second));
    const old = cardOf(second);
    await putInto(station);
    const { readers } = must(await station.teller.call('devices.list', {}));
    expect(readers.find(({ reader }) => reader === sdSlot)?.medium).toMatchObject({
      refusals: [],
      reissue: { cardId: old, reason: 'ten-failed-logins' },
    });
    const { words, cardId } = await issueSdCard(station, second, customerId, cardPin);
    expect(words).toBe('completed done');
    cardIds.set(second, cardId);
    expect((await second.counter.must('readCard', { cardId: old })).card.state).toBe('wiped');
    expect(filesOf(isOthers(second))).toEqual(before);
    for (const bank of three.banks) {
      expectWhole(bank);
      await logIn(bank);
    }
  }, 120_000);

  it('is wiped for one bank, and stays the card of the other two', async () => {
    const before = filesOf(isOthers(first));
    const station = stationAt(first);
    await putInto(station);
    const technician = await station.window('technician');
    const wipe = await technician.call('reprovision.wipe', { reader: sdSlot, reason: 'cessation' });
    expect(inWords(await settled(technician, must(wipe).runId))).toBe('completed done');
    expect(filesOf(isOthers(first))).toEqual(before);
    expect(filesOf(isOf(first))).toEqual({});
    expect(offered()?.map(([bankId]) => bankId)).toEqual([second.bankId, third.bankId]);
    expectWhole(second);
    expectWhole(third);
    expect(await recordAt(first)).toMatchObject({ state: 'wiped' });
    const one = await open();
    expect(await one.page.locator('.bank-choice').count()).toBe(2);
    await logIn(third);
  }, 60_000);
});
