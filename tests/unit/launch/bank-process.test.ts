import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { startBankProcess, type BankProcess } from '../../../electron/launch/bank-process.ts';

/* A program in the bank's place that says what a bank says, so that each way to fail can be had. */

const folder = mkdtempSync(join(tmpdir(), 'cardwright-bank-process-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ready = `{ kind: 'ready', apiOrigin: 'https://127.0.0.1:1', portalOrigin: 'https://127.0.0.1:2', onlineOrigin: 'https://127.0.0.1:3', bankId: 'b' }`;

function start(name: string, body: string, more: object = {}) {
  const program = join(folder, `${name}.mjs`);
  writeFileSync(program, body);
  return startBankProcess({
    program: pathToFileURL(program),
    dataFolder: join(folder, 'bank'),
    stationFolder: join(folder, 'station'),
    logFile: join(folder, `${name}.log`),
    restartAfterMs: 10,
    startLimitMs: 20_000,
    ...more,
  });
}

async function started(...parameters: Parameters<typeof start>): Promise<BankProcess> {
  const bank = await start(...parameters);
  if (!bank.ok) throw new Error(JSON.stringify(bank.fault));
  return bank.value;
}

describe('the bank’s process', () => {
  it('is told its folders and tells its addresses', async () => {
    const bank = await started(
      'good',
      `process.on('message', (m) => { if (m.kind === 'stop') { console.log('stopped'); process.exit(0); } else { console.log(JSON.stringify(m)); process.send(${ready}); } });`,
    );
    expect(bank).toMatchObject({
      apiOrigin: 'https://127.0.0.1:1',
      portalOrigin: 'https://127.0.0.1:2',
      bankId: 'b',
    });
    await bank.stop();
    const [told, end] = readFileSync(join(folder, 'good.log'), 'utf8').trim().split('\n');
    expect(JSON.parse(told!)).toEqual({
      dataFolder: join(folder, 'bank'),
      stationFolder: join(folder, 'station'),
      training: true,
    });
    expect(end).toBe('stopped');
  });

  it('passes on the fault it failed with', async () => {
    const fault = { code: 'database-damaged', data: { file: 'bank.sqlite' } };
    expect(
      await start(
        'damaged',
        `process.on('message', () => process.send({ kind: 'failed', fault: ${JSON.stringify(fault)} }));`,
      ),
    ).toEqual({ ok: false, fault });
  });

  it.each([
    ['ends at once', `process.exit(3);`, 'it ended with 3'],
    ['says something else', `process.on('message', () => process.send('hello'));`, 'it said something else'],
    [
      'leaves an address out',
      `process.on('message', () => process.send({ kind: 'ready', bankId: 'b' }));`,
      'it said something else',
    ],
    [
      'gives a fault nobody knows',
      `process.on('message', () => process.send({ kind: 'failed', fault: { code: 'x' } }));`,
      'a fault without a name',
    ],
  ])('that %s has not started', async (name, body, detail) => {
    expect(await start(name.replaceAll(' ', '-'), body)).toEqual({
      ok: false,
      fault: { code: 'bank-server-not-started', data: { detail } },
    });
  });

  it('that says nothing is given up', async () => {
    expect(await start('silent', `process.on('message', () => {});`, { startLimitMs: 200 })).toMatchObject({
      ok: false,
      fault: { code: 'bank-server-not-started', data: { detail: 'it was not ready after 0.2 s' } },
    });
  });

  it('is started again when it dies, and not after it was stopped', async () => {
    const restarts: number[] = [];
    const bank = await started(
      'mortal',
      `process.on('message', (m) => { if (m.kind === 'stop') process.exit(0); process.send(${ready}); });`,
      { onRestart: (attempt: number) => restarts.push(attempt) },
    );
    const first = bank.pid()!;
    process.kill(first, 'SIGKILL');
    await expect.poll(() => bank.pid() !== first && restarts.length, { timeout: 10_000 }).toBe(1);
    const second = bank.pid()!;
    await bank.stop();
    expect(() => process.kill(second, 0)).toThrow();
    expect(restarts).toEqual([1]);
  });
});
