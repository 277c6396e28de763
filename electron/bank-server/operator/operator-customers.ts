import type { Result } from '../../shared/result/index.ts';

/** What this room asks the bank about customers. */
export interface OperatorCustomers {
  /** The customer who gave this number at the counter (E.164). */
  findByPhone(
    phoneNumber: string,
  ): Promise<{ readonly customerId: string; readonly blocked: boolean } | undefined>;
  /** Account numbers are digits only here. */
  findAccount(account: string): Promise<AccountHolder | undefined>;
  /**
   * Checks the account PIN; a wrong one is counted before the answer. Faults: account-pin-wrong {triesLeft},
   * account-pin-blocked.
   */
  checkPin(account: string, pin: string): Promise<Result<void>>;
}

export interface AccountHolder {
  readonly customerId: string;
  readonly name: string;
  readonly currency: string;
}
