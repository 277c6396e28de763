import { setTimeout as afterMs } from 'node:timers/promises';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { TrainingDevices } from '../../../native/drivers/training-devices.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { StationDevices } from '../readers/station-devices.ts';
import type { StationHandlers } from '../station-handlers.ts';
import { enrolOfficerCard, type EnrolmentTools } from './enrol-officer-card.ts';
import { trainingOfficers } from './training-officers.ts';

export interface TrainingCardRoom extends EnrolmentTools {
  readonly devices: StationDevices;
  readonly audit: AuditLog;
  readonly branch: string;
}

/**
 * Training mode: the drawer has a card for each officer. It is made when it is first taken out, by the same enrolment
 * as every other one; only the order needs no second officer there.
 */
export const trainingOfficerCardHandlers = ({
  devices,
  audit,
  branch,
  ...tools
}: TrainingCardRoom): StationHandlers<'training.insertOfficerCard'> => ({
  'training.insertOfficerCard': async ({ officerId }) => {
    const drawer = devices.training;
    if (!drawer) return fail('training-only');
    const known = trainingOfficers.find((each) => each.officerId === officerId);
    if (!known) return fail('bad-input', { field: 'officerId' });
    const { password: _, cardPin, ...officer } = known;
    // A house that has just opened: the bank is on its way.
    await until(() => tools.bankId() !== undefined);
    const itemId = `officer-card-${officerId}`;
    const inserted = await insertOnce(drawer, tools, itemId, officer.name);
    if (!inserted.ok) return inserted;
    const reader = inserted.value;
    const written = audit.append({
      event: 'training.inserted',
      outcome: 'ok',
      reader,
      data: { item: itemId },
    });
    if (!written.ok) return written;
    const medium = await readMedium(tools, reader);
    if (medium?.officerCard?.officerId === officerId) return ok({ reader });
    const enrolled = await enrolOfficerCard(tools, {
      officer,
      branch,
      orderedBy: { officerId: 'training', role: 'manager' },
      card: { reader, pin: cardPin },
    });
    if (!enrolled.ok) return enrolled;
    await readMedium(tools, reader);
    const recorded = audit.append({
      event: 'officer-card.enrolled',
      outcome: 'ok',
      reader,
      serial: enrolled.value.mediumSerial,
      data: { of: officerId, role: officer.role, card: enrolled.value.certificateSerial },
    });
    return recorded.ok ? ok({ reader }) : recorded;
  },
});

/** The last free one of the training readers: the first is for customers. Fault: reader-busy. */
async function insertOnce(
  drawer: TrainingDevices,
  { readers }: EnrolmentTools,
  itemId: string,
  name: string,
): Promise<Result<string>> {
  const listed = await drawer.list();
  if (!listed.ok) return listed;
  const item = listed.value.find((each) => each.itemId === itemId);
  if (item?.inReader !== undefined) return ok(item.inReader);
  const free = readers
    .views()
    .findLast(({ takes, virtual, medium, leasedBy }) => takes === 'card' && virtual && !medium && !leasedBy);
  if (!free) return fail('reader-busy', {});
  if (!item) {
    const made = await drawer.add('smart-card', {
      itemId,
      label: `Officer's card of ${name}`,
      labelZh: `${name} 的工作卡`,
    });
    if (!made.ok) return made;
  }
  const inserted = await drawer.insert(itemId, free.reader);
  return inserted.ok ? ok(free.reader) : inserted;
}

const [longestMs, againMs] = [5000, 20] as const;

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < longestMs && !holds(); waited += againMs) await afterMs(againMs);
}

/** What was put in, once it has been read. */
async function readMedium({ readers }: EnrolmentTools, reader: string) {
  const medium = () => readers.views().find((view) => view.reader === reader)?.medium;
  await until(() => medium()?.refusals.some(({ code }) => code === 'reader-busy') === false);
  return medium();
}
