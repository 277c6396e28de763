import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { wordsIn, type Refusal } from '../../../electron/bank-server/portal/words.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { issueCard, newKey, reserve, certify, type IssuedCard } from '../../harness/issue-card.ts';
import { portalClient, signAssertion, type PortalClient } from '../../harness/portal-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

let bank: TestBank;
let station: BankClient;
let card: IssuedCard;
const open: PortalClient[] = [];

const portal = (language?: string): PortalClient => {
  const client = portalClient(bank, language);
  open.push(client);
  return client;
};

const passwordOf = (customerId: string): string => bank.trainingSecrets[customerId]!.suggestedLoginPassword;

beforeAll(async () => {
  bank = await startBank();
  station = bank.client();
  card = await issueCard(bank, station, 'C-100001');
});

afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

afterAll(() => bank.stop());

const expectRefusal = (answer: { status: number; text: string }, refusal: Refusal): void => {
  expect(answer.text).toContain(wordsIn.en.refusals[refusal].happened);
  expect(answer.text).toContain(wordsIn.en.refusals[refusal].todo);
  expect(answer.status).toBe(403);
};

describe('signing in with a card', () => {
  it('shows the login name back, takes the password and opens the menu', async () => {
    const client = portal();
    const page = await client.login(signAssertion(bank, card));
    expect(page.status).toBe(200);
    expect(page.text).toContain('lina.dew');
    const before = client.cookies.get('__Host-cardwright-session');

    const entered = await client.password(passwordOf('C-100001'));
    expect([entered.status, entered.headers.location]).toEqual([303, '/menu']);
    expect(String(entered.headers['set-cookie'])).toMatch(
      /^__Host-cardwright-session=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict/,
    );
    expect(client.cookies.get('__Host-cardwright-session')).not.toBe(before);

    const menu = await client.get('/menu');
    expect(menu.status).toBe(200);
    expect(menu.text).toContain('Hello, Li Na');
    expect(menu.text).toContain('6230 •••• 2345');
    expect(menu.text).toContain('CN¥18,642.50');
    expect(menu.text).not.toContain('6230581000010012345');
    expect(menu.text).toContain(wordsIn.en.menu.firstLogin);
    expect(menu.headers['cache-control']).toBe('no-store');

    const old = portal();
    for (const path of ['/menu', '/login/password'])
      expectRefusal(
        await old.get(path, { Cookie: `__Host-cardwright-session=${before!}` }),
        'session-expired',
      );

    const token = /name="csrf"\s+value="([^"]+)"/.exec(menu.text)![1]!;
    const cookie = client.cookies.get('__Host-cardwright-session')!;
    const left = await client.post('/logout', { csrf: token });
    expect([left.status, left.headers.location]).toEqual([303, '/goodbye']);
    expect(client.cookies.has('__Host-cardwright-session')).toBe(false);
    expectRefusal(
      await client.get('/menu', { Cookie: `__Host-cardwright-session=${cookie}` }),
      'session-expired',
    );

    const again = portal();
    await again.login(signAssertion(bank, card));
    await again.password(passwordOf('C-100001'));
    expect((await again.get('/menu')).text).toContain('Last signed in');
  });

  it('works with an RSA key, too', async () => {
    const sim = await issueCard(bank, station, 'C-100001', { kind: 'sim', algorithm: 'rsa-2048' });
    const client = portal();
    expect((await client.login(signAssertion(bank, sim))).text).toContain('lina.dew');
    expect((await client.password(passwordOf('C-100001'))).headers.location).toBe('/menu');
  });

  it('speaks the language of the browser until another is chosen', async () => {
    const client = portal('zh-CN,zh;q=0.9,en;q=0.5');
    const page = await client.login(signAssertion(bank, card));
    expect(page.text).toContain('<html lang="zh-CN">');
    expect(page.text).toContain('登录密码');
    expect((await client.get('/login/password?lang=en')).text).toContain('Login password');
    expect((await client.get('/login/password')).text).toContain('<html lang="en">');
    const refused = await portal('fr, de;q=0.5').get('/refused/assertion-replayed');
    expect(refused.text).toContain('这次登录已经用过');
  });

  it('sends every page with the headers that keep it alone', async () => {
    for (const path of ['/', '/refused/assertion-expired', '/no-such-page', '/menu']) {
      const { headers, text } = await portal().get(path);
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'self' 'sha256-[^']+'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
      expect(text).not.toMatch(/<script|style="/);
      const inline = /<style>([^]*)<\/style>/.exec(text)![1]!;
      expect(headers['content-security-policy']).toContain(
        `'sha256-${createHash('sha256').update(inline).digest('base64')}'`,
      );
    }
  });
});

describe('the fonts of the portal', () => {
  it('are the installed ones, and nothing else of the disk', async () => {
    const client = portal();
    const css = await client.get('/fonts/noto-sans-sc/index.css');
    const file = /files\/[\w-]+\.woff2/.exec(css.text)![0];
    expect((await client.get(`/fonts/noto-sans-sc/${file}`)).headers['content-type']).toBe('font/woff2');
    for (const path of ['../package.json', 'files/..%2fpackage.json', 'files/none.woff2'])
      expect((await client.get(`/fonts/noto-sans-sc/${path}`)).status).toBe(404);
  });
});

describe('an assertion that is refused', () => {
  const refusedBy = async (
    changes: Parameters<typeof signAssertion>[2],
    refusal: Refusal,
    of: IssuedCard = card,
  ) => {
    expectRefusal(await portal().login(signAssertion(bank, of, changes)), refusal);
  };

  it('was used before, also across a restart', async () => {
    const assertion = signAssertion(bank, card);
    expect((await portal().login(assertion)).status).toBe(200);
    expectRefusal(await portal().login(assertion), 'assertion-replayed');
    await bank.restart();
    station = bank.client();
    expectRefusal(await portal().login(assertion), 'assertion-replayed');
  });

  it('is signed by another key, or comes with things of another card', async () => {
    const other = await issueCard(bank, station, 'C-100003');
    await refusedBy({ key: newKey('p-256') }, 'assertion-foreign-key');
    await refusedBy({ key: other.privateKey }, 'assertion-foreign-key');
    await refusedBy({ certificate: other.certificate }, 'assertion-foreign-key');
    await refusedBy({ certificate: other.certificate, key: other.privateKey }, 'assertion-foreign-key');
    await refusedBy({ userInfo: other.userInfo }, 'assertion-foreign-key');
    await refusedBy(
      { userInfo: Buffer.concat([card.userInfo.subarray(0, -1), Buffer.of(0)]) },
      'assertion-foreign-key',
    );
    await refusedBy({ userInfo: Buffer.from('none') }, 'assertion-foreign-key');
    await refusedBy({ certificate: Buffer.from('not a certificate') }, 'assertion-foreign-key');
    await refusedBy({ payload: { certificateSha256: 'f'.repeat(64) } }, 'assertion-foreign-key');
  });

  it('had a byte of it changed after signing', async () => {
    const assertion = signAssertion(bank, card);
    const later = { ...assertion, payload: assertion.payload.replace('1.0.0', '1.0.1') };
    expectRefusal(await portal().login(later), 'assertion-foreign-key');
  });

  it('is too old, from the future, or valid too long', async () => {
    const now = Math.floor(bank.now().getTime() / 1000);
    await refusedBy({ payload: { issuedAt: now - 600, expiresAt: now - 420 } }, 'assertion-expired');
    await refusedBy({ payload: { issuedAt: now - 600, expiresAt: now + 600 } }, 'assertion-expired');
    await refusedBy({ payload: { issuedAt: now + 300, expiresAt: now + 480 } }, 'assertion-expired');
    await refusedBy({ payload: { issuedAt: now, expiresAt: now - 10 } }, 'assertion-expired');
    // a phone's clock one minute off is fine
    const early = { payload: { issuedAt: now + 60, expiresAt: now + 240 } };
    expect((await portal().login(signAssertion(bank, card, early))).status).toBe(200);
  });

  it('is meant for somebody else, or is no assertion', async () => {
    await refusedBy({ payload: { audience: 'https://bank.example' } }, 'assertion-malformed');
    await refusedBy({ payload: { bankId: 'another' } }, 'assertion-malformed');
    await refusedBy({ payload: { nonce: 'short' } }, 'assertion-malformed');
    const client = portal();
    for (const assertion of ['', '{', '[]', '{"payload":"{}"}', 'x'.repeat(200_000)])
      expectRefusal(await client.post('/login', { assertion }), 'assertion-malformed');
    expectRefusal(
      await client.post('/login', {}, { 'Content-Type': 'application/json' }),
      'assertion-malformed',
    );
  });

  it('comes from a card that is revoked, not yet active, or past its date', async () => {
    const revoked = await issueCard(bank, station, 'C-100005');
    const before = portal();
    await before.login(signAssertion(bank, revoked));
    await before.password(passwordOf('C-100005'));
    expect((await before.get('/menu')).status).toBe(200);
    await station.must('revokeCard', { cardId: revoked.cardId }, { reason: 'lost', officerId: 'manager-1' });
    await refusedBy({}, 'certificate-revoked', revoked);
    // and it throws out whoever is inside with it
    expectRefusal(await before.get('/menu'), 'certificate-revoked');

    const pending = await reserve(bank, station, 'C-100006');
    const certificate = await certify(station, pending);
    const { userInfo } = await station.must('signUserInfo', { cardId: pending.cardId });
    await refusedBy({}, 'registration-inactive', {
      ...pending,
      certificate,
      userInfo: Buffer.from(userInfo, 'base64'),
    });
  });
});

describe('the login password', () => {
  it('is counted, delayed more and more, and the tenth wrong one voids card and certificate', async () => {
    bank.freeze();
    const victim = await issueCard(bank, station, 'C-100007');
    const client = portal();
    const seen: string[] = [];
    for (let tries = 1; tries <= 10; tries += 1) {
      await client.login(signAssertion(bank, victim));
      let answer = await client.password('not-the-password');
      if (answer.status === 429) {
        seen.push(`wait ${String(answer.headers['retry-after'])}`);
        bank.advance(Number(answer.headers['retry-after']));
        answer = await client.password('not-the-password');
      }
      seen.push(
        `${String(answer.status)} ${/(\d+) tries are left|One try is left|This card is void/.exec(answer.text)?.[0] ?? ''}`,
      );
      if (tries === 5) {
        await bank.restart();
        station = bank.client();
      }
    }
    expect(seen).toEqual([
      '403 9 tries are left',
      '403 8 tries are left',
      '403 7 tries are left',
      'wait 1',
      '403 6 tries are left',
      'wait 2',
      '403 5 tries are left',
      'wait 4',
      '403 4 tries are left',
      'wait 8',
      '403 3 tries are left',
      'wait 16',
      '403 2 tries are left',
      'wait 30',
      '403 One try is left',
      'wait 30',
      '403 This card is void',
    ]);
    const { card: record } = await station.must('readCard', { cardId: victim.cardId });
    expect(record).toMatchObject({
      state: 'revoked',
      certificate: { state: 'revoked', reason: 'ten-failed-logins' },
      registration: { state: 'void', reason: 'ten-failed-logins' },
    });
    expectRefusal(await portal().login(signAssertion(bank, victim)), 'registration-void');
    // S4: made anew at the counter
    const fresh = await issueCard(bank, station, 'C-100007');
    expect((await portal().login(signAssertion(bank, fresh))).status).toBe(200);
  });

  it('that is right starts the count again', async () => {
    const other = await issueCard(bank, station, 'C-100008');
    const client = portal();
    await client.login(signAssertion(bank, other));
    await client.password('wrong-one');
    expect((await client.password('wrong-two')).text).toContain('8 tries are left');
    expect((await client.password(passwordOf('C-100008'))).headers.location).toBe('/menu');
    await client.login(signAssertion(bank, other));
    expect((await client.password('wrong-one')).text).toContain('9 tries are left');
  });

  it('is taken from a form of the very session and site only, within five minutes', async () => {
    const password = passwordOf('C-100001');
    const client = portal();
    const page = await client.login(signAssertion(bank, card));
    const csrf = /name="csrf"\s+value="([^"]+)"/.exec(page.text)![1]!;
    const send = (form: Record<string, string>, headers?: Record<string, string>) =>
      client.post('/login/password', form, headers);
    expectRefusal(await send({ password }), 'session-expired');
    expectRefusal(await send({ password, csrf: csrf.split('').reverse().join('') }), 'session-expired');
    expectRefusal(await send({ password, csrf }, { Origin: 'https://evil.example' }), 'session-expired');
    expectRefusal(await portal().post('/login/password', { password, csrf }), 'session-expired');
    expect((await send({ csrf, password: '' })).text).toContain(wordsIn.en.password.empty);
    bank.advance(301);
    expectRefusal(await send({ password, csrf }), 'session-expired');
  });

  it('does not open the menu before it was given', async () => {
    const client = portal();
    await client.login(signAssertion(bank, card));
    expectRefusal(await client.get('/menu'), 'session-expired');
  });
});
