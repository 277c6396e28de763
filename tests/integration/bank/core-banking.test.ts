import { createDecipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { trainingCustomers } from '../../../electron/bank-server/index.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import { bankClient, type BankClient } from '../../harness/bank-client.ts';
import { issueCard } from '../../harness/issue-card.ts';
import { startInProcess, type InProcessBank } from '../../harness/standalone-in-process.ts';
import type { TestBank } from '../../harness/start-bank.ts';
import { newIdentity } from '../operator/certificates.ts';

/*
 * A core system of another maker: it knows the customers and their PINs, the bank server under test knows
 * nobody. Real HTTPS with certificates on both sides.
 */
const pinKey = randomBytes(32);
const pins: Record<string, string> = { 'C-100001': '135790', 'C-100002': '246802' };
const [li] = trainingCustomers;

interface Core {
  readonly server: Server;
  /** How it behaves now. */
  mode: 'right' | 'silent' | 'broken' | 'nonsense';
  readonly seen: { readonly path: string; readonly body: string }[];
  readonly failures: Map<string, number>;
}

const openBlock = (hex: string, account: string): string => {
  const open = (block: Buffer): Buffer => {
    const decipher = createDecipheriv('aes-256-ecb', pinKey, null).setAutoPadding(false);
    return Buffer.concat([decipher.update(block), decipher.final()]);
  };
  const digits = account.replaceAll(' ', '');
  const accountField = Buffer.from(`${digits.length - 12}${digits}`.padEnd(32, '0'), 'hex');
  const once = open(Buffer.from(hex, 'hex'));
  const field = open(Buffer.from(once.map((byte, at) => byte ^ accountField[at]!))).toString('hex');
  return field.slice(2, 2 + Number.parseInt(field[1]!, 16));
};

const startCore = async (tls: { key: string; cert: string; ca: string }): Promise<Core> => {
  const core: Core = {
    server: createServer({ ...tls, requestCert: true, rejectUnauthorized: true }),
    mode: 'right',
    seen: [],
    failures: new Map(),
  };
  const answered = new Map<string, object>();
  const answerTo = (
    path: URL,
    body: string,
    authorized: boolean,
    tryId: string,
  ): readonly [number, object] => {
    if (core.mode === 'broken') return [500, { error: 'a stack trace with 135790' }];
    if (core.mode === 'nonsense') return [200, { hello: 'there' }];
    if (!authorized) return [401, {}];
    const [, id, what] = /^\/bank\/customers(?:\/([^/]+)(?:\/(.+))?)?$/.exec(path.pathname) ?? [];
    if (id === undefined) {
      const wanted = path.searchParams.get('query') ?? '';
      const from = Number(path.searchParams.get('cursor') ?? 0);
      const most = Number(path.searchParams.get('limit'));
      const found = trainingCustomers.filter(({ nameLatin }) => nameLatin.includes(wanted));
      const next = from + most < found.length ? String(from + most) : undefined;
      const customers = found
        .slice(from, from + most)
        .map((each) => ({ ...each, documentNumber: each.document.number }));
      return [200, { customers, ...(next && { next }) }];
    }
    const customer = trainingCustomers.find(({ customerId }) => customerId === id);
    if (customer === undefined) return [404, {}];
    if (what !== 'account-pin-checks') return [200, customer];
    const before = answered.get(tryId);
    if (before) return [200, before];
    const { account, pinBlock } = JSON.parse(body) as { account: string; pinBlock: { block: string } };
    const right = openBlock(pinBlock.block, account) === pins[id];
    const failures = right ? 0 : (core.failures.get(id) ?? 0) + 1;
    core.failures.set(id, failures);
    const answer = right ? { right } : { right, triesLeft: Math.max(0, 3 - failures) };
    answered.set(tryId, answer);
    return [200, answer];
  };
  core.server.on('request', (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const path = new URL(request.url ?? '', 'https://core');
      core.seen.push({ path: path.pathname, body });
      if (core.mode === 'silent') return;
      const authorized = request.socket instanceof TLSSocket && request.socket.authorized;
      const [status, answer] = answerTo(path, body, authorized, String(request.headers['idempotency-key']));
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  core.server.listen(0, '127.0.0.1');
  await once(core.server, 'listening');
  return core;
};

describe('a bank with a core system of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-core-'));
  let core: Core;
  let bank: InProcessBank;
  let client: BankClient;

  beforeAll(async () => {
    const [coreSide, bankSide] = [await newIdentity('core'), await newIdentity('bank')];
    core = await startCore({ key: coreSide.key, cert: coreSide.certificate, ca: bankSide.certificate });
    const file = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content, { mode: 0o600 });
      return join(folder, name);
    };
    const { port } = core.server.address() as AddressInfo;
    bank = await startInProcess({
      folder,
      serve: [
        ...['--core-banking', `https://127.0.0.1:${port}/bank`],
        ...['--core-banking-ca', file('core-ca.pem', coreSide.certificate)],
        ...['--core-banking-identity', file('bank.pem', bankSide.key + bankSide.certificate)],
        ...['--core-banking-pin-key', file('pin-key', pinKey.toString('hex'))],
      ],
    });
    client = bankClient(bank.apiOrigin, bank.stationFolder);
  });
  beforeEach(() => {
    core.mode = 'right';
    core.seen.length = 0;
  });
  afterAll(async () => {
    client.close();
    await bank.stop();
    core.server.closeAllConnections();
    core.server.close();
  });

  const check = async (pin: string, idempotencyKey?: string) =>
    client.call(
      'checkAccountPin',
      { customerId: 'C-100001' },
      {
        account: li!.accounts[0]!.number,
        pin: await client.seal('account-pin', 'C-100001', pin),
        officerId: 'teller-1',
      },
      idempotencyKey,
    );

  it('looks customers up there, in pages, and keeps no PIN of theirs', async () => {
    const first = await client.must('findCustomers', { query: 'Li', limit: '1' });
    expect(first.customers).toHaveLength(1);
    const second = await client.must('findCustomers', { query: 'Li', limit: '1', cursor: first.next! });
    expect(second.customers[0]!.customerId).not.toBe(first.customers[0]!.customerId);
    const { customer } = await client.must('readCustomer', { customerId: 'C-100001' });
    expect(customer).toMatchObject({ name: li!.name, document: li!.document });
    expect(await client.call('readCustomer', { customerId: 'C-9' })).toMatchObject({
      problem: { status: 404, fault: { code: 'customer-unknown' } },
    });
    const rows = new BetterSqlite3(bank.databaseFile, { readonly: true });
    expect(rows.prepare('select pin_hash, pin_blocked from accounts').all()).toEqual(
      li!.accounts.map(() => ({ pin_hash: '', pin_blocked: 1 })),
    );
    rows.close();
  });

  it('has PINs checked there, under a PIN block: right, wrong, blocked', async () => {
    expect((await check('135790')).ok).toBe(true);
    expect(core.seen.map(({ body }) => body).join()).not.toContain('135790');
    const wrong = await check('000000', 'the-same-try-1');
    expect(wrong).toMatchObject({
      problem: { status: 403, fault: { code: 'account-pin-wrong', data: { triesLeft: 2 } } },
    });
    expect(await check('000000')).toMatchObject({ problem: { fault: { data: { triesLeft: 1 } } } });
    expect(await check('000000')).toMatchObject({ problem: { fault: { code: 'account-pin-blocked' } } });
    core.failures.clear();
    expect((await check('135790')).ok).toBe(true);
  });

  it.each([
    ['broken', 500],
    ['nonsense', 'unreadable'],
  ] as const)('says at the station that the core gives no answer when it is %s', async (mode, reason) => {
    core.mode = mode;
    const refusals = [
      await client.call('findCustomers', { query: 'Li' }),
      await client.call('readCustomer', { customerId: 'C-100001' }),
      await check('135790'),
    ];
    for (const each of refusals)
      expect(each).toMatchObject({
        problem: { status: 503, fault: { code: 'core-banking-unavailable', data: { reason } } },
      });
    expect(JSON.stringify(refusals)).not.toContain('135790');
  });

  it('waits five seconds for it, less than a station waits for the bank', async () => {
    core.mode = 'silent';
    const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
    const station = httpsBankClient({
      origin: bank.apiOrigin,
      key: read('station.key.pem'),
      certificate: read('station.cert.pem'),
      bankCa: read('bank-ca.pem'),
    });
    const answer = await station.call('findCustomers', { query: 'Li' }, {});
    expect(answer).toEqual({
      ok: false,
      fault: { code: 'core-banking-unavailable', data: { reason: 'timeout' } },
    });
    station.close();
  });

  it('issues a card to a customer of the core', async () => {
    const asBank = {
      customers: trainingCustomers,
      trainingSecrets: {
        'C-100001': { accountPin: '135790', suggestedLoginPassword: 'river-lantern-42-north' },
      },
      server: { bankId: 'in-process' },
    } as unknown as TestBank;
    const card = await issueCard(asBank, client, 'C-100001');
    const { card: record } = await client.must('readCard', { cardId: card.cardId });
    expect(record).toMatchObject({ state: 'active', customerName: li!.name });
  });

  it('trusts no other certificate than the one it was told', async () => {
    const stranger = await newIdentity('stranger');
    const other = await startCore({
      key: stranger.key,
      cert: stranger.certificate,
      ca: stranger.certificate,
    });
    const { port } = other.server.address() as AddressInfo;
    const identity = await newIdentity('expected');
    const caFile = join(folder, 'another-ca.pem');
    writeFileSync(caFile, identity.certificate);
    const pinFile = join(folder, 'pin-key');
    const second = await startInProcess({
      serve: [
        ...['--core-banking', `https://127.0.0.1:${port}/bank`, '--core-banking-ca', caFile],
        ...['--core-banking-pin-key', pinFile],
      ],
    });
    const asked = bankClient(second.apiOrigin, second.stationFolder);
    expect(await asked.call('findCustomers', { query: 'Li' })).toMatchObject({
      problem: { fault: { code: 'core-banking-unavailable', data: { reason: 'untrusted' } } },
    });
    expect(other.seen).toEqual([]);
    asked.close();
    await second.stop();
    other.server.closeAllConnections();
    other.server.close();
  });
});
