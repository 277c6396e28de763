import { ok } from '../../shared/result/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { StationHandlers } from '../station-handlers.ts';

/** Customers are read from the bank each time: the station keeps no copy of them. */
export const customerLookupHandlers = (
  bank: BankClient,
  audit: AuditLog,
): StationHandlers<'customers.find' | 'customers.read'> => ({
  'customers.find': ({ query }) => bank.call('findCustomers', { query }, {}),

  'customers.read': async ({ customerId }, { officerId }) => {
    const read = await bank.call('readCustomer', { customerId }, {});
    const written = audit.append({
      event: 'customer.read',
      outcome: read.ok ? 'ok' : 'refused',
      officerId,
      // An id the bank does not know is what somebody typed.
      customerId: read.ok ? customerId : undefined,
      faultCode: read.ok ? undefined : read.fault.code,
    });
    if (!written.ok) return written;
    return read.ok ? ok(read.value) : read;
  },
});
