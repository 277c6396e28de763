import type { LoginAssertion } from '../../../electron/shared/bank-api/login-assertion.ts';
import { loginField, loginPath } from './portal-paths.ts';

/**
 * Leaves this page for the bank's: a top-level form post, so that no cross-origin rule is in the way
 * and the address bar shows the bank's own name (S0 steps 5 and 6).
 */
export const postLogin = (portalOrigin: string, assertion: LoginAssertion): void => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = portalOrigin + loginPath;
  form.hidden = true;
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = loginField;
  field.value = JSON.stringify(assertion);
  form.append(field);
  document.body.append(form);
  form.submit();
  form.remove();
};
