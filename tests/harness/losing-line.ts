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

/** The same of the next exchange of a name. */
export type LostCall = { readonly call: string } & Pick<LostExchange, 'when'>;

/** The line to the bank, which fails once. The status of the connection strip does not count. */
export function losingLine(bank: TestBank, lost?: LostExchange | LostCall) {
  const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
  const real = httpsBankClient({
    origin: bank.server.apiOrigin,
    key: read('station.key.pem'),
    certificate: read('station.cert.pem'),
    bankCa: read('bank-ca.pem'),
  });
  let exchanges = 0;
  const exchange = async <T>(name: string, send: () => Promise<Result<T>>): Promise<Result<T>> => {
    exchanges += 1;
    if (lost === undefined) return send();
    if ('call' in lost ? lost.call !== name : lost.exchange !== exchanges) return send();
    const { when } = lost;
    if ('call' in lost) lost = undefined;
    if (when === 'before') return fail('bank-unreachable', { reason: 'simulated' });
    await send();
    return fail('bank-timeout', { reason: 'simulated' });
  };
  const client: StationBankClient = {
    ...real,
    call: (name, params, body, options) =>
      name === 'status'
        ? real.call(name, params, body, options)
        : exchange(name, () => real.call(name, params, body, options)),
    enrol: (profile, csr) => exchange('enrol', () => real.enrol(profile, csr)),
  };
  return {
    client,
    count: () => exchanges,
    /** The n-th from now fails, or the next of this name. */
    lose(next: LostExchange | LostCall | undefined) {
      exchanges = 0;
      lost = next;
    },
    /** From now on nothing is lost. */
    mend() {
      lost = undefined;
    },
  };
}
