import { workerData } from 'node:worker_threads';
import { flawInRequest } from './certificate-request.ts';
import { requestSlots } from './request-slots.ts';

// The thread of `requests-beside.ts`: finds out what is wrong with the requests in the slots, one after the other, for
// as long as the program runs.

const slots = requestSlots(workerData as SharedArrayBuffer);

for (let number = slots.next(0); ; number = slots.next(number + 1)) {
  if (!slots.take(number)) continue;
  slots.answer(number, flawInRequest(slots.read(number)));
}
