import type { CallName, Handlers, StationContract } from '../shared/contract/index.ts';

/** The handlers of some calls of the contract; each room of the station has its own, compose puts them together. */
export type StationHandlers<Names extends CallName<StationContract>> = Pick<Handlers<StationContract>, Names>;
