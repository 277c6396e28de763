import { beforeEach, describe, expect, it } from 'vitest';
import { openPinDelay, waitAfter, type PinDelay } from '../../../resources/phone-client/unlock/pin-delay.ts';

const minute = 60_000;
let stored: Map<string, string>;
let clock: number;
const open = (card = 'yunshan.CW-1'): PinDelay =>
  openPinDelay(
    {
      get: (key) => stored.get(key),
      set: (key, value) => {
        stored.set(key, value);
      },
    },
    card,
    () => clock,
  );

beforeEach(() => {
  stored = new Map();
  clock = 1_800_000_000_000;
});

describe('the wait after wrong PINs', () => {
  it('is nothing for two, then 1, 2, 4, 8 … at most 60 minutes', () => {
    const minutes = Array.from({ length: 12 }, (_, wrong) => waitAfter(wrong) / minute);
    expect(minutes).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(waitAfter(100_000)).toBe(60 * minute);
  });

  it('runs down with time and is remembered when the page is opened again', () => {
    for (let wrong = 0; wrong < 4; wrong += 1) open().countTry();
    expect(open().remainingMs()).toBe(2 * minute);
    clock += 90_000;
    expect(open().remainingMs()).toBe(30_000);
    clock += 30_000;
    expect(open().remainingMs()).toBe(0);
    open().countTry();
    expect(open().remainingMs()).toBe(4 * minute);
  });

  it('ends with the right PIN', () => {
    for (let wrong = 0; wrong < 5; wrong += 1) open().countTry();
    open().clear();
    expect(open().remainingMs()).toBe(0);
    open().countTry();
    expect(open().remainingMs()).toBe(0);
  });

  it('is each card’s own', () => {
    for (let wrong = 0; wrong < 3; wrong += 1) open('a.1').countTry();
    expect(open('a.1').remainingMs()).toBe(minute);
    expect(open('a.2').remainingMs()).toBe(0);
  });

  it('neither ends nor grows when the phone’s clock is set back', () => {
    for (let wrong = 0; wrong < 3; wrong += 1) open().countTry();
    clock -= 365 * 24 * 60 * minute;
    expect(open().remainingMs()).toBe(minute);
    clock += 40_000;
    expect(open().remainingMs()).toBe(20_000);
  });

  it('survives a store with something else in it', () => {
    for (const text of ['', 'null', '{"wrong":-1}', '{"wrong":1e99,"at":0}', '{"wrong":3']) {
      stored.set('cardwright.pin.yunshan.CW-1', text);
      expect(open().remainingMs()).toBe(0);
    }
  });
});
