import type { Result } from '../../shared/result/index.ts';
import type { Actor } from '../bank.ts';
import type { BankTransaction, Isolation } from '../store/store.ts';

/** The station behind a request: who its client certificate says it is. */
export interface StationIdentity {
  readonly stationId: string;
}

export interface Caller {
  readonly station: StationIdentity;
  readonly requestId: string;
  readonly now: Date;
}

/** One request of a station, as the handlers see it. */
export interface ApiCall<Reply> extends Caller {
  /** Under which the same request may come again; absent where its route takes none. */
  readonly idempotencyKey?: string | undefined;
  /**
   * Does the work and remembers its answer under the request's idempotency key, in one transaction. A
   * refusal undoes everything and is not remembered, because the next try may find things changed;
   * with `keepRefusal` it commits and is remembered too.
   */
  commit(
    work: (tx: BankTransaction) => Promise<Result<Reply>>,
    options?: { readonly keepRefusal?: boolean; readonly isolation?: Isolation },
  ): Promise<Result<Reply>>;
}

export const actorOf = (call: Caller, officerId: string): Actor => ({
  stationId: call.station.stationId,
  officerId,
  requestId: call.requestId,
  at: call.now,
});
