import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import { fail, type Result } from '../../../electron/shared/result/index.ts';
import { piv, type PivAtPad } from '../../../native/applications/piv/index.ts';
import type { CardDriver, CardPresence, ReaderState } from '../../../native/drivers/card-driver.ts';
import { openPipe } from '../../../native/pipe/index.ts';

/** One implementation with a reader and two virtual PIV cards that a hand can put into it. */
export interface CardDriverSetup {
  readonly driver: CardDriver;
  readonly reader: string;
  insert(card: 0 | 1): Promise<void>;
  remove(): Promise<void>;
  /** Where readers can have a pad: what is typed at it (entries divided by spaces, `cancel`, `nobody`); `undefined`: none. */
  setPad?(keys: string | undefined): void;
  stop(): Promise<void>;
}

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

const select = fromHex('00a4040005a00000030800');
const askCounter = fromHex('00200080');
const verify = fromHex('0020008008313233343536ffff');

/** What every card driver does, whatever is behind it. */
export const cardDriverSuite = (name: string, start: () => Promise<CardDriverSetup>): void => {
  describe(name, () => {
    let setup: CardDriverSetup;
    beforeEach(async () => {
      setup = await start();
    });
    afterEach(() => setup.stop());

    const presence = (): CardPresence | undefined =>
      setup.driver.readers().find(({ reader }) => reader === setup.reader)?.card;

    /** Resolves as soon as the driver has told it; the test's own time limit is the only other way out. */
    const until = (condition: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          stop();
          resolve();
        };
        const stop = setup.driver.onChange(check);
        check();
      });

    const inserted = async (card: 0 | 1): Promise<CardPresence> => {
      await setup.insert(card);
      await until(() => presence() !== undefined);
      return presence()!;
    };
    const removed = async (): Promise<void> => {
      await setup.remove();
      await until(() => presence() === undefined);
    };
    const leased = async () => {
      const link = valueOf(await setup.driver.connect(setup.reader));
      valueOf(await link.transmit(select));
      return link;
    };

    it('an empty reader and one that is not there', async () => {
      expect(await setup.driver.connect(setup.reader)).toEqual(fail('no-medium', { reader: setup.reader }));
      expect(await setup.driver.connect('nowhere')).toEqual(fail('reader-unknown', { reader: 'nowhere' }));
    });

    it('tells an insertion, leases the card and carries bytes', async () => {
      const card = await inserted(0);
      expect(card.atr.length).toBeGreaterThanOrEqual(2);
      const link = valueOf(await setup.driver.connect(setup.reader));
      expect(link.reader).toBe(setup.reader);
      expect(toHex(link.atr)).toBe(toHex(card.atr));
      expect(link.insertion).toBe(card.insertion);
      expect(toHex(valueOf(await link.transmit(select))).slice(-4)).toBe('9000');
      expect(toHex(valueOf(await link.transmit(askCounter)))).toBe('63c3');
      await link.close();
    });

    it('one lease per card', async () => {
      await inserted(0);
      const link = await leased();
      expect(await setup.driver.connect(setup.reader)).toEqual(fail('reader-busy', { reader: setup.reader }));
      await link.close();
      await link.close();
      expect((await link.transmit(select)).ok).toBe(false);
      await (await leased()).close();
    });

    it('a power cycle and a new lease forget what was verified, and the insertion stays', async () => {
      const { insertion } = await inserted(0);
      const link = await leased();
      valueOf(await link.transmit(verify));
      expect(toHex(valueOf(await link.transmit(askCounter)))).toBe('9000');
      valueOf(await link.powerCycle());
      valueOf(await link.transmit(select));
      expect(toHex(valueOf(await link.transmit(askCounter)))).toBe('63c3');
      valueOf(await link.transmit(verify));
      await link.close();
      const again = await leased();
      expect(toHex(valueOf(await again.transmit(askCounter)))).toBe('63c3');
      expect(again.insertion).toBe(insertion);
      await again.close();
    });

    it('answers commands in the order they were given', async () => {
      await inserted(0);
      const link = await leased();
      const answers = await Promise.all([askCounter, verify, askCounter].map((one) => link.transmit(one)));
      expect(answers.map((answer) => toHex(valueOf(answer)))).toEqual(['63c3', '9000', '9000']);
      await link.close();
    });

    it('a pulled card is a fault of every later command', async () => {
      await inserted(0);
      const link = await leased();
      await removed();
      expect(await link.transmit(select)).toMatchObject({ ok: false, fault: { code: 'card-removed' } });
      expect(await link.powerCycle()).toMatchObject({ ok: false, fault: { code: 'card-removed' } });
      await link.close();
      expect(await setup.driver.connect(setup.reader)).toMatchObject({ fault: { code: 'no-medium' } });
    });

    it('a swapped card is noticed, also when it is the same one again', async () => {
      const first = await inserted(0);
      const link = await leased();
      await removed();
      const second = await inserted(0);
      expect(second.insertion).toBeGreaterThan(first.insertion);
      expect(await link.transmit(select)).toMatchObject({ ok: false, fault: { code: 'card-swapped' } });
      await link.close();
      await removed();
      const third = await inserted(1);
      expect(third.insertion).toBeGreaterThan(second.insertion);
      await (await leased()).close();
    });

    it('a PIN typed at the reader’s own keys is verified and changed', async (test) => {
      if (setup.setPad === undefined) return test.skip('no pad here');
      setup.setPad('nobody');
      await inserted(0);
      const link = valueOf(await setup.driver.connect(setup.reader));
      const session = valueOf(await piv.open(openPipe(link)));
      const pad = session.atPad as Required<PivAtPad>;
      const typing = async <T>(keys: string, act: () => Promise<T>): Promise<T> => {
        setup.setPad?.(keys);
        return act();
      };
      expect(await typing('nobody', () => pad.verifyPin({ timeoutMs: 1_000 }))).toEqual(
        fail('pin-pad-timeout'),
      );
      expect(await typing('cancel', () => pad.verifyPin())).toEqual(fail('pin-pad-cancelled'));
      expect(await typing('12345', () => pad.verifyPin())).toMatchObject({
        fault: { code: 'card-pin-format' },
      });
      expect(valueOf(await session.readPinRetries('pin'))).toEqual({ triesLeft: 3, verified: false });
      expect(await typing('000000', () => pad.verifyPin())).toMatchObject({
        fault: { code: 'card-pin-wrong', data: { triesLeft: 2 } },
      });
      valueOf(await typing('123456', () => pad.verifyPin()));
      expect(toHex(valueOf(await link.transmit(askCounter)))).toBe('9000');
      expect(await typing('123456 65432100 65432101', () => pad.changePin())).toEqual(
        fail('pin-pad-mismatch'),
      );
      valueOf(await typing('123456 65432100 65432100', () => pad.changePin()));
      valueOf(await typing('777777 777777', () => pad.setPin('65432100')));
      expect(await typing('65432100', () => pad.verifyPin())).toMatchObject({
        fault: { code: 'card-pin-wrong' },
      });
      expect(await typing('65432100', () => pad.verifyPin())).toMatchObject({
        fault: { code: 'card-pin-wrong' },
      });
      // With one try left the pad is not even asked.
      expect(await typing('777777', () => pad.verifyPin())).toMatchObject({
        fault: { code: 'card-pin-last-try' },
      });
      valueOf(await typing('777777', () => pad.verifyPin({}, { lastTryConfirmedBy: 'li' })));
      await link.close();
      setup.setPad(undefined);
      const without = valueOf(await setup.driver.connect(setup.reader));
      expect(valueOf(await piv.open(openPipe(without))).atPad).toBeUndefined();
      await without.close();
    });

    it('a listener that has gone hears nothing', async () => {
      let heard = 0;
      const seen: (readonly ReaderState[])[] = [];
      const stop = setup.driver.onChange(() => heard++);
      const stopSeen = setup.driver.onChange((readers) => seen.push(readers));
      stop();
      await inserted(0);
      stopSeen();
      expect(heard).toBe(0);
      expect(seen.at(-1)?.find(({ reader }) => reader === setup.reader)?.card).toBeDefined();
    });
  });
};
