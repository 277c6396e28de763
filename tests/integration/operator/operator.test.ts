import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorOptions } from '../../../electron/operator-platform/operator-options.ts';
import { startOperatorPlatform } from '../../../electron/operator-platform/start-operator-platform.ts';
import {
  keyMessagePath,
  registrationPath,
  transactionPath,
} from '../../../electron/shared/operator-api/index.ts';
import { li, pin, stranger, wang } from '../../unit/operator/world.ts';
import { newIdentity, type TestIdentity } from './certificates.ts';
import { newPhone, type Phone } from './phone.ts';
import {
  newTlsWorld,
  startProgram,
  type OperatorProcess,
  type TestBank,
  type TlsWorld,
} from './start-world.ts';

let world: TlsWorld;
let platform: OperatorProcess;
let bank: TestBank;
let other: TestBank;

beforeAll(async () => {
  world = await newTlsWorld('symmetric', 'asymmetric');
  platform = await world.start();
  [bank, other] = world.banks as [TestBank, TestBank];
  await bank.newEpoch();
  await other.newEpoch();
});
afterAll(() => world.close());

const phoneOf = async (sim: { imsi: string }, language = 'zh-CN'): Promise<Phone> => {
  const phone = newPhone(platform.phoneOrigin, world.operatorIdentity.certificate, language);
  await phone.open('/');
  await phone.submit('/sim', { imsi: sim.imsi });
  return phone;
};

const registered = async (
  sim: { imsi: string; phoneNumber: string },
  bankId = 'bank-1',
  language = 'zh-CN',
) => {
  const phone = await phoneOf(sim, language);
  if (phone.page.html.includes(`/register/${bankId}`)) {
    await phone.open(`/register/${bankId}`);
    await phone.submit(`/register/${bankId}`, { number: sim.phoneNumber.slice(3) });
  }
  return phone;
};

describe.each([
  ['bank-1', 'symmetric'],
  ['bank-2', 'asymmetric'],
])('the transfer dialogue with %s (%s keys)', (bankId) => {
  it('goes through its six steps on the phone’s pages', async () => {
    const at = world.banks.find((each) => each.bankId === bankId)!;
    const [before, had] = [await at.balance(wang.account), await at.balance(li.account)];
    const phone = await phoneOf(li);
    expect(phone.page.text).toContain('未登记');
    await phone.open(`/register/${bankId}`);
    expect(phone.page.text).toContain('460 001 234 567 890');
    await phone.submit(`/register/${bankId}`, { number: '138 0010 0001' });
    expect(phone.page.text).toContain('本机已登记');

    await phone.submit('/transfers', { bank: bankId });
    expect(phone.page.text).toContain('转给谁');
    await phone.submit(/^\/transfers\/[\w-]+$/, { account: '6230 5810 0002 0033 018' });
    expect(phone.page.html).toContain('<div class="last">国</div>');
    expect(phone.page.text).not.toContain('王建国');
    await phone.submit(/^\/transfers\/[\w-]+$/, { account: li.account, password: pin });
    expect(phone.page.text).toContain('转多少');
    await phone.submit(/^\/transfers\/[\w-]+$/, { amount: '1,234.50' });
    expect(phone.page.text).toContain('¥1,234.50');
    expect(phone.page.text).toContain('6230 5810 0002 0033 018');
    expect(await at.balance(wang.account)).toBe(before);
    await phone.submit(/^\/transfers\/[\w-]+$/);
    expect(phone.page.text).toContain('转账成功');
    expect(phone.page.text).toMatch(/T\d{8}-[0-9A-Z]{4}-[0-9A-Z]{4}/);
    expect(await at.balance(wang.account)).toBe(before + 1_234_50);
    expect(await at.balance(li.account)).toBe(had - 1_234_50);
    expect(await at.desk.ledger.verify()).toEqual([]);
  });
});

describe('the pages', () => {
  it('speak English too, and keep to it', async () => {
    const phone = await phoneOf(li, 'en-GB,en;q=0.9');
    expect(phone.page.text).toContain('Your banks');
    expect(phone.page.text).toContain('Farsail Mobile');
    await phone.submit('/language');
    expect(phone.page.text).toContain('您的银行');
    await phone.submit('/language');
    expect(phone.page.text).toContain('Your banks');
  });

  it('say refusals in the network’s standard wording and go on', async () => {
    const phone = await registered(li, 'bank-1', 'en');
    await phone.submit('/transfers', { bank: 'bank-1' });
    const step = /^\/transfers\/[\w-]+$/;
    await phone.submit(step, { account: '12' });
    expect(phone.page.text).toContain('10 to 24 digits');
    await phone.submit(step, { account: '9999999999' });
    expect(phone.page.text).toContain('No such account (14)');
    await phone.submit(step, { account: wang.account });
    await phone.submit(step, { account: wang.account, password: pin });
    expect(phone.page.text).toContain('not permitted to this customer (57)');
    await phone.submit(step, { account: li.account, password: '12' });
    expect(phone.page.text).toContain('4 to 12 digits');
    await phone.submit(step, { account: li.account, password: '000000' });
    expect(phone.page.text).toContain('Incorrect password (55)');
    expect(phone.page.text).toContain('2 tries left');
    expect(phone.page.html).not.toContain('000000');
    expect(phone.page.html).toContain('value="6230 5810 0001 0012 345"');
    await phone.submit(step, { account: li.account, password: pin });
    await phone.submit(step, { amount: 'much' });
    expect(phone.page.text).toContain('Enter an amount');
    await phone.submit(step, { amount: '99999' });
    expect(phone.page.text).toContain('Exceeds amount limit (61)');
    await phone.submit(step, { amount: '49999' });
    expect(phone.page.text).toContain('Insufficient funds (51)');
    await phone.submit(step, { amount: '1' });
    expect(phone.page.text).toContain('Please check');
    await phone.submit(/\/cancel$/);
    expect(phone.page.text).toContain('Nothing was booked');
  });

  it('register no phone whose number is another’s or is not on file', async () => {
    const phone = await phoneOf(stranger, 'en');
    await phone.open('/register/bank-1');
    await phone.submit('/register/bank-1', { number: 'abc' });
    expect(phone.page.text).toContain('Enter the whole phone number');
    await phone.submit('/register/bank-1', { number: li.phoneNumber });
    expect(phone.page.text).toContain('does not belong to the SIM');
    await phone.submit('/register/bank-1', { number: stranger.phoneNumber });
    expect(phone.page.text).toContain('Not registered (25)');
  });

  it('escape what was typed', async () => {
    const phone = await registered(li);
    await phone.submit('/transfers', { bank: 'bank-1' });
    await phone.submit(/^\/transfers\/[\w-]+$/, { account: '"><script>alert(1)</script>' });
    expect(phone.page.html).not.toContain('<script');
    expect(phone.page.html).toContain('&quot;&gt;&lt;script&gt;');
  });

  it('forbid everything they do not need', async () => {
    const phone = await phoneOf(li);
    for (const path of ['/', '/register/bank-1', '/style.css', '/nowhere']) {
      const { headers } = await phone.raw('GET', path);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    expect((await phone.raw('GET', '/')).headers['cache-control']).toBe('no-store');
    expect(phone.page.html).not.toMatch(/<script|\s(style|on[a-z]+)=|https?:\/\//);
    const fresh = newPhone(platform.phoneOrigin, world.operatorIdentity.certificate);
    expect(String((await fresh.raw('GET', '/')).headers['set-cookie'])).toMatch(
      /^__Host-phone=[\w-]{43}; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Lax$/,
    );
    expect((await fresh.open('/nowhere')).status).toBe(404);
  });

  it('take forms of their own session only', async () => {
    const phone = await registered(li);
    await phone.submit('/transfers', { bank: 'bank-1' });
    const step = phone.formOf(/^\/transfers\/[\w-]+$/, { account: wang.account });
    const send = async (body: string, headers: Record<string, string> = {}) =>
      (await phone.raw('POST', step.path, body, headers)).headers.location;
    expect(await send(step.body.replace(/csrf=[^&]+/, 'csrf=x'))).toBe('/');
    expect(await send(step.body.replace(/csrf=[^&]+&?/, ''))).toBe('/');
    expect(await send(step.body, { Origin: 'https://evil.example' })).toBe('/');
    const thief = await registered(wang);
    expect((await thief.open(step.path)).text).toContain('重新开始');
    const { csrf } = Object.fromEntries(new URLSearchParams(thief.formOf('/language').body));
    const stolen = await thief.raw('POST', step.path, step.body.replace(/csrf=[^&]+/, `csrf=${csrf!}`));
    expect(stolen.status).toBe(404);
    expect(await send(step.body)).toBe(step.path);
    // The session from before the SIM was chosen is no session any more.
    const old = newPhone(platform.phoneOrigin, world.operatorIdentity.certificate);
    await old.open('/');
    const { cookie } = old;
    await old.submit('/sim', { imsi: li.imsi });
    expect(old.cookie).not.toBe(cookie);
    old.cookie = cookie;
    expect((await old.open('/')).text).toContain('哪张卡');
  });

  it('change nothing when a page is sent twice or from the past', async () => {
    const phone = await registered(li);
    const before = await bank.balance(wang.account);
    await phone.submit('/transfers', { bank: 'bank-1' });
    const step = /^\/transfers\/[\w-]+$/;
    await phone.submit(step, { account: wang.account });
    await phone.submit(step, { account: li.account, password: pin });
    await phone.submit(step, { amount: '5' });
    const confirm = phone.formOf(step);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => phone.raw('POST', confirm.path, confirm.body)),
    );
    expect(answers.map((each) => each.status)).toEqual([303, 303, 303, 303, 303]);
    await phone.raw('POST', confirm.path, confirm.body);
    expect((await phone.open(confirm.path)).text).toContain('转账成功');
    expect(await bank.balance(wang.account)).toBe(before + 5_00);
  });

  it('do not redirect to another place after the language was changed', async () => {
    const phone = await phoneOf(li);
    const { body } = phone.formOf('/language');
    for (const path of ['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:1', '']) {
      const fields = new URLSearchParams(body);
      fields.set('path', path);
      expect((await phone.raw('POST', '/language', fields.toString())).headers.location).toBe('/');
    }
  });

  it('say that the outcome is not known while the bank is silent, and find it out', async () => {
    const phone = await registered(li, 'bank-1', 'en');
    const before = await bank.balance(wang.account);
    await phone.submit('/transfers', { bank: 'bank-1' });
    const step = /^\/transfers\/[\w-]+$/;
    await phone.submit(step, { account: wang.account });
    await phone.submit(step, { account: li.account, password: pin });
    await phone.submit(step, { amount: '7' });
    await bank.close();
    await phone.submit(step);
    expect(phone.page.text).toContain('We do not know yet whether the bank has booked it');
    await phone.submit(/\/again$/);
    expect(phone.page.text).toContain('Ask again');
    await bank.reopen();
    await phone.submit(/\/again$/);
    expect(phone.page.text).toContain('Transferred');
    expect(await bank.balance(wang.account)).toBe(before + 7_00);
  });
});

describe('the servers', () => {
  const post = (
    origin: string,
    path: string,
    identity: TestIdentity | undefined,
    ca: string,
  ): Promise<string> =>
    new Promise((resolve) => {
      const sent = request(
        `${origin}${path}`,
        {
          method: 'POST',
          agent: false,
          ca,
          ...(identity ? { key: identity.key, cert: identity.certificate } : {}),
          headers: { 'Content-Type': 'application/json' },
        },
        (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () => resolve(`${response.statusCode!} ${JSON.parse(body).fault?.code}`));
        },
      );
      sent.on('error', (error) => resolve(error.message));
      sent.end('{}');
    });

  it('know each other by certificate, and nobody else', async () => {
    const nobody = await newIdentity('nobody');
    const expired = await newIdentity('operator-1', -1);
    const operator = world.operatorIdentity;
    const atBank = (path: string, who: TestIdentity | undefined) =>
      post(bank.origin, path, who, bank.identity.certificate);
    for (const path of [registrationPath, transactionPath]) {
      expect(await atBank(path, undefined)).toBe('403 operator-unknown');
      expect(await atBank(path, nobody)).toBe('403 operator-unknown');
      expect(await atBank(path, expired)).toBe('403 operator-unknown');
      expect(await atBank(path, operator)).toBe('400 request-malformed');
    }
    const atOperator = (who: TestIdentity | undefined) =>
      post(platform.bankChannelOrigin, keyMessagePath, who, operator.certificate);
    expect(await atOperator(undefined)).toBe('403 operator-unknown');
    expect(await atOperator(nobody)).toBe('403 operator-unknown');
    expect(await atOperator(bank.identity)).toBe('400 request-malformed');
  });

  it('speak TLS 1.3 only', async () => {
    for (const origin of [bank.origin, platform.phoneOrigin, platform.bankChannelOrigin]) {
      const { hostname, port } = new URL(origin);
      const error = await new Promise<string>((resolve) => {
        const socket = connect({
          host: hostname,
          port: Number(port),
          maxVersion: 'TLSv1.2',
          rejectUnauthorized: false,
        });
        socket.once('secureConnect', () => resolve('connected'));
        socket.once('error', (failed) => resolve(failed.message));
      });
      expect(error).toMatch(/protocol version|alert/i);
    }
  });

  it('renew their keys while dialogues are going on', async () => {
    const phone = await registered(li);
    await phone.submit('/transfers', { bank: 'bank-1' });
    const step = /^\/transfers\/[\w-]+$/;
    await phone.submit(step, { account: wang.account });
    await bank.newEpoch();
    await phone.submit(step, { account: li.account, password: pin });
    await phone.submit(step, { amount: '3' });
    await phone.submit(step);
    expect(phone.page.text).toContain('转账成功');
    const epochs = await bank.desk.db
      .selectFrom('operator_transactions')
      .select('epoch')
      .orderBy('serial', 'desc')
      .execute();
    expect(epochs[0]?.epoch).toBe(1);
    await phone.submit('/transfers', { bank: 'bank-1' });
    await phone.submit(step, { account: wang.account });
    expect(phone.page.html).toContain('国');
    const newer = await bank.desk.db
      .selectFrom('operator_transactions')
      .select('epoch')
      .orderBy('serial', 'desc')
      .execute();
    expect(newer[0]?.epoch).toBe(2);
  });
});

describe('the program', () => {
  it('goes on after it was killed: sessions, dialogues and serials are in the database', async () => {
    const phone = await registered(li);
    await phone.submit('/transfers', { bank: 'bank-1' });
    const step = /^\/transfers\/[\w-]+$/;
    await phone.submit(step, { account: wang.account });
    const { path, cookie } = { path: phone.page.path, cookie: phone.cookie };
    const gone = new Promise((resolve) => platform.process.once('exit', resolve));
    platform.process.kill('SIGKILL');
    await gone;
    platform = await world.start();
    const again = newPhone(platform.phoneOrigin, world.operatorIdentity.certificate);
    again.cookie = cookie;
    await again.open(path);
    await again.submit(step, { account: li.account, password: pin });
    expect(again.page.text).toContain('转多少');
  });

  it('writes no password, key or account into its log or database', async () => {
    const { dataFolder } = world.options;
    const files = ['operator.sqlite', 'operator.sqlite-wal'].map((name) =>
      readFileSync(join(dataFolder, name), 'latin1'),
    );
    const log = platform.stderr();
    expect(log).toContain('"program":"operator-platform"');
    expect(log).not.toContain(li.account);
    for (const text of [...files, log]) {
      expect(text).not.toContain(pin);
      for (const { staticKeyFile } of world.options.banks) {
        const key = readFileSync(staticKeyFile, 'utf8');
        expect(text).not.toContain(key);
        expect(text).not.toContain(Buffer.from(key, 'hex').toString('latin1'));
      }
    }
  });

  it('says what is wrong with its options, and ends', async () => {
    const options = { ...world.options, dataFolder: join(world.folder, 'elsewhere') };
    const failure = async (given: unknown) => {
      const error = await startProgram(given).then(
        () => undefined,
        (failed: unknown) => failed as Error & { exited?: Promise<number> },
      );
      return [error?.message, await error?.exited];
    };
    expect(await failure({})).toEqual(['bank-setup-invalid', 1]);
    const { port } = new URL(platform.phoneOrigin);
    expect(await failure({ ...options, phonePort: Number(port) })).toEqual(['bank-port-taken', 1]);
    const missing = { ...options, identity: { ...options.identity, keyFile: '/nowhere' } };
    expect(await startOperatorPlatform(missing)).toMatchObject({ fault: { data: { file: '/nowhere' } } });
    const noKey = {
      ...options,
      banks: [{ ...options.banks[0]!, staticKeyFile: join(world.folder, 'none') }],
    };
    expect(await startOperatorPlatform(noKey)).toMatchObject({ fault: { code: 'bank-setup-invalid' } });
    expect(operatorOptions.safeParse({ ...options, training: false }).success).toBe(false);
    const noDatabase = { ...options, dataFolder: join(world.folder, 'damaged') };
    mkdirSync(noDatabase.dataFolder);
    writeFileSync(
      join(noDatabase.dataFolder, 'operator.sqlite'),
      'not a database, but long enough to be looked at'.repeat(100),
    );
    expect(await startOperatorPlatform(noDatabase)).toMatchObject({ fault: { code: 'database-damaged' } });
  });

  it('ends when it is told to', async () => {
    expect(await platform.stop()).toBe(0);
    platform = await world.start();
  });
});
