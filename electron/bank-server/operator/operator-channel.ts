import type { Result } from '../../shared/result/index.ts';
import type { KeyMessage, KeyMessageReply } from '../../shared/operator-api/index.ts';
import type { OperatorRow } from './operator-tables.ts';

/** The way from the bank to an operator, for key messages. */
export interface OperatorChannel {
  /** Faults: operator-unreachable, and those that the operator gives. */
  send(operator: OperatorRow, message: KeyMessage): Promise<Result<KeyMessageReply>>;
}
