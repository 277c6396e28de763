import type { Connection } from '../../shared/contract/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { AuditEvent } from '../audit/audit-events.ts';
import type { AuditLog, NewAuditRecord } from '../audit/audit-log.ts';
import type { StationHandlers } from '../station-handlers.ts';
import type { Readers } from './readers.ts';
import type { TrainingDevices } from '../../../native/drivers/training-devices.ts';
import type { StationDevices } from './station-devices.ts';

export interface DeviceRoom {
  readonly devices: StationDevices;
  readonly readers: Readers;
  readonly audit: AuditLog;
  connection(): Connection;
}

export function deviceHandlers({
  devices,
  readers,
  audit,
  connection,
}: DeviceRoom): StationHandlers<
  | 'devices.list'
  | 'devices.restart'
  | 'training.drawer'
  | 'training.insert'
  | 'training.remove'
  | 'training.pullAt'
  | 'training.newItem'
> {
  /** Training hands leave a trace as real ones do, and exist only where the drawer is. */
  const training = async <T, Reply>(
    act: (drawer: TrainingDevices) => Promise<Result<T>>,
    reply: (value: T) => Reply,
    record: NewAuditRecord<AuditEvent>,
  ): Promise<Result<Reply>> => {
    if (!devices.training) return fail('training-only');
    const acted = await act(devices.training);
    if (!acted.ok) return acted;
    const written = audit.append(record);
    return written.ok ? ok(reply(acted.value)) : written;
  };
  const done = () => ({});

  return {
    'devices.list': () => ok({ readers: readers.views(), connection: connection() }),

    'devices.restart': async (_, { officerId }) => {
      const restarted = (await devices.restart?.()) ?? ok();
      if (!restarted.ok) return restarted;
      const written = audit.append({ event: 'devices.restarted', outcome: 'ok', officerId });
      return written.ok ? ok({}) : written;
    },

    'training.drawer': async () => {
      if (!devices.training) return ok({ items: [] });
      const items = await devices.training.list();
      return items.ok ? ok({ items: [...items.value] }) : items;
    },

    'training.insert': ({ itemId, reader }, { officerId }) =>
      training((drawer) => drawer.insert(itemId, reader), done, {
        event: 'training.inserted',
        outcome: 'ok',
        officerId,
        reader,
        data: { item: itemId },
      }),

    'training.remove': ({ reader }, { officerId }) =>
      training((drawer) => drawer.remove(reader), done, {
        event: 'training.removed',
        outcome: 'ok',
        officerId,
        reader,
      }),

    'training.pullAt': ({ reader, operation, when }, { officerId }) =>
      training((drawer) => drawer.setPull(reader, operation, when), done, {
        event: 'training.pull-set',
        outcome: 'ok',
        officerId,
        reader,
        data: { operation, when },
      }),

    'training.newItem': ({ kind }, { officerId }) =>
      training(
        (drawer) => drawer.add(kind),
        ({ itemId }) => ({ itemId }),
        { event: 'training.item-made', outcome: 'ok', officerId, data: { kind } },
      ),
  };
}
