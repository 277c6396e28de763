import type { FileDigest } from '../../../shared/bank-api/index.ts';
import type { StepContext } from '../../../shared/workflow/index.ts';
import type { Place } from '../../readers/readers.ts';
import { placeOf } from '../inspect-medium.ts';
import type { ChosenMedium } from '../issued-card.ts';
import { carriesKey } from './knows-again.ts';

/** What a run needs of its SD card for one step: where it is, how it is known again, who is told how far it is. */
export interface MediumOfRun {
  readonly place: ChosenMedium;
  readonly bankId: string;
  /** The key file as this run has written it: on a card that was out meanwhile it tells the card from its twin. */
  readonly keyFile?: FileDigest | undefined;
}

/** @param wholeBytes what the step copies in all, where that is known. */
export const mediumPlaceOf = (
  { place, bankId, keyFile }: MediumOfRun,
  context: StepContext,
  wholeBytes?: number,
): Place => ({
  ...placeOf(place, context.runId),
  onTransfer: (transfer) => context.report({ ...transfer, ...(wholeBytes !== undefined && { wholeBytes }) }),
  ...(keyFile && { knowsAgain: carriesKey(bankId, keyFile) }),
});
