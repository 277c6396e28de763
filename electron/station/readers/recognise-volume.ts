import type { Fault, FaultCode, Result } from '../../shared/result/index.ts';
import { SdCardSession, type SdInspection } from '../../../native/applications/sd/index.ts';
import type { MediumPresence, MediumVolume } from '../../../native/drivers/media-driver.ts';

/** Room for the client, certificate, user information, key and manifest, with the folder entries. */
export const roomNeeded = 2 * 1024 * 1024;

/** What this bank has on an SD card. */
export async function recogniseVolume(volume: MediumVolume, bankId: string): Promise<Result<SdInspection>> {
  const session = await SdCardSession.open(volume);
  return session.ok ? session.value.inspect(bankId) : session;
}

/** Why this medium cannot take an issuance, as far as one sees without opening it. */
export function mediumRefusals(medium: MediumPresence): Fault[] {
  const refusals: Fault[] = medium.refusals.map((reason) => ({
    code: reason.includes('system') ? 'medium-system-disk' : 'medium-unsupported',
    data: { reason },
  }));
  const also = (when: boolean, code: FaultCode, data: Fault['data'] = {}) => {
    if (when) refusals.push({ code, data });
  };
  const unreadable = medium.fileSystem === 'none' || medium.fileSystem === 'other';
  also(unreadable && refusals.length === 0, 'medium-unsupported', { reason: 'file-system' });
  also(medium.writeProtected, 'medium-write-protected');
  also(!unreadable && medium.freeBytes < roomNeeded, 'medium-full', {
    freeBytes: medium.freeBytes,
    neededBytes: roomNeeded,
  });
  return refusals;
}

/** The same, from its content. */
export function contentRefusals(inspection: SdInspection): Fault[] {
  switch (inspection.state) {
    case 'empty':
      return [];
    case 'complete':
      return [{ code: 'medium-already-issued', data: { cardId: inspection.cardId } }];
    case 'incomplete':
      return [{ code: 'medium-incomplete', data: {} }];
    case 'foreign':
      return [{ code: 'medium-foreign', data: { reason: inspection.reason } }];
  }
}
