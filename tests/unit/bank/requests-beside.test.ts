import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, test } from 'vitest';
import { nameDer } from '../../../electron/bank-server/ca/subject-name.ts';
import {
  flawInRequest,
  type RequestFlaw,
} from '../../../electron/bank-server/authority/certificate-request.ts';
import { requestSlots } from '../../../electron/bank-server/authority/request-slots.ts';
import { flawFoundBeside } from '../../../electron/bank-server/authority/requests-beside.ts';
import { certificateRequest, newKey } from '../../harness/issue-card.ts';

const good = certificateRequest(newKey('p-256'), nameDer([{ type: 'CN', value: 'Li Na' }]));
const unproven = Uint8Array.from(good, (byte, at) => (at === good.length - 1 ? byte ^ 1 : byte));
const malformed = good.subarray(1);

describe('a slot', () => {
  it('keeps a request for whoever takes it first, and what was found out about it', () => {
    const here = requestSlots();
    const there = requestSlots(here.memory);
    const number = here.put(good)!;
    expect(here.answerTo(number)).toBeUndefined();
    expect(there.next(0)).toBe(number);
    expect(there.take(number)).toBe(true);
    expect(here.take(number)).toBe(false);
    expect(there.read(number)).toEqual(Uint8Array.from(good));
    // Taken, and not answered: nobody waits for it.
    expect(here.answerTo(number)).toBeUndefined();
    there.answer(number, undefined);
    expect(here.answerTo(number)).toBe('good');
  });

  it.each<RequestFlaw>(['malformed', 'proof-of-possession', 'weak-key'])('tells of a flaw: %s', (flaw) => {
    const slots = requestSlots();
    const number = slots.put(good)!;
    slots.take(number);
    slots.answer(number, flaw);
    expect(slots.answerTo(number)).toBe(flaw);
  });

  it('that is needed again belongs to the new request alone', () => {
    const slots = requestSlots();
    const old = slots.put(unproven)!;
    slots.take(old);
    const later = Array.from({ length: 64 }, () => slots.put(good)!);
    expect(slots.take(old)).toBe(false);
    // The thread was in the middle of the old one: its bytes are gone, and so is what it says.
    slots.answer(old, 'proof-of-possession');
    expect(slots.answerTo(old)).toBeUndefined();
    expect(later.map((number) => slots.answerTo(number))).toEqual(later.map(() => undefined));
    expect(later.every((number) => slots.take(number))).toBe(true);
    // Who comes late goes on with those that are there still.
    expect(slots.next(old)).toBe(later[0]);
  });

  it('is counted on beyond what 32 bits hold', () => {
    const slots = requestSlots();
    const count = new Int32Array(slots.memory, 0, 1);
    count[0] = 0x7fff_fffe;
    const numbers = Array.from({ length: 4 }, () => slots.put(good)!);
    let next = 0x7fff_fffe;
    for (const number of numbers) {
      next = slots.next(next);
      expect(next | 0).toBe(number | 0);
      expect(slots.take(next)).toBe(true);
      slots.answer(next, undefined);
      expect(slots.answerTo(number)).toBe('good');
      next += 1;
    }
  });

  it('has no room for more than 4 KiB', () => {
    expect(requestSlots().put(new Uint8Array(4_097))).toBeUndefined();
    expect(requestSlots().put(new Uint8Array(4_096))).toBe(0);
  });
});

describe('what is wrong with a request', () => {
  test('is found out here where nobody has begun with it, once', () => {
    let asked = 0;
    const flaw = flawFoundBeside(unproven, () => {
      asked += 1;
      return flawInRequest(unproven);
    });
    expect(flaw()).toBe('proof-of-possession');
    expect(flaw()).toBe('proof-of-possession');
    expect(asked).toBe(1);
  });

  test(
    'is found out beside where several are there at once, and is the same',
    { timeout: 60_000 },
    async () => {
      const requests = [good, unproven, malformed];
      const wanted = [undefined, 'proof-of-possession', 'malformed'];
      let here = requests.length;
      // Until the thread is there, and was sooner than this one with all of them.
      while (here > 0) {
        here = 0;
        const flaws = requests.map((der) =>
          flawFoundBeside(der, () => {
            here += 1;
            return flawInRequest(der);
          }),
        );
        await wait(20);
        expect(flaws.map((flaw) => flaw())).toEqual(wanted);
      }
    },
  );

  test('is found out of one that is too long for the thread too', () => {
    const long = certificateRequest(
      newKey('p-256'),
      nameDer(Array.from({ length: 50 }, () => ({ type: 'OU' as const, value: 'x'.repeat(100) }))),
    );
    expect(long.length).toBeGreaterThan(4_096);
    const flaws = [long, long].map((der) => flawFoundBeside(der, () => flawInRequest(der)));
    expect(flaws.map((flaw) => flaw())).toEqual([undefined, undefined]);
  });
});
