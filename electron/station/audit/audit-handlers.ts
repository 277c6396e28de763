import { ok } from '../../shared/result/index.ts';
import type { Approvals } from '../officers/approvals.ts';
import type { StationHandlers } from '../station-handlers.ts';
import type { BankAnchor } from './anchor-at-bank.ts';
import type { BankKeys } from './bank-keys.ts';
import { exportEvidence, type EvidenceTools } from './export-evidence.ts';

export interface AuditRoom extends EvidenceTools {
  readonly approvals: Approvals;
  readonly bankAnchor: BankAnchor;
  readonly bankKeys: BankKeys;
}

type AuditCall =
  | 'audit.search'
  | 'audit.story'
  | 'audit.verify'
  | 'audit.summary'
  | 'audit.exportEvidence'
  | 'audit.bankKeys'
  | 'audit.acceptBankKeys';

export const auditHandlers = (room: AuditRoom): StationHandlers<AuditCall> => ({
  'audit.search': ({ filter, before, limit }) => room.audit.search(filter, { before, limit }),

  'audit.story': ({ cardId }) => {
    const records = room.audit.story(cardId);
    return records.ok ? ok({ records: records.value }) : records;
  },

  'audit.verify': async (_, { officerId }) => {
    // A bank that cannot be asked is no reason not to look: then what it signed before is the measure.
    await room.bankAnchor.send();
    const verified = await room.audit.verify(room.bankAnchor.head());
    if (!verified.ok) return verified;
    const { intact, records } = verified.value;
    // Verified before this record was added: the badge tells of the chain as it was.
    const written = room.audit.append({
      event: 'audit.verified',
      outcome: intact ? 'ok' : 'failed',
      officerId,
      faultCode: intact ? undefined : 'audit-chain-broken',
      data: { intact, records },
    });
    return written.ok ? verified : written;
  },

  'audit.exportEvidence': ({ sequence, locale }, { officerId }) =>
    exportEvidence(room, { sequence, locale, officerId }),

  'audit.bankKeys': (order, { officerId }) => room.bankKeys.read(order, officerId),

  'audit.acceptBankKeys': async (order, { officerId = '' }) => {
    const beginning = await room.bankKeys.newBeginning(order);
    const authorised = beginning.ok
      ? await room.approvals.authorise(() => Promise.resolve(ok(beginning.value.decision)), order)
      : beginning;
    const begun =
      beginning.ok && authorised.ok
        ? room.bankKeys.begin(beginning.value, { officerId, signed: authorised.value })
        : authorised;
    if (begun.ok) return ok({});
    const written = room.audit.append({
      event: 'bank-keys.accepted',
      outcome: 'refused',
      officerId,
      faultCode: begun.fault.code,
      data: { records: order.size, head: order.headHash, reference: order.reference },
    });
    return written.ok ? begun : written;
  },

  'audit.summary': ({ days }) => room.audit.summary(days),
});
