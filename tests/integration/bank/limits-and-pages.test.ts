import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingCustomers, trainingSecrets } from '../../../electron/bank-server/index.ts';
import { problem } from '../../../electron/shared/bank-api/index.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import { bankClient, httpsSend, type BankClient } from '../../harness/bank-client.ts';
import { reserve } from '../../harness/issue-card.ts';
import { startInProcess, type InProcessBank } from '../../harness/standalone-in-process.ts';
import type { TestBank } from '../../harness/start-bank.ts';

let bank: InProcessBank;
let client: BankClient;
const metrics = async () => (await fetch(`http://127.0.0.1:${bank.serving.ports.operations}/metrics`)).text();

describe('a list', () => {
  beforeAll(async () => {
    bank = await startInProcess({ setUp: ['--training'] });
    client = bankClient(bank.apiOrigin, bank.stationFolder);
  });
  afterAll(async () => {
    client.close();
    await bank.stop();
  });

  it('of customers comes in pages: each once, in order, also when a cursor is used twice', async () => {
    const all = await client.must('findCustomers', { query: 'C-1' });
    expect(all.next).toBeUndefined();
    expect(all.customers.length).toBeGreaterThan(6);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.must('findCustomers', {
        query: 'C-1',
        limit: '3',
        ...(cursor !== undefined && { cursor }),
      });
      const again = await client.must('findCustomers', {
        query: 'C-1',
        limit: '3',
        ...(cursor !== undefined && { cursor }),
      });
      expect(again).toEqual(page);
      expect(page.customers.length).toBeLessThanOrEqual(3);
      seen.push(...page.customers.map((each) => each.customerId));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen).toEqual(all.customers.map((each) => each.customerId));
  });

  it('of cards goes on where it stopped, although a newer one has come meanwhile', async () => {
    const asBank = { customers: trainingCustomers, trainingSecrets } as TestBank;
    const made: string[] = [];
    const issueAndEnd = async () => {
      const { cardId } = await reserve(asBank, client, 'C-100001', { mediumIdentity: 'usb|one' });
      await client.must('compensateCard', { cardId }, { reason: 'test', mediumWiped: true });
      made.unshift(cardId);
    };
    for (let each = 0; each < 4; each += 1) await issueAndEnd();
    const first = await client.must('findCards', { mediumIdentity: 'usb|one', limit: '2' });
    expect(first.cards.map(({ cardId }) => cardId)).toEqual(made.slice(0, 2));
    const before = [...made];
    await issueAndEnd();
    const second = await client.must('findCards', { mediumIdentity: 'usb|one', cursor: first.next! });
    expect(second.cards.map(({ cardId }) => cardId)).toEqual(before.slice(2));
    expect(second.next).toBeUndefined();
    const ofCustomer = await client.must('findCards', { customerId: 'C-100001' });
    expect(ofCustomer.cards.map(({ cardId }) => cardId)).toEqual(made);
  });

  it.each(['nonsense', Buffer.from('[1]').toString('base64url'), Buffer.from('{}').toString('base64url')])(
    'refuses a cursor that is none: %s',
    async (cursor) => {
      const refused = await client.call('findCustomers', { query: 'C-1', cursor });
      expect(refused).toMatchObject({
        problem: { status: 400, fault: { code: 'request-malformed', data: { field: 'cursor' } } },
      });
    },
  );
});

describe('who asks too often', () => {
  beforeAll(async () => {
    bank = await startInProcess({ serve: ['--station-requests', '12', '--address-requests', '5'] });
    client = bankClient(bank.apiOrigin, bank.stationFolder);
  });
  afterAll(async () => {
    client.close();
    await bank.stop();
  });

  it('is turned away with 429 and a time, as a station understands it, and nothing was done', async () => {
    const answers = [];
    for (let turn = 0; turn < 14; turn += 1) answers.push(await client.send('GET', '/api/v1/status'));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(12).fill(200), 429, 429]);
    const refused = answers.at(-1)!;
    expect(problem.parse(JSON.parse(refused.body.toString())).fault).toMatchObject({
      code: 'bank-busy',
      data: { reason: 'rate-limit' },
    });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['x-request-id']).toBeDefined();
    // Also where nothing is: looking for calls is no way round.
    expect((await client.send('GET', '/api/v1/nothing')).status).toBe(429);

    const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
    const station = httpsBankClient({
      origin: bank.apiOrigin,
      key: read('station.key.pem'),
      certificate: read('station.cert.pem'),
      bankCa: read('bank-ca.pem'),
    });
    expect(await station.call('status', {}, {})).toMatchObject({ fault: { code: 'bank-busy' } });
    station.close();
    expect(await metrics()).toContain('cardwright_requests_limited_total{server="api"} 4');
  });

  it('is known by address at the portal, where anybody may knock', async () => {
    const agent = new Agent({ ca: readFileSync(join(bank.stationFolder, 'bank-ca.pem')) });
    const answers = [];
    for (let turn = 0; turn < 7; turn += 1)
      answers.push(await httpsSend(agent, new URL('/?lang=en', bank.portalOrigin), 'GET'));
    agent.destroy();
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(5).fill(200), 429, 429]);
    const refused = answers.at(-1)!;
    expect(refused.body.toString()).toContain('The bank has too much to do right now');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await metrics()).toContain('cardwright_requests_limited_total{server="portal"} 2');
  });
});
