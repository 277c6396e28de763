import { join } from 'node:path';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Workflow } from '../../shared/workflow/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { BankConnection } from '../bank/bank-connection.ts';
import { checkIdentity } from '../identity/check-identity.ts';
import type { OfficerRegister } from '../officers/officer-register.ts';
import type { Runs } from '../runs/runs.ts';
import type { StationHandlers } from '../station-handlers.ts';
import type { StationHost } from '../station-host.ts';
import type { IssueInput } from './issue-input.ts';
import { receiptHtml } from './receipt-html.ts';
import { receiptOf, type ReceiptPlace } from './receipt.ts';

export interface IssuanceRoom {
  readonly bank: BankClient;
  readonly connection: BankConnection;
  readonly runs: Runs;
  readonly workflow: Workflow<IssueInput>;
  readonly register: OfficerRegister;
  readonly audit: AuditLog;
  readonly host: StationHost;
  readonly receiptFolder: string;
  readonly place: ReceiptPlace;
  now(): Date;
}

export function issuanceHandlers(
  room: IssuanceRoom,
): StationHandlers<'issuance.start' | 'issuance.receipt' | 'issuance.printReceipt'> {
  const { bank, connection, runs, workflow, register, audit, host, receiptFolder, place, now } = room;

  const receiptFor = (runId: string) => {
    const run = runs.find(runId);
    return run.ok ? receiptOf(run.value, place, now()) : run;
  };

  return {
    'issuance.start': async ({ customerId, account, identity }, { officerId = '' }) => {
      const officer = register.find(officerId);
      if (!officer) return fail('session-expired');
      const ready = await connection.ready();
      if (!ready.ok) return ready;
      const read = await bank.call('readCustomer', { customerId }, {});
      if (!read.ok) {
        // The bank may have gone since it was asked: the strip is not to say otherwise for long.
        void connection.check();
        return read;
      }
      const { customer } = read.value;
      const refusal = (): Result<void> => {
        if (customer.blocked) return fail('customer-blocked', { customerId });
        if (!customer.accounts.some(({ number }) => number === account)) return fail('account-unknown');
        return checkIdentity(identity, customer, now());
      };
      const allowed = refusal();
      const written = audit.append({
        event: allowed.ok ? 'identity.accepted' : 'identity.refused',
        outcome: allowed.ok ? 'ok' : 'refused',
        officerId,
        customerId,
        faultCode: allowed.ok ? undefined : allowed.fault.code,
        data: allowed.ok
          ? { document: identity.document.type, differences: identity.differences.join(', ') }
          : { document: identity.document.type },
      });
      if (!written.ok) return written;
      if (!allowed.ok) return allowed;
      const { bankId, bankName, bankNameLatin } = ready.value;
      const run = runs.start(
        workflow,
        {
          officerId,
          officerName: officer.name,
          bankId,
          bankName,
          bankNameLatin,
          customerId,
          customerName: customer.name,
          loginName: customer.loginName,
          account,
          // As the bank writes it; the check above found the shown one to be the same.
          documentNumber: customer.document.number,
          differences: identity.differences,
        },
        officerId,
      );
      return run.ok ? ok({ runId: run.value.runId }) : run;
    },

    'issuance.receipt': ({ runId }) => receiptFor(runId),

    'issuance.printReceipt': async ({ runId, locale }, { officerId }) => {
      const receipt = receiptFor(runId);
      if (!receipt.ok) return receipt;
      const { receiptNumber, training, cardId } = receipt.value;
      const path = join(receiptFolder, `${training ? 'TRAINING-' : ''}${receiptNumber}-${locale}.pdf`);
      const printed = await host.printToPdf(receiptHtml(receipt.value, locale), path);
      if (!printed.ok) return printed;
      const written = audit.append({
        event: 'receipt.printed',
        outcome: 'ok',
        officerId,
        runId,
        cardId,
        data: { receipt: receiptNumber, locale },
      });
      return written.ok ? ok({ path }) : written;
    },
  };
}
