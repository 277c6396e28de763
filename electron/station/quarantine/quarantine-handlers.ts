import { createHash } from 'node:crypto';
import { fail, ok } from '../../shared/result/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { evidenceOf, type Approvals } from '../officers/approvals.ts';
import { releaseDecision } from '../officers/officer-card-handlers.ts';
import type { OfficerRegister } from '../officers/officer-register.ts';
import type { StationHandlers } from '../station-handlers.ts';

export interface QuarantineRoom {
  readonly bank: BankClient;
  readonly audit: AuditLog;
  readonly register: OfficerRegister;
  readonly approvals: Approvals;
}

/**
 * Cards that refused a key lie in the bank's quarantine. A technician asks for a release with what was found out,
 * a manager decides and signs it with the card, or types the password again: the decision is a person's, not an open
 * window's.
 */
export function quarantineHandlers({
  approvals,
  bank,
  audit,
  register,
}: QuarantineRoom): StationHandlers<'quarantine.list' | 'quarantine.askRelease' | 'quarantine.decide'> {
  return {
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

    'quarantine.decide': async (order, { officerId = '' }) => {
      const { releaseId, approved, reason } = order;
      const officer = register.find(officerId);
      if (!officer) return fail('session-expired');
      const authorised = await approvals.authorise(async () => {
        const made = await releaseDecision(bank, order);
        if (!made.ok) return made;
        // The bank holds this over all stations; here no PIN is asked for in vain.
        if (made.value.askedBy === officerId) return fail('second-officer-needed', { officerId });
        return ok(made.value.decision);
      }, order);
      const signed = authorised.ok ? authorised.value : undefined;
      const decided = authorised.ok
        ? await bank.call(
            'decideQuarantineRelease',
            { releaseId },
            { approved, reason, officer: { officerId, role: officer.role }, ...(signed && { signed }) },
            {
              idempotencyKey: keyOf(
                'decide',
                releaseId,
                officerId,
                String(approved),
                reason,
                ...(signed ? [signed.text] : []),
              ),
            },
          )
        : authorised;
      const written = audit.append({
        event: 'quarantine.decided',
        outcome: decided.ok ? 'ok' : 'refused',
        officerId,
        serial: decided.ok ? decided.value.mediumIdentity : undefined,
        faultCode: decided.ok ? undefined : decided.fault.code,
        data: {
          release: releaseId,
          approved,
          ...(decided.ok && { askedBy: decided.value.askedBy }),
          ...evidenceOf(signed),
        },
      });
      if (!written.ok) return written;
      return decided.ok ? ok({ released: decided.value.released }) : decided;
    },
  };
}

/** The same request again, whose answer was lost, gets the same answer. */
const keyOf = (...parts: readonly string[]): string =>
  `quarantine/${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
