import type {
  answerPath as bankAnswerPath,
  arrivalField as bankArrivalField,
  arrivePath as bankArrivePath,
  askPath as bankAskPath,
  confirmPath as bankConfirmPath,
  signOnPath as bankSignOnPath,
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
export const signOnPath: typeof bankSignOnPath = '/card/sign-on';
export const answerPath: typeof bankAnswerPath = '/card/answer';
export const arrivePath: typeof bankArrivePath = '/login/arrive';
export const arrivalField: typeof bankArrivalField = 'arrival';
