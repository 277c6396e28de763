import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, type Result } from '../../electron/shared/result/index.ts';
import type { BankClient as StationBankClient } from '../../electron/station/bank/bank-client.ts';
import { httpsBankClient } from '../../electron/station/bank/https-bank-client.ts';
import type { TestBank } from './start-bank.ts';

/** The n-th exchange with the bank fails: nothing reaches it, or it has done it and the answer is lost. */
export interface LostExchange {
  readonly exchange: number;
  readonly when: 'before' | 'after';
}

/** The line to the bank, which fails once. The status of the connection strip does not count. */
export function losingLine(bank: TestBank, lost?: LostExchange) {
  const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
  const real = httpsBankClient({
    origin: bank.server.apiOrigin,
    key: read('station.key.pem'),
    certificate: read('station.cert.pem'),
    bankCa: read('bank-ca.pem'),
  });
  let exchanges = 0;
  const exchange = async <T>(send: () => Promise<Result<T>>): Promise<Result<T>> => {
    exchanges += 1;
    if (exchanges !== lost?.exchange) return send();
    if (lost.when === 'before') return fail('bank-unreachable', { reason: 'simulated' });
    await send();
    return fail('bank-timeout', { reason: 'simulated' });
  };
  const client: StationBankClient = {
    ...real,
    call: (name, params, body, options) =>
      name === 'status'
        ? real.call(name, params, body, options)
        : exchange(() => real.call(name, params, body, options)),
    enrol: (profile, csr) => exchange(() => real.enrol(profile, csr)),
  };
  return {
    client,
    count: () => exchanges,
    /** The n-th from now fails. */
    lose(next: LostExchange | undefined) {
      exchanges = 0;
      lost = next;
    },
    /** From now on nothing is lost. */
    mend() {
      lost = undefined;
    },
  };
}
