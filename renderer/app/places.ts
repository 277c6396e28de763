import type { OfficerRole } from '../../electron/shared/domain/index.ts';
import type { IconName } from '../widgets/index.ts';

export type PlaceName = 'issue' | 'reprovision' | 'batch' | 'quarantine' | 'officers' | 'audit' | 'devices';

export interface Place {
  readonly name: PlaceName;
  readonly icon: IconName;
  /** Whether the card panel stands beside it. */
  readonly withCard: boolean;
}

const issue: Place = { name: 'issue', icon: 'issue', withCard: true };
const reprovision: Place = { name: 'reprovision', icon: 'reprovision', withCard: true };
const batch: Place = { name: 'batch', icon: 'batch', withCard: false };
const quarantine: Place = { name: 'quarantine', icon: 'shield', withCard: false };
const officers: Place = { name: 'officers', icon: 'officers', withCard: false };
const audit: Place = { name: 'audit', icon: 'audit', withCard: false };
const devices: Place = { name: 'devices', icon: 'devices', withCard: true };

/** Where a role works, its first place first. */
export const placesOf: Readonly<Record<OfficerRole, readonly [Place, ...Place[]]>> = {
  teller: [issue, devices],
  manager: [audit, quarantine, officers, devices],
  technician: [reprovision, batch, quarantine, devices],
};
