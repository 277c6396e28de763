import { fail, ok } from '../../shared/result/index.ts';
import type { Workflow } from '../../shared/workflow/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { BankConnection } from '../bank/bank-connection.ts';
import type { Runs } from '../runs/runs.ts';
import type { StationHandlers } from '../station-handlers.ts';
import { bankRecordOf } from './bank-record.ts';
import { inspectCard, type InspectionTools } from './inspect-card.ts';
import type { RestartInput } from './restart-chain.ts';
import type { UpgradeAppletInput } from './upgrade-applet.ts';
import type { UpgradeInput } from './upgrade-client.ts';
import type { WipeInput } from './wipe-card.ts';

export interface ReprovisionRoom extends InspectionTools {
  readonly connection: BankConnection;
  readonly runs: Runs;
  readonly wipe: Workflow<WipeInput>;
  readonly upgrade: Workflow<UpgradeInput>;
  readonly applet: Workflow<UpgradeAppletInput>;
  readonly restart: Workflow<RestartInput>;
  readonly audit: AuditLog;
}

export const reprovisionHandlers = (
  room: ReprovisionRoom,
): StationHandlers<
  | 'reprovision.inspect'
  | 'reprovision.wipe'
  | 'reprovision.upgradeClient'
  | 'reprovision.upgradeApplet'
  | 'reprovision.restartChain'
> => ({
  'reprovision.inspect': async ({ reader }, { officerId }) => {
    const inspected = await inspectCard(room, reader);
    const found = inspected.ok ? inspected.value : undefined;
    const written = room.audit.append({
      event: 'card.inspected',
      outcome: inspected.ok ? 'ok' : 'failed',
      officerId,
      reader,
      serial: found?.serial,
      cardId: found?.bankRecord?.cardId,
      customerId: found?.bankRecord?.customerId,
      faultCode: inspected.ok ? undefined : inspected.fault.code,
      data: found ? { content: found.content } : {},
    });
    return written.ok ? inspected : written;
  },

  'reprovision.wipe': async ({ reader, reason }, { officerId = '' }) => {
    const ready = await room.connection.ready();
    if (!ready.ok) return ready;
    const { bankId } = ready.value;
    const run = room.runs.start(room.wipe, { reader, reason, officerId, bankId }, officerId);
    return run.ok ? ok({ runId: run.value.runId }) : run;
  },

  'reprovision.upgradeClient': async ({ reader }, { officerId = '' }) => {
    const ready = await room.connection.ready();
    if (!ready.ok) return ready;
    const { bankId } = ready.value;
    const run = room.runs.start(room.upgrade, { reader, officerId, bankId }, officerId);
    return run.ok ? ok({ runId: run.value.runId }) : run;
  },

  'reprovision.upgradeApplet': async ({ reader, packageAid }, { officerId = '' }) => {
    const ready = await room.connection.ready();
    if (!ready.ok) return ready;
    const run = room.runs.start(room.applet, { reader, packageAid, officerId }, officerId);
    return run.ok ? ok({ runId: run.value.runId }) : run;
  },

  'reprovision.restartChain': async ({ reader, reason }, { officerId = '' }) => {
    const ready = await room.connection.ready();
    if (!ready.ok) return ready;
    const seen = await room.readers.recognise({ reader });
    if (!seen.ok) return seen;
    const record = await bankRecordOf(room.bank, seen.value);
    if (!record.ok) return record;
    if (!record.value) return fail(seen.value.takes === 'card' ? 'card-foreign' : 'medium-foreign');
    const { cardId, customerId, customerName } = record.value;
    const read = await room.bank.call('readCustomer', { customerId }, {});
    if (!read.ok) return read;
    const { blocked, loginName, accounts } = read.value.customer;
    if (blocked) return fail('customer-blocked', { customerId });
    // Any of the customer's accounts shows who they are; their own screen says which one is meant.
    const [account] = accounts;
    if (!account) return fail('account-unknown');
    const { bankId } = ready.value;
    const run = room.runs.start(
      room.restart,
      {
        reader,
        reason,
        officerId,
        bankId,
        cardId,
        customerId,
        customerName,
        loginName,
        account: account.number,
      },
      officerId,
    );
    return run.ok ? ok({ runId: run.value.runId }) : run;
  },
});
