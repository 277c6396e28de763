import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  supplyApplets,
  trainingApplet,
} from '../../../electron/bank-server/training/supply-training-applets.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

let bank: TestBank;
let client: BankClient;
const { packageAid } = trainingApplet;
const mediumIdentity = '00a991e701';
const officerId = 'T-1';
beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());

const onCard = async () => (await client.must('readCardApplets', { mediumIdentity })).applets;
const report = (body: object, key?: string) =>
  client.must('reportCardApplet', { mediumIdentity }, { packageAid, officerId, ...body }, key);

describe('the bank’s applets over its API', () => {
  it('are none until it supplies some; each file is what its hash says', async () => {
    expect(await client.must('findAppletPackages', {})).toEqual({ packages: [] });
    supplyApplets(join(bank.dataFolder, 'applets'), [{ version: '1.0' }, { version: '1.1' }]);
    const { packages } = await client.must('findAppletPackages', {});
    expect(packages.map(({ version }) => version)).toEqual(['1.0', '1.1']);
    for (const { sha256 } of packages) {
      const { capFile } = await client.must('readAppletFile', { sha256 });
      const bytes = Buffer.from(capFile, 'base64');
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    const unknown = await client.call('readAppletFile', { sha256: '0'.repeat(64) });
    expect(unknown).toMatchObject({ ok: false, problem: { fault: { code: 'applet-unknown' } } });
  });

  it('are in the register as they were read back, and gone where they were taken off', async () => {
    expect(await onCard()).toEqual([]);
    await report({ version: '1.0' }, 'run-1/report-applet/1');
    await report({ version: '1.1' }, 'run-2/report-applet/1');
    // A report that comes again after its answer was lost is no news.
    await report({ version: '1.0' }, 'run-1/report-applet/1');
    expect(await onCard()).toMatchObject([{ packageAid, version: '1.1', officerId }]);
    const other = 'f04357000102';
    await report({ packageAid: other, version: '2.0', replaced: [packageAid] });
    expect(await onCard()).toMatchObject([{ packageAid: other, version: '2.0' }]);
    await report({ packageAid: other });
    expect(await onCard()).toEqual([]);
  });
});
