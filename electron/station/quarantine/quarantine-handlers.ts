import { createHash } from 'node:crypto';
import { fail, ok } from '../../shared/result/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { OfficerRegister } from '../officers/officer-register.ts';
import type { StationHandlers } from '../station-handlers.ts';

export interface QuarantineRoom {
  readonly bank: BankClient;
  readonly audit: AuditLog;
  readonly register: OfficerRegister;
}

/**
 * Cards that refused a key lie in the bank's quarantine. A technician asks for a release with what was found out,
 * a manager decides and types the password again for it: the decision is a person's, not an open window's.
 */
export const quarantineHandlers = ({
  bank,
  audit,
  register,
}: QuarantineRoom): StationHandlers<'quarantine.list' | 'quarantine.askRelease' | 'quarantine.decide'> => ({
  'quarantine.list': () => bank.call('findQuarantined', {}, {}),

  'quarantine.askRelease': async ({ mediumIdentity, finding, reason }, { officerId = '' }) => {
    const asked = await bank.call(
      'askQuarantineRelease',
      { mediumIdentity },
      { finding, reason, officer: { officerId, role: 'technician' } },
      { idempotencyKey: keyOf('ask', mediumIdentity, officerId, finding, reason) },
    );
    // What was found out in words stands in the bank's story of the card; the log takes no sentences.
    const written = audit.append({
      event: 'quarantine.release-asked',
      outcome: asked.ok ? 'ok' : 'refused',
      officerId,
      serial: mediumIdentity,
      faultCode: asked.ok ? undefined : asked.fault.code,
      data: { finding, ...(asked.ok && { release: asked.value.releaseId }) },
    });
    return written.ok ? asked : written;
  },

  'quarantine.decide': async ({ releaseId, approved, reason, password }, { officerId = '' }) => {
    const officer = register.find(officerId);
    if (!officer) return fail('session-expired');
    const checked = await register.checkPassword(officerId, password);
    const decided = checked.ok
      ? await bank.call(
          'decideQuarantineRelease',
          { releaseId },
          { approved, reason, officer: { officerId, role: officer.role } },
          { idempotencyKey: keyOf('decide', releaseId, officerId, String(approved), reason) },
        )
      : checked;
    const written = audit.append({
      event: 'quarantine.decided',
      outcome: decided.ok ? 'ok' : 'refused',
      officerId,
      serial: decided.ok ? decided.value.mediumIdentity : undefined,
      faultCode: decided.ok ? undefined : decided.fault.code,
      data: { release: releaseId, approved, ...(decided.ok && { askedBy: decided.value.askedBy }) },
    });
    if (!written.ok) return written;
    return decided.ok ? ok({ released: decided.value.released }) : decided;
  },
});

/** The same request again, whose answer was lost, gets the same answer. */
const keyOf = (...parts: readonly string[]): string =>
  `quarantine/${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
