import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VirtualMedium } from '../../native/virtual/index.ts';
import {
  counter,
  goOn,
  inWords,
  must,
  recognisedIn,
  sdSlot,
  startIssuance,
  startTestStation,
  type TestStation,
} from './start-station.ts';
import type { OneOfThree } from './three-banks.ts';

/** A branch of one of several banks; the same customer's SD card is put into its slot in turn. */
export const stationOf = (
  bank: OneOfThree,
  sd: VirtualMedium,
  phoneClient: () => Promise<string>,
): Promise<TestStation> => {
  const folder = mkdtempSync(join(tmpdir(), `cardwright-${bank.bankId}-`));
  const atCounter = counter(folder, { sd });
  // Its customer has it; what a slot read before somebody else wrote would be read from its memory.
  atCounter.media.remove(sdSlot);
  return startTestStation({
    bank: bank.asTestBank,
    folder,
    counter: atCounter,
    options: { phoneClient },
  });
};

/** The customer comes with the card, and the station has read it. */
export const putInto = async (station: TestStation): Promise<void> => {
  station.counter.media.remove(sdSlot);
  station.counter.putBack();
  await recognisedIn(station, sdSlot);
};

/** The whole issuance at the counter, under the bank's algorithm: how it ended in words, and the card's number. */
export const issueSdCard = async (
  station: TestStation,
  { asTestBank, algorithm }: OneOfThree,
  customerId: string,
  cardPin: string,
): Promise<{ readonly words: string; readonly cardId: string }> => {
  await putInto(station);
  const { runId } = must(await startIssuance(station, asTestBank, customerId));
  const view = await goOn(station, asTestBank, runId, 'sd-card', { cardPin }, algorithm);
  return { words: inWords(view), cardId: view.subject.cardId ?? '' };
};
