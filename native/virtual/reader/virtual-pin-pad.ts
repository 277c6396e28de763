import { ok, type Result } from '../../../electron/shared/result/index.ts';
import type { PinChange, PinEntry, PinPad } from '../../drivers/pin-pad.ts';

/** What a person does at the training pad: the entries in their order, or one of the ways not to type. */
export type Typed = readonly string[] | 'cancel' | 'nobody';

/**
 * The keys of a virtual reader. What is typed goes to the card and nowhere else.
 * @param typed what the person does when the pad asks next
 * @param send the lease's own way to the card
 */
export const virtualPinPad = (
  typed: () => Typed,
  send: (command: Uint8Array) => Promise<Result<Uint8Array>>,
  elapse: (ms: number) => Promise<void>,
): Required<PinPad> => {
  const entered = async (
    entry: PinEntry,
    places: readonly number[],
    takes: (entries: readonly string[]) => readonly string[] | 'mismatch',
  ): Promise<Result<Uint8Array>> => {
    const done = typed();
    if (done === 'cancel') return ok(cancelled());
    if (done === 'nobody') {
      await elapse(entry.timeoutMs);
      return ok(timedOut());
    }
    const pins = takes(done);
    if (pins === 'mismatch') return ok(mismatch());
    if (pins.length !== places.length || !pins.every((pin) => fits(pin, entry))) return ok(badLength());
    const command = Uint8Array.from(entry.command);
    for (const [at, pin] of pins.entries()) command.set(asciiOf(pin), headerLength + (places[at] ?? 0));
    return send(command);
  };

  return {
    verify: (entry) => entered(entry, [0], (entries) => entries.slice(0, 1)),
    modify: (change) => entered(change, placesOf(change), (entries) => takeTwice(entries, change)),
  };
};

const placesOf = ({ oldAt, newAt }: PinChange): readonly number[] =>
  oldAt === undefined ? [newAt] : [oldAt, newAt];

/** The old PIN where it is asked for, then the new one twice. */
const takeTwice = (entries: readonly string[], { oldAt }: PinChange): readonly string[] | 'mismatch' => {
  const [old, next, again] = oldAt === undefined ? [undefined, ...entries] : entries;
  if (next !== again || next === undefined) return 'mismatch';
  return old === undefined ? [next] : [old, next];
};

const fits = (pin: string, { fewestDigits, mostDigits, blockLength }: PinEntry): boolean =>
  /^[0-9]+$/.test(pin) && pin.length >= fewestDigits && pin.length <= Math.min(mostDigits, blockLength);

const asciiOf = (pin: string): Uint8Array => Uint8Array.from(pin, (digit) => digit.charCodeAt(0));

const headerLength = 5; // CLA INS P1 P2 Lc
const timedOut = (): Uint8Array => Uint8Array.of(0x64, 0x00);
const cancelled = (): Uint8Array => Uint8Array.of(0x64, 0x01);
const mismatch = (): Uint8Array => Uint8Array.of(0x64, 0x02);
const badLength = (): Uint8Array => Uint8Array.of(0x64, 0x03);
