/** What was said in the open when a channel began: nothing of it is secret. */
export interface OpeningExchange {
  readonly hostChallenge: Uint8Array;
  readonly initializeUpdateResponse: Uint8Array;
}
