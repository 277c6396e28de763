import type { MediumIdentity } from '../media-driver.ts';
import { volumeOf, type BlockDevice } from './block-tree.ts';

/** serial | CID | size | volume id: what stays when the card is taken out and comes back under another name. */
export function identityOf(disk: BlockDevice): MediumIdentity {
  const volumeId = volumeOf(disk)?.volumeId ?? '';
  return {
    text: [
      disk.cid === undefined ? disk.serial : '',
      disk.cid ?? '',
      disk.sizeBytes.toString(),
      volumeId,
    ].join('|'),
    serial: disk.cid?.slice(18, 26) ?? (volumeId || disk.serial),
    cid: disk.cid,
    sizeBytes: disk.sizeBytes,
  };
}
