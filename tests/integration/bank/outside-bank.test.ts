import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findOutsideBank, readOutsideBank } from '../../../electron/launch/outside-bank.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import { startInProcess } from '../../harness/standalone-in-process.ts';

describe('a station that is told of a bank elsewhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-outside-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts its own without a file, and none with a file that cannot be read', () => {
    expect(readOutsideBank(folder)).toEqual(ok(undefined));
    const file = join(folder, 'bank.json');
    const settings = { origin: 'https://api.bank.example:8443', credentialsFolder: '/etc/cardwright' };
    writeFileSync(file, JSON.stringify(settings));
    expect(readOutsideBank(folder)).toEqual(ok(settings));
    const production = { branch: { name: '朝阳支行', nameLatin: 'Chaoyang Branch' } };
    writeFileSync(file, JSON.stringify({ ...settings, production }));
    expect(readOutsideBank(folder)).toEqual(ok({ ...settings, production }));
    for (const wrong of [
      JSON.stringify({ ...settings, production: true }),
      '{',
      '{}',
      JSON.stringify({ ...settings, origin: 'http://bank' }),
    ]) {
      writeFileSync(file, wrong);
      expect(readOutsideBank(folder)).toEqual(fail('bank-setup-invalid', { file }));
    }
  });

  it('goes to a training bank and to no other, in production to no training bank', async () => {
    const real = await startInProcess();
    const found = (credentialsFolder: string, origin = real.apiOrigin) =>
      findOutsideBank({ origin, credentialsFolder });
    expect(await found(real.stationFolder)).toEqual(fail('training-only', { bankId: 'in-process' }));
    const production = { branch: { name: '朝阳支行', nameLatin: 'Chaoyang Branch' } };
    const inProduction = { origin: real.apiOrigin, credentialsFolder: real.stationFolder, production };
    expect(await findOutsideBank(inProduction)).toMatchObject({ ok: true, value: { production } });
    expect(await found(folder)).toMatchObject({ fault: { code: 'bank-setup-invalid' } });
    expect(await found(real.stationFolder, 'https://127.0.0.1:1')).toMatchObject({
      fault: { code: 'bank-unreachable' },
    });
    await real.stop();
    const training = await startInProcess({ setUp: ['--training'] });
    expect(
      await findOutsideBank({ origin: training.apiOrigin, credentialsFolder: training.stationFolder }),
    ).toMatchObject({ ok: true, value: { bankId: 'in-process', apiOrigin: training.apiOrigin } });
    expect(
      await findOutsideBank({
        ...inProduction,
        origin: training.apiOrigin,
        credentialsFolder: training.stationFolder,
      }),
    ).toMatchObject({ fault: { code: 'bank-setup-invalid' } });
    await training.stop();
  });
});
