import type {
  loginField as bankLoginField,
  loginPath as bankLoginPath,
} from '../../../electron/shared/bank-api/login-assertion.ts';

// Repeated, not imported: importing would bundle the bank's schemas. The types keep them equal.
export const loginPath: typeof bankLoginPath = '/login';
export const loginField: typeof bankLoginField = 'assertion';
