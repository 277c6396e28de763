import {
  aboutEnrolment,
  aboutRelease,
  aboutRevocation,
  type Officer,
  type OfficerCardEnd,
} from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BankKeys } from '../audit/bank-keys.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { Readers } from '../readers/readers.ts';
import { readCardIdentity } from '../readers/recognise-card.ts';
import type { StationHandlers } from '../station-handlers.ts';
import { evidenceOf, type Approvals, type Decision } from './approvals.ts';
import { enrolOfficerCard } from './enrol-officer-card.ts';
import type { OfficerEntries } from './officer-entry-handlers.ts';
import { numbersOf, type OfficerRegister } from './officer-register.ts';

export interface OfficerCardRoom {
  readonly approvals: Approvals;
  readonly audit: AuditLog;
  readonly bank: BankClient;
  readonly bankKeys: BankKeys;
  readonly entries: OfficerEntries;
  readonly readers: Readers;
  readonly register: OfficerRegister;
  readonly branch: string;
  bankId(): string | undefined;
}

/** A manager orders and ends officers' cards; what is decided by a signature is shown before, line by line. */
export function officerCardHandlers({
  approvals,
  audit,
  bank,
  bankKeys,
  entries,
  readers,
  register,
  branch,
  bankId,
}: OfficerCardRoom): StationHandlers<
  'officers.list' | 'officers.prepareAct' | 'officers.enrolCard' | 'officers.revokeCard'
> {
  const enrolment = async (
    officerId: string,
    reader: string,
  ): Promise<Result<{ officer: Officer; decision: Decision }>> => {
    const known = register.find(officerId);
    if (!known) return fail('officer-unknown', { officerId });
    const officer: Officer = { officerId, name: known.name, role: known.role };
    const identity = await readers.useCard({ reader }, readCardIdentity);
    if (!identity.ok) return identity;
    const about = aboutEnrolment({ ...officer, branch, mediumIdentity: identity.value.identity });
    return ok({ officer, decision: { act: 'enrol-officer-card', about } });
  };
  const revocation = async (
    certificateSha256: string,
    reason: OfficerCardEnd,
  ): Promise<Result<{ officerId: string; decision: Decision }>> => {
    const known = await bank.call('readOfficerCard', { certificateSha256 }, {});
    if (!known.ok) return known;
    const { officerId } = known.value.card;
    const about = aboutRevocation({ certificateSha256, officerId, reason });
    return ok({ officerId, decision: { act: 'revoke-officer-card', about } });
  };
  const prepared = (made: Result<{ decision: Decision }>) =>
    made.ok ? approvals.prepare(made.value.decision) : made;

  return {
    'officers.list': async () => {
      const officers = register.all();
      if (!officers.ok) return officers;
      const known = await bank.call('findOfficerCards', { officers: numbersOf(officers.value) }, {});
      return known.ok ? ok({ officers: officers.value, cards: known.value.cards }) : known;
    },

    'officers.prepareAct': async (order) => {
      switch (order.act) {
        case 'decide-release':
          return prepared(await releaseDecision(bank, order));
        case 'enrol-card':
          return prepared(await enrolment(order.officerId, order.reader));
        case 'revoke-card':
          return prepared(await revocation(order.certificateSha256, order.reason));
        case 'enter-officer':
          return prepared(entries.entry(order));
        case 'give-start-password':
          return prepared(entries.startPassword(order.officerId));
        case 'end-officer':
          return prepared(await entries.end(order.officerId));
        case 'accept-key-record':
          return prepared(await bankKeys.newBeginning(order));
      }
    },

    'officers.enrolCard': async ({ officerId, card, approval }, { officerId: managerId = '' }) => {
      const made = await enrolment(officerId, card.reader);
      if (!made.ok) return made;
      const signed = await approvals.sign(made.value.decision, approval);
      const enrolled = signed.ok
        ? await enrolOfficerCard(
            { bank, readers, bankId },
            {
              officer: made.value.officer,
              branch,
              orderedBy: { officerId: managerId, role: 'manager' },
              signed: signed.value,
              card,
            },
          )
        : signed;
      const written = audit.append(
        enrolled.ok && signed.ok
          ? {
              event: 'officer-card.enrolled',
              outcome: 'ok',
              officerId: managerId,
              reader: card.reader,
              serial: enrolled.value.mediumSerial,
              data: {
                of: officerId,
                role: enrolled.value.role,
                card: enrolled.value.certificateSerial,
                ...evidenceOf(signed.value),
              },
            }
          : {
              event: 'officer-card.enrolment-failed',
              outcome: 'failed',
              officerId: managerId,
              reader: card.reader,
              faultCode: enrolled.ok ? undefined : enrolled.fault.code,
              data: { of: officerId },
            },
      );
      if (!written.ok) return written;
      return enrolled.ok ? ok({ card: enrolled.value }) : enrolled;
    },

    'officers.revokeCard': async ({ certificateSha256, reason, approval }, { officerId: managerId = '' }) => {
      const made = await revocation(certificateSha256, reason);
      if (!made.ok) return made;
      const signed = await approvals.sign(made.value.decision, approval);
      const revoked = signed.ok
        ? await bank.call(
            'revokeOfficerCard',
            { certificateSha256 },
            {
              reason,
              orderedBy: { officerId: managerId, role: 'manager' },
              ...(signed.value && { signed: signed.value }),
            },
            { idempotencyKey: `officer-card/revoke/${certificateSha256}` },
          )
        : signed;
      const written = audit.append({
        event: 'officer-card.revoked',
        outcome: revoked.ok ? 'ok' : 'refused',
        officerId: managerId,
        serial: revoked.ok ? revoked.value.card.mediumSerial : undefined,
        faultCode: revoked.ok ? undefined : revoked.fault.code,
        data: {
          of: made.value.officerId,
          reason,
          ...(revoked.ok && { card: revoked.value.card.certificateSerial }),
          ...evidenceOf(signed.ok ? signed.value : undefined),
        },
      });
      if (!written.ok) return written;
      return revoked;
    },
  };
}

export interface ReleaseDecision {
  readonly releaseId: string;
  readonly approved: boolean;
  readonly reason: string;
}

/** What a decision on a release is about, as the bank has it now. Fault: card-not-quarantined. */
export async function releaseDecision(
  bank: BankClient,
  { releaseId, approved, reason: note }: ReleaseDecision,
): Promise<Result<{ decision: Decision; askedBy: string; mediumIdentity: string }>> {
  const found = await bank.call('findQuarantined', {}, {});
  if (!found.ok) return found;
  const card = found.value.cards.find(({ pending }) => pending?.releaseId === releaseId);
  if (!card?.pending) return fail('card-not-quarantined', { releaseId });
  const { mediumIdentity } = card;
  const { finding, reason, askedBy } = card.pending;
  const about = aboutRelease({ releaseId, mediumIdentity, finding, reason, askedBy, note });
  const act = approved ? 'release-from-quarantine' : 'leave-in-quarantine';
  return ok({ decision: { act, about }, askedBy, mediumIdentity });
}
