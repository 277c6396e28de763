import type { BankApi, RouteReply } from '../../shared/bank-api/index.ts';
import type { Connection } from '../../shared/contract/index.ts';
import { fail, ok, type Fault, type Result } from '../../shared/result/index.ts';
import type { BankClient } from './bank-client.ts';

export type BankStatus = RouteReply<BankApi['status']>;
export type BankView = Connection['bank'];

/** What the station knows of the bank at this moment; asks it again and again. */
export interface BankConnection {
  view(): BankView;
  /** The last status the bank gave. */
  status(): BankStatus | undefined;
  /** Asks now. Faults: those of the client, training-only. */
  check(): Promise<Result<BankStatus>>;
  /** Connected, and clocks that agree. Faults: also clock-off {stationTime, bankTime, offsetSeconds}. */
  ready(): Promise<Result<BankStatus>>;
  onChange(listener: (view: BankView) => void): () => void;
  stop(): void;
}

export interface BankConnectionOptions {
  readonly bank: BankClient;
  readonly training: boolean;
  now(): Date;
  readonly everyMs: number;
}

/** Above this a certificate or a nonce could be judged by the wrong time. */
const largestOffsetMs = 5 * 60_000;

export function bankConnection({ bank, training, now, everyMs }: BankConnectionOptions): BankConnection {
  const listeners = new Set<(view: BankView) => void>();
  let last: BankStatus | undefined;
  let view: BankView = {
    state: 'starting',
    bankId: '',
    name: '',
    nameLatin: '',
    clockOffsetMs: 0,
    checkedAt: now().toISOString(),
  };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let asking: Promise<Result<BankStatus>> | undefined;

  const show = (next: BankView) => {
    view = next;
    for (const listener of listeners) listener(next);
  };

  const ask = async (): Promise<Result<BankStatus>> => {
    const sent = now().getTime();
    const answer = await bank.call('status', {}, {}, { timeoutMs: 5000 });
    const received = now().getTime();
    const result = answer.ok && answer.value.training !== training ? fail('training-only') : answer;
    if (result.ok) {
      last = result.value;
      show({
        ...identityOf(result.value),
        state: 'connected',
        // The bank read its clock somewhere between; the middle is wrong by half the round trip at most.
        clockOffsetMs: Math.round(Date.parse(result.value.time) - (sent + received) / 2),
        checkedAt: new Date(received).toISOString(),
      });
    } else {
      show({
        ...(last ? identityOf(last) : { bankId: '', name: '', nameLatin: '' }),
        state: isRefusal(result.fault) ? 'refused' : 'unreachable',
        clockOffsetMs: view.clockOffsetMs,
        fault: result.fault,
        checkedAt: new Date(received).toISOString(),
      });
    }
    return result;
  };

  const check = (): Promise<Result<BankStatus>> => {
    asking ??= ask().finally(() => {
      asking = undefined;
      clearTimeout(timer);
      if (stopped) return;
      timer = setTimeout(() => void check(), everyMs);
      timer.unref();
    });
    return asking;
  };

  return {
    view: () => view,
    status: () => last,
    check,
    async ready() {
      const status = await check();
      if (!status.ok) return status;
      const offset = view.clockOffsetMs;
      if (Math.abs(offset) <= largestOffsetMs) return ok(status.value);
      return fail('clock-off', {
        stationTime: now().toISOString(),
        bankTime: status.value.time,
        offsetSeconds: Math.round(offset / 1000),
      });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      listeners.clear();
    },
  };
}

const identityOf = (status: BankStatus) => ({
  bankId: status.bankId,
  name: status.bankName,
  nameLatin: status.bankNameLatin,
});

/** The bank can be reached and one of the two does not accept the other. */
const isRefusal = ({ code }: Fault): boolean =>
  code === 'bank-refused-station' ||
  code === 'station-certificate-ended' ||
  code === 'bank-untrusted' ||
  code === 'training-only';
