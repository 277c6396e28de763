import type { FileDigest } from '../../../shared/bank-api/index.ts';
import { partPath, SdCardSession, type SdInspection } from '../../../../native/applications/sd/index.ts';
import type { MediumVolume } from '../../../../native/drivers/media-driver.ts';
import { sha256 } from '../issued-card.ts';

/*
 * Two cards of one box may have the same reader, size and volume id. One that was out while a run was at
 * work on it is known again by what lies on it; these are the ways, by how far the run has come.
 */
export type KnowsAgain = (volume: MediumVolume) => Promise<boolean>;

/** The very key file that this run has written. */
export const carriesKey =
  (bankId: string, keyFile: FileDigest): KnowsAgain =>
  async (volume) => {
    const key = await volume.read(partPath(bankId, 'key'));
    return key.ok && sha256(key.value) === keyFile.sha256;
  };

/** The card was empty when it was chosen: what is there of this bank now, the run began before it was out. */
export const hasBegun =
  (bankId: string): KnowsAgain =>
  async (volume) =>
    (await inspectionOf(volume, bankId))?.state === 'incomplete';

/** Everything there that names a card names this one, and something does. */
export const carriesCard =
  (bankId: string, cardId: string): KnowsAgain =>
  async (volume) => {
    const found = await inspectionOf(volume, bankId);
    return found !== undefined && found.state !== 'empty' && found.cardId === cardId;
  };

/** Enough to take things off: it is no twin that somebody else's card was made of. */
export const isNoOtherCard =
  (bankId: string, cardId: string | undefined): KnowsAgain =>
  async (volume) => {
    const found = await inspectionOf(volume, bankId);
    if (found === undefined) return false;
    return found.state === 'empty' || found.cardId === undefined || found.cardId === cardId;
  };

async function inspectionOf(volume: MediumVolume, bankId: string): Promise<SdInspection | undefined> {
  const session = await SdCardSession.open(volume);
  const found = session.ok ? await session.value.inspect(bankId) : session;
  return found.ok ? found.value : undefined;
}
