import { ok } from '../../shared/result/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { StationHandlers } from '../station-handlers.ts';
import type { OfficerRegister } from './officer-register.ts';
import type { OfficerSession } from './officer-session.ts';

export interface OfficerRoom {
  readonly register: OfficerRegister;
  readonly session: OfficerSession;
  readonly audit: AuditLog;
}

export const officerHandlers = ({
  register,
  session,
  audit,
}: OfficerRoom): StationHandlers<'officers.session' | 'officers.signIn' | 'officers.signOut'> => ({
  'officers.session': () => {
    const officer = session.officer();
    return ok(officer ? { officer } : {});
  },

  'officers.signIn': async ({ officerId, password }) => {
    const checked = await register.checkPassword(officerId, password);
    // The name that was typed is not recorded unless somebody has it: people type passwords into it.
    const named = register.find(officerId)?.officerId;
    if (!checked.ok) {
      const { code, data } = checked.fault;
      const seconds = data.seconds;
      const written = audit.append({
        event: 'officer.sign-in-refused',
        outcome: 'refused',
        officerId: named,
        faultCode: code,
        data: typeof seconds === 'number' ? { seconds } : {},
      });
      return written.ok ? checked : written;
    }
    const officer = checked.value;
    const written = audit.append({
      event: 'officer.signed-in',
      outcome: 'ok',
      officerId: officer.officerId,
      data: { role: officer.role },
    });
    if (!written.ok) return written;
    session.begin(officer);
    return ok(officer);
  },

  'officers.signOut': () => {
    session.end('asked');
    return ok({});
  },
});
