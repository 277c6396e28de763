import type {
  askPath as bankAskPath,
  confirmPath as bankConfirmPath,
} from '../../../electron/shared/bank-api/card-messages.ts';
import type {
  loginField as bankLoginField,
  loginPath as bankLoginPath,
} from '../../../electron/shared/bank-api/login-assertion.ts';

// Repeated, not imported: importing would bundle the bank's schemas. The types keep them equal.
export const loginPath: typeof bankLoginPath = '/login';
export const loginField: typeof bankLoginField = 'assertion';
export const askPath: typeof bankAskPath = '/card/ask';
export const confirmPath: typeof bankConfirmPath = '/card/confirm';
