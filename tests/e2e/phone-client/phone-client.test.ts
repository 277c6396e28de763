import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  loginAssertion,
  loginAssertionPayload,
  loginField,
} from '../../../electron/shared/bank-api/index.ts';
import { buildPhoneClient } from '../../../resources/phone-client/build.mjs';
import { issueContent, type IssuedContent } from '../../unit/sd/issued-content.ts';
import {
  openOpensslAuthority,
  type IssuedCertificate,
  type OpensslAuthority,
} from '../../unit/sd/openssl-authority.ts';
import { startPhone, type Phone, type PhoneOptions, type PhonePage } from './phone.ts';
import { startPortalDouble, type PortalDouble } from './portal-double.ts';
import { sdCardInFolder, type SdCardInFolder } from './sd-card-in-folder.ts';

let authority: OpensslAuthority;
let bank: IssuedCertificate;
let portal: PortalDouble;
let phone: Phone;
let template: string;
let content: IssuedContent;
let card: SdCardInFolder;
const opened: PhonePage[] = [];
const day = 86_400_000;

beforeAll(async () => {
  authority = openOpensslAuthority();
  bank = authority.issue({ name: 'Bank signing' });
  portal = await startPortalDouble(authority);
  template = await buildPhoneClient();
  content = await issueContent(authority, bank, { template, portalOrigin: portal.origin });
  card = await sdCardInFolder(content);
  phone = await startPhone({ host: 'phone.test' });
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
afterAll(async () => {
  await phone.close();
  await portal.close();
  card.close();
  authority.close();
});

const open = async (url = card.clientUrl, options: PhoneOptions = {}): Promise<PhonePage> => {
  const page = await phone.open(url, options);
  opened.push(page);
  return page;
};

/** The address of a client on its own, outside a card. */
const clientFile = (html: Uint8Array | string): string => {
  const file = join(card.folder, `client-${Math.random().toString(36).slice(2)}.html`);
  writeFileSync(file, html);
  return pathToFileURL(file).href;
};

const arrived = async ({ page }: PhonePage): Promise<void> => {
  await page.waitForURL(`${portal.origin}/login`);
  await page.getByRole('heading', { name: 'portal' }).waitFor();
};

describe('a login', () => {
  it('shows bank and login name, takes the PIN, and arrives at the bank signed by the card', async () => {
    const seen = portal.posts.length;
    const one = await open();
    expect(await one.page.getByRole('heading', { level: 1 }).textContent()).toBe('云山银行');
    expect(await one.page.locator('.login').textContent()).toBe('li.na');
    expect(await one.page.title()).toBe('云山银行 · 手机银行登录');
    for (const digit of '271828') await one.page.getByRole('button', { name: digit, exact: true }).tap();
    await one.page.getByRole('button', { name: '登录' }).tap();
    await arrived(one);

    expect(portal.posts).toHaveLength(seen + 1);
    const post = portal.posts[seen];
    expect(post).toMatchObject({ path: '/login', origin: 'null', referer: undefined });
    expect(Object.keys(post?.fields ?? {})).toEqual([loginField]);
    const assertion = loginAssertion.parse(JSON.parse(post?.fields[loginField] ?? ''));
    const payload = loginAssertionPayload.parse(JSON.parse(assertion.payload));
    expect(payload).toMatchObject({ audience: portal.origin, bankId: 'yunshan', cardId: 'CW-2026-000001' });
    expect(Math.abs(payload.issuedAt - Date.now() / 1000)).toBeLessThan(60);
    const certificate = new X509Certificate(Buffer.from(assertion.certificate, 'base64'));
    const signature = Buffer.from(assertion.signature, 'base64url');
    const key = { key: createPublicKey(certificate.publicKey.export({ type: 'spki', format: 'pem' })) };
    expect(
      verify('sha256', Buffer.from(assertion.payload), { ...key, dsaEncoding: 'ieee-p1363' }, signature),
    ).toBe(true);
    expect(one.requests).toEqual([
      `GET ${card.clientUrl}`,
      `POST ${portal.origin}/card/ask`,
      `POST ${portal.origin}/login`,
    ]);
    expect(one.complaints).toEqual([]);
  });

  it('never signs the same nonce twice', async () => {
    const seen = portal.posts.length;
    for (let login = 0; login < 2; login += 1) {
      const one = await open();
      await one.enterPin('271828');
      await arrived(one);
    }
    const nonces = portal.posts.slice(seen).map((post) => {
      const assertion = loginAssertion.parse(JSON.parse(post.fields[loginField] ?? ''));
      return loginAssertionPayload.parse(JSON.parse(assertion.payload)).nonce;
    });
    expect(new Set(nonces).size).toBe(2);
  });

  it('works with a keyboard alone', async () => {
    const one = await open();
    await one.page.keyboard.type('2718289');
    await one.page.keyboard.press('Backspace');
    await one.page.keyboard.press('Enter');
    await arrived(one);
  });

  it('works from a copy of the card’s folder: the certificate is the same, the bank decides', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardwright-copy-'));
    cpSync(card.folder, folder, { recursive: true });
    const one = await open(pathToFileURL(join(folder, 'BANKCARD', 'yunshan', 'client.html')).href);
    await one.enterPin('271828');
    await arrived(one);
    rmSync(folder, { recursive: true, force: true });
  });

  it('begins with the PIN again when the customer comes back from the bank', async () => {
    const one = await open();
    await one.enterPin('271828');
    await arrived(one);
    await one.page.goBack();
    await one.page.getByRole('heading', { name: '输入卡密码' }).waitFor();
    expect(await one.page.locator('.dot.full').count()).toBe(0);
  });
});

describe('where the phone gives the page little', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(content.client);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('signs in plain JavaScript without a secure context, and says how far it is', async () => {
    const { port } = server.address() as AddressInfo;
    const one = await open(`http://phone.test:${port}/`);
    expect(await one.page.evaluate(() => [isSecureContext, 'subtle' in crypto])).toEqual([false, false]);
    await one.enterPin('271828');
    await one.page.getByText(/正在核对卡密码… \d+%/).waitFor();
    await arrived(one);
  });

  it('works without storage too (an opaque origin, as content:// has)', async () => {
    const one = await open(`data:text/html;base64,${Buffer.from(content.client).toString('base64')}`);
    await one.enterPin('111111');
    await one.page.locator('.notice.wrong').waitFor();
    await one.enterPin('271828');
    await arrived(one);
  });
});

describe('a wrong PIN', () => {
  it('is said plainly, twice; then the client waits, also after it was closed', async () => {
    const one = await open(card.clientUrl, { today: new Date() });
    await one.enterPin('271829');
    await one.page.locator('.notice.wrong').waitFor();
    expect(await one.notice()).toBe('卡密码不对，请再输一次。');
    expect(await one.page.locator('.dot.full').count()).toBe(0);
    await one.enterPin('000000');
    await one.page.locator('.notice.wrong').waitFor();
    await one.enterPin('12345678');
    await one.page.locator('.waiting').waitFor();
    expect(await one.page.locator('.waiting').textContent()).toContain('卡密码不对');
    expect(await one.page.getByRole('button', { name: '登录' }).count()).toBe(0);
    expect(await one.page.getByRole('timer').textContent()).toMatch(/^(1:00|0:5\d)$/);

    await one.page.reload();
    await one.page.locator('.waiting').waitFor();
    await one.page.keyboard.type('271828');
    await one.page.keyboard.press('Enter');
    expect(await one.page.locator('.waiting').isVisible()).toBe(true);

    await one.page.clock.fastForward(61_000);
    await one.page.locator('.waiting').waitFor({ state: 'hidden' });
    await one.enterPin('271828');
    await arrived(one);
  });

  it('waits longer each time, and not at all once the right one was given', async () => {
    const one = await open(card.clientUrl, { today: new Date() });
    for (const [wrong, time] of [
      [3, /^(1:00|0:5\d)$/],
      [1, /^(2:00|1:5\d)$/],
      [1, /^(4:00|3:5\d)$/],
    ] as const) {
      for (let count = 0; count < wrong; count += 1) {
        await one.enterPin('999999');
        await one.page.locator('.notice.wrong, .waiting:not([hidden])').waitFor();
      }
      expect(await one.page.getByRole('timer').textContent()).toMatch(time);
      await one.page.clock.fastForward(4 * 60_000 + 1000);
      await one.page.locator('.waiting').waitFor({ state: 'hidden' });
    }
    await one.enterPin('271828');
    await arrived(one);
    await one.page.goto(card.clientUrl);
    await one.enterPin('999999');
    await one.page.locator('.notice.wrong').waitFor();
  });

  it('of five digits is not tried and costs nothing', async () => {
    const one = await open(card.clientUrl, { locale: 'en-GB' });
    await one.enterPin('27182');
    for (let count = 0; count < 5; count += 1) await one.page.locator('.primary').tap();
    expect(await one.notice()).toBe('A card PIN has 6 to 8 digits.');
    expect(await one.page.locator('.waiting').isVisible()).toBe(false);
    await one.enterPin('8');
    await arrived(one);
  });
});

describe('what the page says', () => {
  it('is in the phone’s language, and in the other one at a touch, remembered', async () => {
    const one = await open(card.clientUrl, { locale: 'en-GB' });
    await one.page.getByRole('heading', { name: 'Enter your card PIN' }).waitFor();
    expect(await one.page.locator('html').getAttribute('lang')).toBe('en');
    await one.page.getByRole('button', { name: '中文' }).tap();
    await one.page.getByRole('heading', { name: '输入卡密码' }).waitFor();
    expect(await one.page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await one.page.reload();
    await one.page.getByRole('heading', { name: '输入卡密码' }).waitFor();
  });

  it('keeps a wait and its time through a change of language', async () => {
    const one = await open();
    for (let count = 0; count < 3; count += 1) {
      await one.enterPin('999999');
      await one.page.locator('.notice.wrong, .waiting:not([hidden])').waitFor();
    }
    await one.page.getByRole('button', { name: 'English' }).tap();
    await one.page.getByText('That was not the card’s PIN', { exact: true }).waitFor();
    expect(await one.page.getByRole('timer').textContent()).toMatch(/^(1:00|0:5\d)$/);
  });

  it('shows a name with markup as text', async () => {
    const bankName = '<img src=x onerror=alert(1)></script><script>alert(2)</script>银行';
    const odd = await issueContent(authority, bank, { template, bankName, cardId: 'CW-odd' });
    const one = await open(clientFile(odd.client));
    expect(await one.page.getByRole('heading', { level: 1 }).textContent()).toBe(bankName);
    expect(await one.page.locator('img').count()).toBe(0);
    expect(one.complaints).toEqual([]);
  });

  it('fits a small phone: the keys and the button are in sight without scrolling', async () => {
    for (const [width, height] of [
      [360, 640],
      [390, 844],
      [430, 932],
    ] as const) {
      const one = await open(card.clientUrl, { width, height });
      const button = await one.page.locator('.primary').boundingBox();
      expect((button?.y ?? height) + (button?.height ?? 0)).toBeLessThanOrEqual(height);
      expect(await one.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const key = await one.page.getByRole('button', { name: '5', exact: true }).boundingBox();
      expect(Math.min(key?.width ?? 0, key?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
  });
});

describe('a card that cannot be used', () => {
  const title = async (one: PhonePage): Promise<string> =>
    (await one.page.getByRole('alert').getByRole('heading').textContent()) ?? '';
  const clientWith = (from: string | RegExp, to: string): string => {
    const html = readFileSync(fileURLToPath(card.clientUrl), 'utf8');
    const changed = html.replace(from, to);
    expect(changed).not.toBe(html);
    return clientFile(changed);
  };

  it('was never personalised', async () => {
    expect(await title(await open(clientFile(template)))).toBe('这张卡上的内容读不出来');
  });

  it('was damaged', async () => {
    const one = await open(clientWith(/"key":"[^"]{100}/, '"key":"'), { locale: 'en-GB' });
    expect(await title(one)).toBe('This card cannot be read');
    expect(await one.page.locator('.details').textContent()).toContain('client-damaged-key');
  });

  it('carries the user information of another card', async () => {
    const one = await open(clientWith('"cardId":"CW-2026-000001"', '"cardId":"CW-2026-000002"'));
    expect(await title(one)).toBe('这张卡上的内容对不上');
  });

  it('has an expired certificate', async () => {
    const one = await open(card.clientUrl, { today: new Date(Date.now() + 21 * day) });
    expect(await title(one)).toBe('这张卡的证书已过期');
  });

  it('is opened on a phone whose clock stands years back', async () => {
    const one = await open(card.clientUrl, { today: new Date('2019-03-01T08:00:00Z'), locale: 'en-GB' });
    expect(await title(one)).toBe('This phone’s date is wrong');
    expect(await one.page.getByRole('alert').textContent()).toContain('March 1, 2019');
  });

  it('is opened in a browser without random numbers', async () => {
    const one = await open(card.clientUrl, {
      before: () => {
        Object.defineProperty(window, 'crypto', { value: undefined });
      },
    });
    expect(await title(one)).toBe('这个浏览器不能安全地签名');
  });

  it('is opened with scripts off', async () => {
    const one = await open(card.clientUrl, { javaScript: false });
    await one.page.getByText('这个浏览器太旧了').waitFor();
    await one.page.getByText('This browser cannot run the card’s program').waitFor();
  });
});

describe('the page’s own policy', () => {
  it('lets nothing be loaded, sent or run that is not part of the file', async () => {
    const one = await open();
    const tried = await one.page.evaluate(async (origin) => {
      const failed = (promise: Promise<unknown>): Promise<boolean> =>
        promise.then(
          () => false,
          () => true,
        );
      const image = new Image();
      const imageFailed = new Promise<boolean>((resolve) => {
        image.onerror = () => {
          resolve(true);
        };
        image.onload = () => {
          resolve(false);
        };
      });
      image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
      const script = document.createElement('script');
      let scriptRan = 'no';
      try {
        script.textContent = 'window.ran = true';
        document.body.append(script);
      } catch {
        scriptRan = 'refused';
      }
      return {
        fetchFailed: await failed(fetch(`${origin}/`)),
        imageFailed: await imageFailed,
        scriptRan,
        ran: 'ran' in window,
      };
    }, portal.origin);
    expect(tried).toEqual({ fetchFailed: true, imageFailed: true, scriptRan: 'refused', ran: false });
  });
});
