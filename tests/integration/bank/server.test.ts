import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { Agent } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBankServer } from '../../../electron/bank-server/index.ts';
import { problem } from '../../../electron/shared/bank-api/index.ts';
import { bankClient, httpsSend } from '../../harness/bank-client.ts';
import { checkPin, issueCard } from '../../harness/issue-card.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

describe('who may talk to the bank', () => {
  let bank: TestBank;

  beforeAll(async () => {
    bank = await startBank();
  });
  afterAll(() => bank.stop());

  const file = (name: string) => readFileSync(join(bank.stationFolder, name));
  const status = (options: object, origin = bank.server.apiOrigin) => {
    const agent = new Agent({ ca: file('bank-ca.pem'), maxCachedSessions: 0, ...options });
    return httpsSend(agent, new URL('/api/v1/status', origin), 'GET').finally(() => agent.destroy());
  };

  it('a station with its certificate, over TLS 1.3', async () => {
    const station = { key: file('station.key.pem'), cert: file('station.cert.pem') };
    expect((await status(station)).status).toBe(200);
    await expect(status({ ...station, maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version|EPROTO/);
    await expect(status({ ...station, maxVersion: 'TLSv1.2' }, bank.server.portalOrigin)).rejects.toThrow();
  });

  it('nobody without a certificate, and no card', async () => {
    await expect(status({})).rejects.toThrow(/certificate required|ECONNRESET|socket hang up/);
    const client = bank.client();
    const card = await issueCard(bank, client, 'C-100001');
    const asCard = await status({
      key: card.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: `-----BEGIN CERTIFICATE-----\n${card.certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    });
    expect(asCard.status).toBe(403);
    expect(problem.parse(JSON.parse(asCard.body.toString())).fault.code).toBe('bank-refused-station');
  });

  it('no station of another bank', async () => {
    const other = await startBank();
    const station = {
      key: readFileSync(join(other.stationFolder, 'station.key.pem')),
      cert: readFileSync(join(other.stationFolder, 'station.cert.pem')),
    };
    await expect(status(station)).rejects.toThrow();
    await other.stop();
  });

  it('gets nothing but a fault and a request id for what is wrong', async () => {
    const client = bank.client();
    const answers = [
      await client.send('GET', '/api/v1/nothing'),
      await client.send('POST', '/api/v1/cards', '{"pin":"123456"', { 'Content-Type': 'application/json' }),
      await client.send('POST', '/api/v1/cards', '{"customerId":17}', {
        'Content-Type': 'application/json',
        'Idempotency-Key': randomUUID(),
      }),
      await client.send('POST', '/api/v1/cards', 'x'.repeat(600_000), { 'Content-Type': 'application/json' }),
      await client.send('GET', '/api/v1/customers?query='),
    ];
    expect(answers.map((each) => each.status)).toEqual([404, 400, 400, 400, 400]);
    for (const answer of answers) {
      const body: unknown = JSON.parse(answer.body.toString());
      expect(Object.keys(problem.strict().parse(body))).toEqual([
        'type',
        'title',
        'status',
        'fault',
        'requestId',
      ]);
      expect(answer.body.toString()).not.toMatch(/123456|node_modules|\.ts/);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.headers['x-request-id']).toBe((body as { requestId: string }).requestId);
    }
  });

  it('finds customers by any part of what is on their papers, at most twenty', async () => {
    const client = bank.client();
    const find = async (query: string) =>
      (await client.must('findCustomers', { query })).customers.map((each) => each.nameLatin);
    expect(await find('李')).toEqual(['Li Na']);
    expect(await find('li na')).toEqual(['Li Na']);
    expect(await find('138 0010 0001')).toEqual(['Li Na']);
    expect(await find('kj0517')).toEqual(['Lin Peishan']);
    expect(await find('C-10001')).toHaveLength(5);
    expect(await find('%')).toEqual([]);
    expect((await find('a')).length).toBeGreaterThan(5);
    const { customer } = await client.must('readCustomer', { customerId: 'C-100001' });
    expect(customer.photo).toMatch(/^data:image\/svg\+xml;base64,/);
    expect(JSON.stringify(customer)).not.toMatch(/pin|hash|balance|1864250/i);
  });
});

describe('a start', () => {
  let folder: string;
  const options = () => ({
    dataFolder: join(folder, 'bank'),
    stationFolder: join(folder, 'station'),
    training: true as const,
    logLevel: 'silent' as const,
  });
  const database = () => join(folder, 'bank', 'bank.sqlite');
  const faultOf = async () => {
    const started = await startBankServer(options());
    if (started.ok) await started.value.stop();
    return started.ok ? 'started' : `${started.fault.code} ${JSON.stringify(started.fault.data)}`;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cardwright-bank-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps ports, CA and station, and shows its secrets to the owner only', async () => {
    const starts = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const started = await startBankServer(options());
      if (!started.ok) throw new Error(started.fault.code);
      const { apiOrigin, portalOrigin, bankId } = started.value;
      const station = readFileSync(join(folder, 'station', 'station.cert.pem'), 'utf8');
      const ca = readFileSync(join(folder, 'station', 'bank-ca.pem'), 'utf8');
      starts.push({ apiOrigin, portalOrigin, bankId, station, ca });
      await started.value.stop();
    }
    expect(starts[1]).toEqual(starts[0]);
    for (const name of ['bank.sqlite', 'keys/passphrase', 'keys/ca.key.pem', 'keys/pepper.secret'])
      expect(statSync(join(folder, 'bank', name)).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'station', 'station.key.pem')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'bank', 'keys', 'ca.key.pem'), 'utf8')).toContain(
      'ENCRYPTED PRIVATE KEY',
    );
  });

  it('gives the station a new identity when its own is gone or spoilt', async () => {
    expect(await faultOf()).toBe('started');
    const certificate = join(folder, 'station', 'station.cert.pem');
    const before = readFileSync(certificate, 'utf8');
    writeFileSync(join(folder, 'station', 'station.key.pem'), 'spoilt');
    expect(await faultOf()).toBe('started');
    expect(readFileSync(certificate, 'utf8')).not.toBe(before);
  });

  it('says that the database is damaged, and leaves it as it is', async () => {
    expect(await faultOf()).toBe('started');
    copyFileSync(database(), `${database()}.good`);

    const spoilt = readFileSync(database());
    spoilt.fill(0xa5, 0, 100);
    writeFileSync(database(), spoilt);
    expect(await faultOf()).toMatch(/^database-damaged/);
    expect(readFileSync(database())).toEqual(spoilt);

    const torn = readFileSync(`${database()}.good`);
    torn.fill(0xa5, torn.length / 2, torn.length / 2 + 9000);
    writeFileSync(database(), torn);
    expect(await faultOf()).toMatch(/^database-damaged/);

    truncateSync(database(), 0);
    expect(await faultOf()).toBe('database-damaged {"where":"bank","reason":"missing"}');
    rmSync(database());
    expect(await faultOf()).toBe('database-damaged {"where":"bank","reason":"missing"}');
    expect(existsSync(database())).toBe(false);

    copyFileSync(`${database()}.good`, database());
    expect(await faultOf()).toBe('started');
  });

  it('does not write into a database that is not its own, or newer than it', async () => {
    expect(await faultOf()).toBe('started');
    rmSync(database());
    const foreign = new BetterSqlite3(database());
    foreign.exec('create table recipes (name text)');
    foreign.close();
    expect(await faultOf()).toBe('database-damaged {"where":"bank","reason":"schema"}');

    rmSync(join(folder, 'bank'), { recursive: true });
    expect(await faultOf()).toBe('started');
    const newer = new BetterSqlite3(database());
    newer.exec(`insert into schema_versions values (99, '2030-01-01T00:00:00.000Z')`);
    newer.close();
    expect(await faultOf()).toBe('database-damaged {"where":"bank","reason":"schema"}');
  });

  it('never makes a lost key anew', async () => {
    expect(await faultOf()).toBe('started');
    for (const name of ['ca.key.pem', 'envelope.key.pem', 'pepper.secret', 'passphrase']) {
      const path = join(folder, 'bank', 'keys', name);
      const good = readFileSync(path);
      rmSync(path);
      expect(await faultOf()).toBe(`bank-keys-damaged {"file":"${name}"}`);
      writeFileSync(path, Buffer.concat([Buffer.of(0x41), good.subarray(1, -9)]));
      expect(await faultOf()).toMatch(/^bank-keys-damaged/);
      writeFileSync(path, good);
    }
    expect(await faultOf()).toBe('started');
  });

  it('says by name that the portal’s port is taken; another port for the API will do', async () => {
    const first = await startBankServer(options());
    if (!first.ok) throw new Error(first.fault.code);
    const { apiOrigin, portalOrigin } = first.value;
    await first.value.stop();
    const hold = async (origin: string) => {
      const server = createServer().listen(Number(new URL(origin).port), '127.0.0.1');
      await once(server, 'listening');
      return server;
    };
    const portalHolder = await hold(portalOrigin);
    expect(await faultOf()).toBe(
      `bank-port-taken ${JSON.stringify({ server: 'portal', port: Number(new URL(portalOrigin).port) })}`,
    );
    portalHolder.close();

    const apiHolder = await hold(apiOrigin);
    const moved = await startBankServer(options());
    if (!moved.ok) throw new Error(moved.fault.code);
    expect(moved.value.apiOrigin).not.toBe(apiOrigin);
    expect(moved.value.portalOrigin).toBe(portalOrigin);
    await moved.value.stop();
    apiHolder.close();
  });
});

describe('the embedded program', () => {
  let folder: string;
  const children: ChildProcess[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cardwright-bank-'));
  });
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (argument?: object) => {
    const program = join(import.meta.dirname, '../../../electron/bank-server/embedded.ts');
    const child = fork(program, argument ? [JSON.stringify(argument)] : [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    children.push(child);
    let log = '';
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const exit = once(child, 'exit').then(([code]) => code as number | null);
    return {
      child,
      exit,
      message: () => once(child, 'message').then(([each]) => each as unknown),
      log: () => log,
    };
  };
  const options = () => ({
    dataFolder: join(folder, 'bank'),
    stationFolder: join(folder, 'station'),
    training: true,
    logLevel: 'debug',
  });

  it('starts from its argument, answers, keeps secrets out of its log, and stops when told', async () => {
    const { child, exit, message, log } = start(options());
    const ready = (await message()) as { kind: string; apiOrigin: string; portalOrigin: string };
    expect(ready).toMatchObject({ kind: 'ready', bankId: 'qingyu-training' });

    const client = bankClient(ready.apiOrigin, join(folder, 'station'));
    const { trainingCustomers, trainingSecrets } = await import('../../../electron/bank-server/index.ts');
    const asBank = { customers: trainingCustomers, trainingSecrets } as TestBank;
    await checkPin(asBank, client, 'C-100001');
    await client.must('findCustomers', { query: '李娜' });
    await client.send('POST', '/api/v1/cards', '{"pin":"314159"', { 'Content-Type': 'application/json' });
    client.close();

    child.send({ kind: 'stop' });
    expect(await exit).toBe(0);
    expect(log()).toContain('"route":"/api/v1/customers"');
    expect(log()).not.toMatch(/314159|李娜|%E6%9D%8E|river-lantern|PRIVATE KEY/);
    // nothing is left half-written: the log of the database was folded in
    expect(existsSync(join(folder, 'bank', 'bank.sqlite-wal'))).toBe(false);
  });

  it('starts from its first message and ends with its parent', async () => {
    const { child, exit, message } = start();
    child.send(options());
    expect(await message()).toMatchObject({ kind: 'ready' });
    child.disconnect();
    expect(await exit).toBe(0);
  });

  it('has what it acknowledged after it was killed', async () => {
    const { trainingCustomers } = await import('../../../electron/bank-server/index.ts');
    const { customerId, accounts } = trainingCustomers[1]!;
    const said: unknown[] = [];
    for (let life = 0; life < 2; life += 1) {
      const { child, exit, message } = start(options());
      const ready = (await message()) as { apiOrigin: string };
      const client = bankClient(ready.apiOrigin, join(folder, 'station'));
      const answer = await client.call(
        'checkAccountPin',
        { customerId },
        {
          account: accounts[0]!.number,
          pin: await client.seal('account-pin', customerId, '000000'),
          officerId: 'teller-1',
        },
      );
      said.push(answer.ok ? 'right' : answer.problem.fault);
      child.kill('SIGKILL');
      client.close();
      await exit;
    }
    expect(said).toEqual([
      { code: 'account-pin-wrong', data: { triesLeft: 2 } },
      { code: 'account-pin-wrong', data: { triesLeft: 1 } },
    ]);
  });

  it('says why it cannot start', async () => {
    const nonsense = start({ dataFolder: '' });
    expect(await nonsense.message()).toEqual({
      kind: 'failed',
      fault: { code: 'bank-setup-invalid', data: { file: 'options' } },
    });
    nonsense.child.disconnect();
    expect(await nonsense.exit).not.toBe(null);

    const blocked = join(folder, 'a-file');
    writeFileSync(blocked, '');
    const unwritable = start({ ...options(), dataFolder: join(blocked, 'bank') });
    expect(await unwritable.message()).toMatchObject({
      kind: 'failed',
      fault: { code: 'bank-setup-invalid' },
    });
    unwritable.child.disconnect();
    await unwritable.exit;
  });
});
