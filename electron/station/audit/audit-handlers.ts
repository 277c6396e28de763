import { ok } from '../../shared/result/index.ts';
import type { StationHandlers } from '../station-handlers.ts';
import type { AuditLog } from './audit-log.ts';

export const auditHandlers = (
  audit: AuditLog,
): StationHandlers<'audit.search' | 'audit.story' | 'audit.verify' | 'audit.summary'> => ({
  'audit.search': ({ filter, before, limit }) => audit.search(filter, { before, limit }),

  'audit.story': ({ cardId }) => {
    const records = audit.story(cardId);
    return records.ok ? ok({ records: records.value }) : records;
  },

  'audit.verify': async (_, { officerId }) => {
    const verified = await audit.verify();
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
