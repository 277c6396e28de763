import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';

/**
 * Remembers which cards refused a key. Cards count wrong keys and lock themselves for ever after a few
 * (some after one), so a card gets one attempt with a wrong key in its life, and then a person looks at it.
 * The station keeps this in its database, so that no restart forgets.
 */
export interface KeyAttempts {
  /** Before anything is tried. Fault: card-management-key-refused, when this card is in quarantine. */
  begin(cardId: string): Promise<Result<void>>;
  /** The card refused, or proved other keys: quarantine. */
  refused(cardId: string): Promise<Result<void>>;
}

/** For tests, and for a station without a database. */
export const keyAttemptsInMemory = (): KeyAttempts => {
  const quarantine = new Set<string>();
  return {
    begin: async (cardId) =>
      quarantine.has(cardId) ? fail('card-management-key-refused', { stage: 'quarantine' }) : ok(),
    async refused(cardId) {
      quarantine.add(cardId);
      return ok();
    },
  };
};
