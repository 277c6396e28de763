import type { Customer, CustomerSummary } from '../../shared/domain/index.ts';
import type { Result } from '../../shared/result/index.ts';

/**
 * What this bank server asks the bank's core system: who a customer is, and whether the account PIN is right.
 * Every call may come back with `core-banking-unavailable {reason}`; nothing was decided then.
 */
export interface CoreBanking {
  /** By any part of name, customer number, phone or document number, sorted. Fault: request-malformed. */
  findCustomers(query: string, page: CustomerPage): Promise<Result<FoundCustomers>>;
  /** As the core has it now. Fault: customer-unknown. */
  readCustomer(customerId: string): Promise<Result<Customer>>;
  /**
   * Checks an account PIN; the try is counted before the PIN is looked at. Faults: account-unknown,
   * account-pin-wrong {triesLeft}, account-pin-blocked, customer-blocked.
   */
  checkAccountPin(check: AccountPinCheck): Promise<Result<void>>;
  close(): void;
}

export interface CustomerPage {
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  readonly most: number;
}

export interface FoundCustomers {
  readonly customers: readonly CustomerSummary[];
  readonly next?: string | undefined;
}

export interface AccountPinCheck {
  readonly customerId: string;
  readonly account: string;
  /** Digits; in nobody's log. */
  readonly pin: string;
  /** The same for the same try, so that one that is asked again is not counted again. */
  readonly tryId: string;
}
