import { passwordFlaw } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/** Eight to 64 characters, not the login name, not one of those everybody tries first. */
export const checkLoginPassword = (password: string, loginName: string): Result<void> => {
  const reason = passwordFlaw(password, loginName, { least: 8, most: 64 });
  return reason === undefined ? ok() : fail('login-password-weak', { reason });
};
