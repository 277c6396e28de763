import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, portPair, stationContract } from '../../../electron/shared/contract/index.ts';
import { trainingOfficers } from '../../../electron/station/officers/training-officers.ts';
import { startDeviceProcess, type DeviceProcess } from '../../../native/drivers/index.ts';
import {
  memoryCardStore,
  virtualBankCard,
  virtualMediaDriver,
  type VirtualBankCard,
  type VpcdConnection,
} from '../../../native/virtual/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { startPcscd, whyNoPcscd, type PrivatePcscd } from '../../harness/start-pcscd.ts';
import { must, startTestStation, type Screen, type TestStation } from '../../harness/start-station.ts';

/*
 * An officer's own card through the real pcscd, in a reader with keys of its own: the PIN is chosen and typed there,
 * and never in this program.
 */

const reason = whyNoPcscd();

describe.skipIf(reason !== undefined)(
  `an officer’s card in a real reader${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    /** Twice where a new one is chosen; a check takes the first. */
    const typed = '902134 902134';
    const { officerId, password } = trainingOfficers.find(({ role }) => role === 'teller')!;
    let pcscd: PrivatePcscd;
    let devices: DeviceProcess;
    let bank: TestBank;
    let station: TestStation;
    let manager: Screen;
    let connection: VpcdConnection;
    let card: VirtualBankCard;
    let reader = '';

    beforeAll(async () => {
      pcscd = await startPcscd({ shim: true });
      process.env.PCSCLITE_CSOCK_NAME = pcscd.environment.PCSCLITE_CSOCK_NAME;
      pcscd.setPad(typed);
      bank = await startBank();
      card = virtualBankCard({ store: memoryCardStore() });
      connection = await pcscd.insert(card);
      reader = pcscd.readers[0]!.name;
      devices = must(await startDeviceProcess({ pcsc: true }));
      const media = virtualMediaDriver([]);
      station = await startTestStation({
        bank,
        options: {
          officerCardGraceMs: 0,
          devices: { cards: devices.cards, media, training: undefined, stop: async () => {} },
        },
      });
      manager = await station.window('manager');
    }, 120_000);
    afterAll(async () => {
      await station.stop();
      await devices.stop();
      await connection.remove();
      delete process.env.PCSCLITE_CSOCK_NAME;
      await pcscd.close();
      await bank.stop();
    });

    const window = (): Screen => {
      const [screenEnd, stationEnd] = portPair();
      station.station.attach(stationEnd, 'officer');
      return connect(stationContract, screenEnd);
    };
    const until = async (what: string, holds: () => Promise<boolean>) => {
      for (let tries = 0; tries < 1500; tries++) {
        if (await holds()) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`waited in vain: ${what}`);
    };
    const readIn = () =>
      until('the card is read', async () => {
        const { readers } = must(await window().call('officers.readers', {}));
        return readers.some((each) => each.reader === reader && each.officerCard !== undefined);
      });
    const screen = () => station.teller;

    it('is made there, with the PIN typed at its keys', async () => {
      await until('the bank is there', async () => {
        const { connection: now } = must(await manager.call('station.describe', {}));
        return now.bank.state === 'connected';
      });
      await until('the blank card is read', async () => {
        const { readers } = must(await manager.call('devices.list', {}));
        const medium = readers.find((each) => each.reader === reader)?.medium;
        return medium?.refusals.length === 0 && medium.pinAtReader === true;
      });
      const made = must(await manager.call('officers.enrolCard', { officerId, card: { reader } }));
      expect(made.card).toMatchObject({ officerId, state: 'active' });
      expect(pcscd.askedAtPad().length).toBeGreaterThanOrEqual(2);
      await readIn();
    });

    it('opens the window with the PIN typed there; a wrong one costs a try', async () => {
      must(await screen().call('officers.signOut', {}));
      const signIn = () => screen().call('officers.signIn', { officerId, password, card: { reader } });
      pcscd.setPad('999999');
      expect(await signIn()).toMatchObject({ fault: { code: 'officer-pin-wrong', data: { triesLeft: 2 } } });
      pcscd.setPad(typed);
      expect(await signIn()).toMatchObject({ ok: true, value: { officerId } });
    });

    it('that is pulled locks it, and so does a reader that is unplugged; back with its PIN it goes on', async () => {
      const isLocked = async () => must(await screen().call('officers.session', {})).locked === true;
      await connection.remove();
      await until('locked', isLocked);
      connection = await pcscd.insert(card);
      await readIn();
      expect(await isLocked()).toBe(true);
      must(await screen().call('officers.unlock', { reader }));
      expect(await isLocked()).toBe(false);
      // The whole reader goes, and comes back with the card in it.
      pcscd.unplug();
      await until('locked', isLocked);
      pcscd.plug();
      await readIn();
      expect(await isLocked()).toBe(true);
      pcscd.setPad(typed);
      must(await screen().call('officers.unlock', { reader }));
      expect(await isLocked()).toBe(false);
      expect(station.bugs).toEqual([]);
    });
  },
);
