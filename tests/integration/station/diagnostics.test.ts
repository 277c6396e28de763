import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holds } from '../../harness/planted-secrets/find-secret.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  goOn,
  inWords,
  must,
  startIssuance,
  startTestStation,
  type TestStation,
} from '../../harness/start-station.ts';

let bank: TestBank;
let station: TestStation;
const customerId = 'C-100003';
const cardPin = '739152';

beforeAll(async () => {
  bank = await startBank();
  station = await startTestStation({ bank });
});
afterAll(async () => {
  await station.stop();
  await bank.stop();
});

test('a technician reads what was said to a card; no PIN, key or name of a customer is in it', async () => {
  const { runId } = must(await startIssuance(station, bank, customerId));
  expect(inWords(await goOn(station, bank, runId, 'sim', { cardPin }))).toBe('completed done');
  const technician = await station.window('technician');
  const { lines } = must(await technician.call('devices.trace', { runId, limit: 1000 }));
  const headers = lines.map(({ header }) => header);
  expect(headers).toContain('00200080'); // VERIFY
  expect(lines.find(({ header, data }) => header.startsWith('00a404') && data)?.data).toMatch(/^a0000003/);
  expect(lines.every((line) => line.runId === runId)).toBe(true);
  // Of a command with a secret in it there is a length, and nothing else.
  const verify = lines.filter(({ header }) => header === '00200080' || header === '00240080');
  expect(verify.length).toBeGreaterThan(0);
  expect(verify.every(({ data }) => data === undefined)).toBe(true);

  const { path, sha256 } = must(await technician.call('devices.saveDiagnostics', { runId }));
  const text = readFileSync(path, 'utf8');
  expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
  const saved = JSON.parse(text) as { run: { runId: string }; trace: unknown[]; records: unknown[] };
  expect(saved.run.runId).toBe(runId);
  expect(saved.trace.length).toBeGreaterThan(50);
  expect(saved.records.length).toBeGreaterThan(20);

  const customer = bank.customers.find((each) => each.customerId === customerId)!;
  const { accountPin, suggestedLoginPassword } = bank.trainingSecrets[customerId]!;
  const { piv } = station.counter.sim.state;
  const planted = [cardPin, Buffer.from(cardPin).toString('hex'), accountPin, suggestedLoginPassword];
  const names = [customer.name, customer.nameLatin, customerId, customer.accounts[0]!.number];
  expect(text).not.toContain(Buffer.from(customer.nameLatin).toString('hex'));
  for (const hidden of [...planted, ...names, piv.management.key, piv.puk.value]) {
    for (const written of [text, JSON.stringify(lines)])
      expect(holds(Buffer.from(written), Buffer.from(hidden)), hidden).toBe(false);
  }
  const manager = await station.window('manager');
  const { records } = must(await manager.call('audit.search', { filter: { text: sha256 }, limit: 5 }));
  expect(records).toMatchObject([{ event: 'diagnostics.saved', runId, officerId: 'zhaomin' }]);
  expect(await station.teller.call('devices.trace', { limit: 5 })).toMatchObject({
    fault: { code: 'not-allowed' },
  });
});
