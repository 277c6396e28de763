import { ok } from '../../shared/result/index.ts';
import type { StationHandlers } from '../station-handlers.ts';
import type { BankAnchor } from './anchor-at-bank.ts';
import type { AuditLog } from './audit-log.ts';

export const auditHandlers = ({
  audit,
  bankAnchor,
}: {
  readonly audit: AuditLog;
  readonly bankAnchor: BankAnchor;
}): StationHandlers<'audit.search' | 'audit.story' | 'audit.verify' | 'audit.summary'> => ({
  'audit.search': ({ filter, before, limit }) => audit.search(filter, { before, limit }),

  'audit.story': ({ cardId }) => {
    const records = audit.story(cardId);
    return records.ok ? ok({ records: records.value }) : records;
  },

  'audit.verify': async (_, { officerId }) => {
    // A bank that cannot be asked is no reason not to look: then what it signed before is the measure.
    await bankAnchor.send();
    const verified = await audit.verify(bankAnchor.head());
    if (!verified.ok) return verified;
    const { intact, records } = verified.value;
    // Verified before this record was added: the badge tells of the chain as it was.
    const written = audit.append({
      event: 'audit.verified',
      outcome: intact ? 'ok' : 'failed',
      officerId,
      faultCode: intact ? undefined : 'audit-chain-broken',
      data: { intact, records },
    });
    return written.ok ? verified : written;
  },

  'audit.summary': ({ days }) => audit.summary(days),
});
