import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingCustomers, trainingSecrets } from '../../../electron/bank-server/index.ts';
import { trainingSubscribers } from '../../../electron/bank-server/training/equip-training-operator.ts';
import { startBankProcess, type BankProcess } from '../../../electron/launch/bank-process.ts';
import { startOperatorProcess, type OperatorProcess } from '../../../electron/launch/operator-process.ts';
import type { OperatorOptions } from '../../../electron/operator-platform/operator-options.ts';
import { ok } from '../../../electron/shared/result/index.ts';
import { uicc } from '../../../native/applications/uicc/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { simOf, virtualBankCard } from '../../../native/virtual/index.ts';
import { recordingProxy, type RecordingProxy } from '../../harness/recording-proxy.ts';
import { documented, newSequence } from '../../harness/sequence.ts';
import type { TestBank } from '../../harness/start-bank.ts';
import { counter, goOn, must, startIssuance, startTestStation } from '../../harness/start-station.ts';
import { enterSeedAs } from '../../harness/training-officer.ts';
import { newIdentity } from './certificates.ts';
import { newPhone, type Phone } from './phone.ts';

/*
 * S3 with everything real: the bank and the operator platform as processes of their own, TLS with certificates on
 * both sides, a SIM that the station issued, the bank's own customers and books.
 */

const root = new URL('../../../electron/', import.meta.url);
const step = /^\/transfers\/[\w-]+$/;

describe('the operator platform with the real bank', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-s3-'));
  const inFolder = (name: string) => join(folder, name);
  const [li, wang] = [trainingCustomers[0]!, trainingCustomers[1]!];
  const digits = (text: string) => text.replaceAll(' ', '');
  const subscriber = trainingSubscribers.find(({ phoneNumber }) => phoneNumber === digits(li.phone))!;
  let bank: BankProcess;
  let platform: OperatorProcess;
  let proxy: RecordingProxy;
  let ca: string;

  const enter = (officer: 'E-2001' | 'E-2002', seed: Uint8Array, changes = {}) =>
    enterSeedAs(bank.seedOrigin!, ca, inFolder(`operator/employees/${officer}.json`), seed, changes);
  const newEpoch = async () => {
    expect(await enter('E-2001', randomBytes(32))).toMatchObject({ status: 200 });
    expect(await enter('E-2002', randomBytes(32))).toMatchObject({ status: 200, delivered: true });
  };
  const balance = (account: string): number => {
    const books = new BetterSqlite3(inFolder('bank/bank.sqlite'), { readonly: true });
    const row = books
      .prepare('select balance from ledger_accounts where account_number = ?')
      .get(digits(account)) as { balance: number };
    books.close();
    return row.balance;
  };
  const phoneWith = async (imsi: string): Promise<Phone> => {
    const plain = newPhone(platform.phoneOrigin, ca);
    const phone: Phone = {
      ...plain,
      async submit(action, typed) {
        const { path } = plain.formOf(action, typed);
        const fields = Object.keys(typed ?? {}).join(', ');
        sequence.note('P', 'O', `POST ${path.replace(/[\w-]{16,}/, '{dialogue}')} ${fields}`.trim());
        const page = await plain.submit(action, typed);
        sequence.note('O', 'P', /<h1[^>]*>([^<]*)/.exec(page.html)?.[1] ?? 'page');
        return page;
      },
      get page() {
        return plain.page;
      },
    };
    await phone.open('/');
    await phone.submit('/sim', { imsi });
    return phone;
  };
  const transactions = () => proxy.messages.filter(({ path }) => path.includes('transaction'));

  beforeAll(async () => {
    bank = must(
      await startBankProcess({
        program: new URL('bank-server/embedded.ts', root),
        dataFolder: inFolder('bank'),
        stationFolder: inFolder('credentials'),
        operatorFolder: inFolder('operator'),
        logFile: inFolder('logs/bank.log'),
      }),
    );
    ca = readFileSync(inFolder('operator/bank-ca.pem'), 'utf8');
    const optionsFile = inFolder('operator/operator-options.json');
    const options = JSON.parse(readFileSync(optionsFile, 'utf8')) as OperatorOptions;
    const identity = {
      key: readFileSync(options.identity.keyFile, 'utf8'),
      cert: readFileSync(options.identity.certificateFile, 'utf8'),
    };
    proxy = await recordingProxy(options.banks[0]!.origin, identity, ca, ({ path, request }) => {
      const { number } = JSON.parse(request) as { number?: number };
      const keys = number === undefined ? 'under the static key' : 'under the keys of its serial';
      sequence.note('O', 'B', `${path}${number === undefined ? '' : `, message ${number}`}, ${keys}`);
    });
    const seen = { ...options, banks: options.banks.map((each) => ({ ...each, origin: proxy.origin })) };
    writeFileSync(inFolder('seen.json'), JSON.stringify(seen));
    platform = must(
      await startOperatorProcess({
        program: new URL('operator-platform/program.ts', root),
        optionsFile: inFolder('seen.json'),
        logFile: inFolder('logs/operator.log'),
      }),
    );
  });
  afterAll(async () => {
    await platform.stop();
    await proxy.close();
    await bank.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const sequence = newSequence({ P: 'Phone', O: 'Operator', B: 'Bank', E: 'Employees' });
  let imsi = '';
  it('takes a SIM that the station issued', async () => {
    const sim = virtualBankCard({
      sim: simOf({
        iccid: '89860012345678901237',
        imsi: subscriber.imsi,
        number: subscriber.phoneNumber,
        provider: 'FARSAIL',
      }),
    });
    const { bankId, apiOrigin } = bank;
    const asTestBank = {
      server: { bankId, apiOrigin },
      stationFolder: inFolder('credentials'),
      customers: trainingCustomers,
      trainingSecrets,
    } as unknown as TestBank;
    const station = await startTestStation({
      bank: asTestBank,
      folder: inFolder('station'),
      counter: counter(folder, { sim }),
    });
    const { runId } = must(await startIssuance(station, asTestBank, li.customerId));
    const view = await goOn(station, asTestBank, runId, 'sim');
    expect(view.state).toMatchObject({ kind: 'completed', outcome: 'done' });
    await station.stop();
    const pipe = openPipe({ transmit: async (command) => ok(sim.transmit(command)) });
    imsi = must(await must(await uicc.open(pipe)).readImsi());
    expect(imsi).toBe(subscriber.imsi);
  });

  it('has no keys until two different employees have entered a seed each', async () => {
    const phone = await phoneWith(imsi);
    await phone.open(`/register/${bank.bankId}`);
    await phone.submit(`/register/${bank.bankId}`, { number: subscriber.phoneNumber });
    expect(phone.page.text).not.toContain('本机已登记');

    const seed = randomBytes(32);
    expect(await enter('E-2001', seed, { origin: 'https://evil.example' })).toMatchObject({
      reason: 'not-allowed',
    });
    expect(await enter('E-2001', seed, { signed: randomBytes(32) })).toMatchObject({ reason: 'signature' });
    const title = 'keys from two employees (202 to 208)';
    const entered = async (officer: 'E-2001' | 'E-2002', what: string, bytes: Uint8Array) => {
      sequence.note('E', 'B', `seed of ${officer}, signed with the employee’s card`);
      const reply = await enter(officer, bytes);
      sequence.note('B', 'O', reply.delivered ? what : 'nothing');
      return reply;
    };
    const first = await sequence.during(title, () => entered('E-2001', 'seed 1', seed));
    expect(first).toMatchObject({ status: 200, delivered: true });
    expect(await enter('E-2001', randomBytes(32))).toMatchObject({ reason: 'same-officer' });
    expect(await enter('E-2002', seed)).toMatchObject({ reason: 'same-seed' });
    const second = await sequence.during('the second half', () =>
      entered('E-2002', 'seed 2, then the control key under the working key', randomBytes(32)),
    );
    expect(second).toMatchObject({ status: 200, delivered: true });
  });

  it('registers the phone and transfers in six steps on the bank’s own books', async () => {
    const [from, to] = [balance(li.accounts[0]!.number), balance(wang.accounts[0]!.number)];
    const phone = await phoneWith(imsi);
    await sequence.during('registration (102 to 108)', async () => {
      await phone.open(`/register/${bank.bankId}`);
      await phone.submit(`/register/${bank.bankId}`, { number: subscriber.phoneNumber });
    });
    expect(phone.page.text).toContain('本机已登记');
    const { accountPin } = trainingSecrets[li.customerId]!;
    await sequence.during('transfer in six steps (110 to 118)', async () => {
      await phone.submit('/transfers', { bank: bank.bankId });
      await phone.submit(step, { account: wang.accounts[0]!.number });
      expect(phone.page.html).toContain('<div class="last">国</div>');
      await phone.submit(step, { account: li.accounts[0]!.number, password: accountPin });
      await phone.submit(step, { amount: '123.45' });
      await phone.submit(step);
    });
    expect(phone.page.text).toContain('转账成功');
    expect(balance(wang.accounts[0]!.number)).toBe(to + 123_45);
    expect(balance(li.accounts[0]!.number)).toBe(from - 123_45);
    expect(documented('S3', sequence.mermaid())).toBe(sequence.mermaid());
    // Nothing that was sent says what it is about.
    for (const { request } of transactions())
      for (const secret of [accountPin, digits(li.accounts[0]!.number), imsi])
        expect(request).not.toContain(secret);
  });

  it('refuses what was sent before, out of order, changed, or by somebody else', async () => {
    const before = balance(li.accounts[0]!.number);
    const [first, second, third, last] = transactions().slice(-4);
    const again = await proxy.send(last!.path, last!.request);
    expect(again).toEqual({ status: 200, reply: last!.reply }); // a lost answer is given again, nothing is booked
    const refusal = async (path: string, body: string, as?: { key: string; cert: string }) => {
      const { reply } = await proxy.send(path, body, as);
      const { fault } = JSON.parse(reply) as { fault: { code: string; data: { reason?: string } } };
      return [fault.code, fault.data.reason].filter((each) => each !== undefined).join(' ');
    };
    for (const { path, request } of [first!, second!, third!])
      expect(await refusal(path, request)).toMatch(/^operator-message-replayed/);
    const changed = (change: object) =>
      JSON.stringify({ ...(JSON.parse(last!.request) as object), ...change });
    expect(await refusal(last!.path, changed({ serial: 999 }))).toBe('operator-message-unreadable');
    expect(await refusal(last!.path, changed({ epoch: 7 }))).toBe('operator-key-unknown');
    expect(await refusal(last!.path, changed({ operatorId: 'another' }))).toBe('operator-unknown');
    const { key, certificate: cert } = await newIdentity('another');
    expect(await refusal(last!.path, last!.request, { key, cert })).toBe('operator-unknown');
    expect(await refusal(last!.path, '{}')).toBe('request-malformed');
    expect(balance(li.accounts[0]!.number)).toBe(before);
  });

  it('goes on through new keys and a bank that was killed in the middle of a transfer', async () => {
    const before = balance(wang.accounts[0]!.number);
    const phone = await phoneWith(imsi);
    await phone.submit('/transfers', { bank: bank.bankId });
    await phone.submit(step, { account: wang.accounts[0]!.number });
    await newEpoch();
    const { accountPin } = trainingSecrets[li.customerId]!;
    await phone.submit(step, { account: li.accounts[0]!.number, password: accountPin });
    expect(phone.page.text).toContain('转多少');
    const pid = bank.pid()!;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => bank.pid()).not.toBe(pid);
    await expect.poll(async () => (await answers(bank.seedOrigin!, ca)) && phone.page.text).toBeTruthy();
    await phone.submit(step, { amount: '1' });
    await phone.submit(step);
    expect(phone.page.text).toContain('转账成功');
    expect(balance(wang.accounts[0]!.number)).toBe(before + 1_00);
    const epochs = transactions().map(({ request }) => (JSON.parse(request) as { epoch: number }).epoch);
    expect(new Set(epochs)).toEqual(new Set([1]));
    await phone.submit('/transfers', { bank: bank.bankId });
    await phone.submit(step, { account: wang.accounts[0]!.number });
    expect((JSON.parse(transactions().at(-1)!.request) as { epoch: number }).epoch).toBe(2);
  });
});

/** Whether the bank answers again. */
const answers = async (origin: string, ca: string): Promise<boolean> => {
  const phone = newPhone(origin, ca);
  try {
    return (await phone.raw('GET', '/state')).status === 200;
  } catch {
    return false;
  }
};
