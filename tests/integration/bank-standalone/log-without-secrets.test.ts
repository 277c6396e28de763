import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trainingCustomers, trainingSecrets } from '../../../electron/bank-server/index.ts';
import { bankClient, type BankClient } from '../../harness/bank-client.ts';
import { issueCard } from '../../harness/issue-card.ts';
import { findSecrets } from '../../harness/planted-secrets/find-secret.ts';
import { portalClient } from '../../harness/portal-client.ts';
import { runBankProgram, startBankProcess, type ServingProcess } from '../../harness/standalone-bank.ts';
import type { TestBank } from '../../harness/start-bank.ts';

/*
 * What a bank server writes on stderr at its most talkative, while PINs and passwords come in where they belong,
 * wrong ones too, and where they do not belong: in fields, addresses and headers of requests it cannot read.
 */

const folder = mkdtempSync(join(tmpdir(), 'cardwright-log-'));
const written = join(folder, 'written');
const bankId = 'log-bank';
const customerId = 'C-100001';
const secrets = {
  'account PIN': trainingSecrets[customerId]!.accountPin,
  'wrong account PIN': '907183465512',
  'login password': 'Kranich-Feder-7319',
  'wrong login password': 'Kranich-Feder-7320',
  'PIN in a field': '660194827731',
  'password in a field': 'Ahorn-Blatt-8842',
  'password in an address': 'Birken-Rinde-5513',
  'password in a header': 'Linden-Honig-2291',
};

let bank: ServingProcess;
let client: BankClient;
let log: number;

beforeAll(async () => {
  mkdirSync(written);
  log = openSync(join(written, 'stderr.txt'), 'w');
  const args = ['--database', join(folder, 'bank.sqlite'), '--data', join(folder, 'bank')];
  const setUp = await runBankProgram([
    'set-up',
    ...args,
    ...['--bank-id', bankId, '--bank-name', 'Log', '--training'],
    ...['--portal-origin', 'https://127.0.0.1:29451', '--station-folder', join(folder, 'station')],
  ]);
  expect(setUp.code).toBe(0);
  bank = await startBankProcess([...args, '--log-level', 'debug'], {}, log);
  client = bankClient(bank.apiOrigin, join(folder, 'station'));
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('no PIN and no password is in the log, in any form, whatever is sent', async () => {
  const asBank = {
    customers: trainingCustomers,
    trainingSecrets,
    stationFolder: join(folder, 'station'),
    server: { bankId, portalOrigin: bank.portalOrigin },
  } as unknown as TestBank;
  const [account] = trainingCustomers.find((each) => each.customerId === customerId)!.accounts;

  // where they belong
  const wrong = await client.call(
    'checkAccountPin',
    { customerId },
    {
      account: account!.number,
      pin: await client.seal('account-pin', customerId, secrets['wrong account PIN']),
      officerId: 'teller-1',
    },
  );
  expect(wrong.ok).toBe(false);
  await issueCard(asBank, client, customerId, { password: secrets['login password'] });

  // where they do not
  const post = async (path: string, body: string, headers: Record<string, string> = {}) =>
    (await client.send('POST', path, body, { 'Content-Type': 'application/json', ...headers })).status;
  const checks = `/api/v1/customers/${customerId}/account-pin-checks`;
  const field = JSON.stringify({ pin: secrets['PIN in a field'], password: secrets['password in a field'] });
  const statuses = [
    await post(checks, field, { 'Idempotency-Key': 'a-key-of-this-test' }),
    await post(checks, `{"pin":"${secrets['PIN in a field']}"`), // no JSON
    await post('/api/v1/nothing-here', field),
    await post(`/api/v1/customers/${secrets['password in an address']}/account-pin-checks`, field),
    (await client.send('GET', `/api/v1/customers?query=${secrets['password in an address']}&limit=x`)).status,
    await post('/.well-known/est/card-p256/simpleenroll', secrets['password in a field'], {
      'Content-Type': 'application/pkcs10',
      Authorization: `Basic ${Buffer.from(`station-9:${secrets['password in a header']}`).toString('base64')}`,
      Cookie: `session=${secrets['password in a header']}`,
    }),
  ];
  expect(statuses.every((status) => status >= 400 && status < 500)).toBe(true);
  const portal = portalClient(asBank);
  await portal.get(`/login?password=${secrets['password in an address']}`);
  await portal.post('/login', { assertion: 'nonsense', password: secrets['wrong login password'] });
  await portal.post('/password', { password: secrets['wrong login password'] });
  portal.close();
  client.close();
  expect(await bank.kill('SIGTERM')).toBe(0);
  closeSync(log);

  const lines = readFileSync(join(written, 'stderr.txt'), 'utf8').trim().split('\n');
  expect(lines.length).toBeGreaterThan(25);
  expect(lines.filter((line) => line.includes('"refused"')).length).toBeGreaterThan(2);
  expect(lines.some((line) => line.includes('"malformed"'))).toBe(true);
  expect(
    findSecrets(
      written,
      Object.fromEntries(Object.entries(secrets).map(([name, text]) => [name, Buffer.from(text)])),
    ),
  ).toEqual([]);
}, 60_000);
