import type { LoginAssertion } from '../../../electron/shared/bank-api/login-assertion.ts';
import { arrivalField, arrivePath, loginField, loginPath } from './portal-paths.ts';

/** Leaves this page for the bank's, which asks for the password (S0 steps 5 and 6). */
export const postLogin = (portalOrigin: string, assertion: LoginAssertion): void => {
  post(portalOrigin + loginPath, loginField, JSON.stringify(assertion));
};

/** The same after a login with a random number (S4, 110): the bank knows whose browser this is by `arrival`. */
export const postArrival = (portalOrigin: string, arrival: string): void => {
  post(portalOrigin + arrivePath, arrivalField, arrival);
};

/** A top-level form post: no cross-origin rule is in the way, and the address bar shows the bank's own name. */
const post = (action: string, name: string, value: string): void => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  form.hidden = true;
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = name;
  field.value = value;
  form.append(field);
  document.body.append(form);
  form.submit();
  form.remove();
};
