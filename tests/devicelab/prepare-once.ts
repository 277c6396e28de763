import { join, resolve } from 'node:path';
import { labUnavailable, prepareGuest } from './prepare.ts';

/** Makes what all guests boot from before the first of them, so that two files do not make it at once. */
export default function prepareOnce(): void {
  if (labUnavailable() !== undefined) return;
  try {
    prepareGuest(join(resolve(import.meta.dirname, '../..'), '.cache/devicelab'));
  } catch (error) {
    // Each test says so for itself; other projects may run.
    console.warn(error);
  }
}
