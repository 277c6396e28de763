import type { Result } from '../../../shared/result/index.ts';
import { SdCardSession } from '../../../../native/applications/sd/index.ts';
import type { Place, Readers } from '../../readers/readers.ts';

/** The bank's view of the SD card under one lease. */
export const useSdCard = <T>(
  readers: Readers,
  place: Place,
  work: (card: SdCardSession) => Promise<Result<T>>,
): Promise<Result<T>> =>
  readers.useVolume(place, async (volume) => {
    const card = await SdCardSession.open(volume);
    return card.ok ? work(card.value) : card;
  });
