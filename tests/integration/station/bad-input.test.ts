import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { KeyAlgorithm } from '../../../electron/shared/domain/index.ts';
import { foreignCard, createMedium, virtualPivCard } from '../../../native/virtual/index.ts';
import { startStation } from '../../../electron/station/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  cardReader,
  counter,
  goOn,
  inWords,
  moved,
  must,
  recognisedIn,
  sdSlot,
  settled,
  startIssuance,
  startTestStation,
  typeSecrets,
  type Counter,
  type TestStation,
} from '../../harness/start-station.ts';

/** The bad inputs that the station must meet by name, each with its fault, and nothing lost. */

const folders: string[] = [];
const temporary = (name: string): string => {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

let bank: TestBank;
beforeAll(async () => {
  bank = await startBank();
});
afterAll(() => bank.stop());

const withStation = async (
  work: (station: TestStation) => Promise<void>,
  setUp: Omit<Parameters<typeof startTestStation>[0], 'bank'> = {},
) => {
  const station = await startTestStation({ bank, ...setUp });
  try {
    await work(station);
    expect(station.bugs).toEqual([]);
  } finally {
    await station.stop();
  }
};

const choose = async (
  station: TestStation,
  runId: string,
  reader: string,
  kind: 'sim' | 'smart-card' | 'sd-card',
  algorithm: KeyAlgorithm = 'p-256',
) =>
  moved(station.teller, runId, async () => {
    const { state } = await settled(station.teller, runId);
    if (state.kind !== 'asking') throw new Error(state.kind);
    const answer = { reader, kind, algorithm };
    return station.teller.call('runs.answer', { runId, askId: state.ask.askId, answer });
  });

const begin = async (station: TestStation, customerId: string): Promise<string> => {
  const { runId } = must(await startIssuance(station, bank, customerId));
  await settled(station.teller, runId);
  return runId;
};

describe('the customer', () => {
  const customer = (id: string) => bank.customers.find(({ customerId }) => customerId === id)!;

  test('is unknown', () =>
    withStation(async ({ teller }) => {
      const { document } = customer('C-100001');
      const started = await teller.call('issuance.start', {
        customerId: 'C-999999',
        account: '1',
        identity: { document, differences: [], accepted: true },
      });
      expect(started).toMatchObject({ fault: { code: 'customer-unknown' } });
      const read = await teller.call('customers.read', { customerId: 'C-999999' });
      expect(read).toMatchObject({ fault: { code: 'customer-unknown' } });
    }));

  test('is blocked, has another account, or shows a document that nobody may accept', () =>
    withStation(async (station) => {
      const { teller } = station;
      const blocked = bank.customers.find((each) => each.blocked)!;
      expect(await startIssuance(station, bank, blocked.customerId)).toMatchObject({
        fault: { code: 'customer-blocked' },
      });
      const { customerId, document, accounts } = customer('C-100001');
      const start = (account: string, shown: typeof document, differences: string[] = []) =>
        teller.call('issuance.start', {
          customerId,
          account,
          identity: { document: shown, differences, accepted: true },
        });
      expect(await start('0', document)).toMatchObject({ fault: { code: 'account-unknown' } });
      const { number } = accounts[0]!;
      expect(await start(number, { ...document, expires: '2020-01-01' }, ['expires'])).toMatchObject({
        fault: { code: 'identity-refused', data: { reason: 'document-expired' } },
      });
      expect(await start(number, document, ['name'])).toMatchObject({ fault: { code: 'bad-input' } });
      const manager = await station.window('manager');
      const { records } = must(
        await manager.call('audit.search', { filter: { event: 'identity.refused' }, limit: 10 }),
      );
      expect(records.map(({ faultCode }) => faultCode)).toEqual([
        'bad-input',
        'identity-refused',
        'account-unknown',
        'customer-blocked',
      ]);
    }));

  test('types a wrong account PIN: counted at the bank, asked for again alone, blocked at the third', () =>
    withStation(async (station) => {
      const runId = await begin(station, 'C-100005');
      const { teller, customer: screen } = station;
      const type = (accountPin: string) =>
        moved(teller, runId, () => typeSecrets(station, bank, { accountPin }));
      const resume = () => moved(teller, runId, () => teller.call('runs.resume', { runId }));

      expect(await type('000000')).toMatchObject({
        state: {
          kind: 'failed',
          at: 'check-account-pin',
          fault: { code: 'account-pin-wrong', data: { triesLeft: 2 } },
        },
      });
      expect(inWords(await resume())).toBe('asking customer-secrets');
      expect(must(await screen.call('customer.prompt', {}))).toMatchObject({
        kind: 'enter-secrets',
        fields: ['account-pin'],
        triesLeft: 2,
      });
      expect(await type('111111')).toMatchObject({ state: { fault: { data: { triesLeft: 1 } } } });
      await resume();
      expect(inWords(await type('222222'))).toBe('failed check-account-pin account-pin-blocked');
      // Another issuance does not give another try, not even with the right PIN.
      must(await teller.call('runs.undo', { runId }));
      const again = await begin(station, 'C-100005');
      const view = await moved(teller, again, () => typeSecrets(station, bank));
      expect(inWords(view)).toBe('failed check-account-pin account-pin-blocked');
    }));

  test('chooses a weak login password: asked for again, and the card is made', () =>
    withStation(async (station) => {
      const { teller } = station;
      const runId = await begin(station, 'C-100006');
      await moved(teller, runId, () => typeSecrets(station, bank, { loginPassword: 'password' }));
      const view = await choose(station, runId, cardReader, 'sim');
      expect(inWords(view)).toBe('failed reserve-card login-password-weak');
      await moved(teller, runId, () => teller.call('runs.resume', { runId }));
      const prompt = must(await station.customer.call('customer.prompt', {}));
      // The PIN check belongs to the answer that is given anew; the card PIN need not be typed again.
      expect(prompt).toMatchObject({ fields: ['account-pin', 'login-password'] });
      expect(inWords(await goOn(station, bank, runId, 'sim'))).toBe('completed done');
    }));

  test('has a card already: told which, and the medium stays blank', () =>
    withStation(async (station) => {
      const runId = await begin(station, 'C-100006');
      await moved(station.teller, runId, () => typeSecrets(station, bank));
      const view = await choose(station, runId, cardReader, 'sim');
      expect(inWords(view)).toMatch(
        /^failed (inspect-medium|reserve-card) (card-already-issued|customer-has-active-card)$/,
      );
      expect(station.counter.sim.state.piv.objects).toEqual({});
    }));
});

describe('the medium', () => {
  test('refused a key of the bank once: nobody tries again, and another one is asked for', () =>
    withStation(async (station) => {
      const { teller, counter } = station;
      const mediumIdentity = counter.sim.serial.toString(16).padStart(8, '0');
      const client = bank.client();
      await client.must('quarantineCard', { mediumIdentity }, { reason: 'management-key' });
      const untouched = structuredClone(counter.sim.state.piv);
      const runId = await begin(station, 'C-100008');
      await moved(teller, runId, () => typeSecrets(station, bank));
      const view = await choose(station, runId, cardReader, 'sim');
      expect(inWords(view)).toBe('failed reserve-card card-quarantined');
      expect(counter.sim.state.piv).toEqual(untouched);
      const resumed = await moved(teller, runId, () => teller.call('runs.resume', { runId }));
      expect(inWords(resumed)).toBe('asking choose-medium');
      await bank.release(mediumIdentity);
      const again = await choose(station, runId, cardReader, 'sim');
      expect(inWords(again)).toBe('asking hand-over');
      const undone = await moved(teller, runId, () => teller.call('runs.cancel', { runId }));
      expect(undone.state.kind).not.toBe('asking');
    }));

  const refused = (
    given: (folder: string) => Counter,
    reader: string,
    kind: 'sim' | 'smart-card' | 'sd-card',
    code: string,
    algorithm: KeyAlgorithm = 'p-256',
  ) => {
    const folder = temporary('cardwright-bad');
    return withStation(
      async (station) => {
        const { teller } = station;
        const runId = await begin(station, 'C-100001');
        await moved(teller, runId, () => typeSecrets(station, bank));
        const view = await choose(station, runId, reader, kind, algorithm);
        expect(inWords(view)).toBe(`failed inspect-medium ${code}`);
        // Another medium is asked for; the PIN was not typed for nothing.
        const resumed = await moved(teller, runId, () => teller.call('runs.resume', { runId }));
        expect(inWords(resumed)).toBe('asking choose-medium');
        must(await teller.call('runs.cancel', { runId }));
      },
      { counter: given(folder) },
    );
  };
  const withCard = (card: Parameters<Counter['cards']['insert']>[1]) => (folder: string) => {
    const made = counter(folder);
    made.cards.remove(cardReader);
    made.cards.insert(cardReader, card);
    return made;
  };
  const withMedium = (wanted: Parameters<typeof createMedium>[1]) => (folder: string) =>
    counter(folder, { sd: createMedium(join(folder, 'bad'), wanted) });

  test('is not there', () =>
    refused(
      (folder) => {
        const made = counter(folder);
        made.cards.remove(cardReader);
        return made;
      },
      cardReader,
      'sim',
      'no-medium',
    ));
  test('is in no reader that there is', () => refused(counter, 'Nowhere', 'sim', 'reader-unknown'));
  test('is a foreign card', () =>
    refused(withCard(foreignCard()), cardReader, 'smart-card', 'card-unsupported'));
  test('is somebody else’s PIV card', () => {
    const card = virtualPivCard({ form: 'smart-card' });
    card.state.piv.objects['5fc105'] = '700100710100fe00';
    return refused(withCard(card), cardReader, 'smart-card', 'card-foreign');
  });
  test('is a card whose PIN somebody has changed', () => {
    const card = virtualPivCard({ form: 'smart-card' });
    card.state.piv.pin.value = '363636363636ffff';
    return refused(withCard(card), cardReader, 'smart-card', 'card-foreign');
  });
  /** Answers to reset of cards of metal, and their versions; all else is a virtual card's. */
  const cardOfMake = (atr: string, version: string) => {
    const card = virtualPivCard({ form: 'smart-card' });
    return withCard({
      ...card,
      atr: Buffer.from(atr, 'hex'),
      transmit: (command) =>
        command[1] === 0xfd ? Buffer.from(`${version}9000`, 'hex') : card.transmit(command),
    });
  };
  const yubiKey4 = '3bf81300008131fe15597562696b657934d4';
  test('is a card whose RSA keys can be broken, and RSA was chosen', () =>
    refused(cardOfMake(yubiKey4, '040301'), cardReader, 'smart-card', 'card-key-weak', 'rsa-2048'));
  test('is a card that does not have the chosen algorithm', () => {
    const neo = cardOfMake('3bfc1300008131fe15597562696b65794e454f7233e1', '010004');
    return refused(neo, cardReader, 'smart-card', 'card-key-not-there', 'p-384');
  });
  test('is such a card, and the key is one that it makes well', () =>
    withStation(
      async (station) => {
        const runId = await begin(station, 'C-100009');
        await moved(station.teller, runId, () => typeSecrets(station, bank));
        const view = await choose(station, runId, cardReader, 'smart-card', 'p-256');
        expect(inWords(view)).toBe('asking hand-over');
        await moved(station.teller, runId, () => station.teller.call('runs.cancel', { runId }));
      },
      { counter: cardOfMake(yubiKey4, '040301')(temporary('cardwright-bad')) },
    ));
  test('is of another kind than chosen', () =>
    refused(counter, cardReader, 'smart-card', 'card-unsupported'));
  test('is full', () =>
    refused(
      withMedium({ sizeBytes: 1_000_000_000, otherBytes: 999_900_000 }),
      sdSlot,
      'sd-card',
      'medium-full',
    ));
  test('is write-protected', () =>
    refused(withMedium({ writeProtected: true }), sdSlot, 'sd-card', 'medium-write-protected'));
  test('has no file system', () =>
    refused(withMedium({ fileSystem: 'none' }), sdSlot, 'sd-card', 'medium-unsupported'));
  test('carries another bank’s card', () =>
    refused(
      (folder) => {
        const made = counter(folder);
        made.sd.files.write('BANKCARD/directory.json', Buffer.from('{"format":"another","version":9}'));
        return made;
      },
      sdSlot,
      'sd-card',
      'medium-foreign',
    ));

  test('is full only when it is written: the run stops there and is undone', () => {
    const card = virtualPivCard({ form: 'sim', capacity: 700 });
    const folder = temporary('cardwright-bad');
    return withStation(
      async (station) => {
        const { teller } = station;
        const runId = await begin(station, 'C-100001');
        await moved(teller, runId, () => typeSecrets(station, bank));
        expect(inWords(await choose(station, runId, cardReader, 'sim'))).toMatch(
          /^failed write-\S+ card-full$/,
        );
        const undone = await moved(teller, runId, () => teller.call('runs.undo', { runId }));
        expect(inWords(undone)).toBe('completed undone');
        expect(card.state.piv.objects).toEqual({});
      },
      { counter: withCard(card)(folder) },
    );
  });

  test('is held by another run', () =>
    withStation(async (station) => {
      const { teller } = station;
      const first = await begin(station, 'C-100007');
      await moved(teller, first, () => typeSecrets(station, bank));
      await choose(station, first, cardReader, 'sim');
      const { readers } = must(await teller.call('devices.list', {}));
      expect(readers.find(({ reader }) => reader === cardReader)?.leasedBy).toBe(first);
      const second = await begin(station, 'C-100008');
      await moved(teller, second, () => typeSecrets(station, bank));
      expect(inWords(await choose(station, second, cardReader, 'sim'))).toBe(
        'failed inspect-medium reader-busy',
      );
      expect(inWords(await goOn(station, bank, first, 'sim'))).toBe('completed done');
    }));
});

describe('the bank', () => {
  test('cannot be reached: said before anything is begun, and the strip shows it', async () => {
    const alone = await startBank();
    const station = await startTestStation({ bank: alone });
    await alone.server.stop();
    expect(await startIssuance(station, bank, 'C-100001')).toMatchObject({
      fault: { code: 'bank-unreachable' },
    });
    await vi.waitFor(async () => {
      const { connection } = must(await station.teller.call('station.describe', {}));
      expect(connection.bank).toMatchObject({ state: 'unreachable', fault: { code: 'bank-unreachable' } });
    }, 20_000);
    expect(must(await station.teller.call('runs.list', {})).runs).toEqual([]);
    await station.stop();
    await alone.stop();
  });

  test('goes away in the middle: the run waits, and goes on when it is back', async () => {
    const alone = await startBank();
    const station = await startTestStation({ bank: alone });
    const { runId } = must(await startIssuance(station, alone, 'C-100001'));
    await settled(station.teller, runId);
    await moved(station.teller, runId, () => typeSecrets(station, alone));
    await alone.server.stop();
    expect(inWords(await choose(station, runId, cardReader, 'sim'))).toBe(
      'failed reserve-card bank-unreachable',
    );
    await alone.restart();
    await moved(station.teller, runId, () => station.teller.call('runs.resume', { runId }));
    expect(inWords(await goOn(station, alone, runId, 'sim'))).toBe('completed done');
    await station.stop();
    await alone.stop();
  });

  test('is a training bank and the station is not, or the other way round', async () => {
    const station = await startStation({
      dataFolder: temporary('cardwright-production'),
      credentialsFolder: bank.stationFolder,
      bankOrigin: bank.server.apiOrigin,
      training: false,
      receiptFolder: tmpdir(),
      host: { kind: 'none', printToPdf: async () => ({ ok: true, value: undefined }) },
      phoneClient: async () => '',
      devices: {
        ...counter(temporary('cardwright-c')),
        training: undefined,
        stop: async () => {},
      },
    });
    const { connect, portPair, stationContract } = await import('../../../electron/shared/contract/index.ts');
    const [screenEnd, stationEnd] = portPair();
    must(station).attach(stationEnd, 'officer');
    const screen = connect(stationContract, screenEnd);
    const seen = await new Promise((resolve) => {
      screen.on('connection.changed', resolve);
      void screen.call('station.describe', {}).then((described) => {
        if (described.ok && described.value.connection.bank.state !== 'starting')
          resolve(described.value.connection);
      });
    });
    expect(seen).toMatchObject({ bank: { state: 'refused', fault: { code: 'training-only' } } });
    expect(must(await screen.call('station.describe', {})).trainingOfficers).toEqual([]);
    await must(station).stop();
  });
});

describe('the clock', () => {
  test.each([
    ['a day behind', -86_400],
    ['a day ahead', 86_400],
    ['six minutes ahead', 360],
  ])('is %s of the bank: no issuance, with both times', (_, seconds) =>
    withStation(
      async (station) => {
        const started = await startIssuance(station, bank, 'C-100001');
        expect(started).toMatchObject({ fault: { code: 'clock-off' } });
        if (started.ok) return;
        const { stationTime, bankTime, offsetSeconds } = started.fault.data;
        expect(Math.abs(Number(offsetSeconds) + seconds)).toBeLessThan(5);
        expect(
          (Date.parse(String(bankTime)) - Date.parse(String(stationTime))) / 1000 + seconds,
        ).toBeLessThan(5);
        const { connection } = must(await station.teller.call('station.describe', {}));
        expect(connection.bank.state).toBe('connected');
      },
      { options: { now: () => new Date(Date.now() + seconds * 1000) } },
    ),
  );

  test('is four minutes off: good enough', () =>
    withStation(
      async (station) => {
        const { runId } = must(await startIssuance(station, bank, 'C-100001'));
        must(await station.teller.call('runs.cancel', { runId }));
      },
      { options: { now: () => new Date(Date.now() + 240_000) } },
    ));
});

describe('the database file', () => {
  test('is damaged: the station does not start, says which file, and leaves it', async () => {
    const folder = temporary('cardwright-damaged');
    const station = await startTestStation({ bank, folder });
    await begin(station, 'C-100001');
    await station.stop();
    const file = join(folder, 'data', 'station.sqlite');
    const handle = openSync(file, 'r+');
    writeSync(handle, 'z'.repeat(8192), 4096);
    closeSync(handle);
    await expect(startTestStation({ bank, folder })).rejects.toThrow(/journal-damaged.*station\.sqlite/);
    await expect(startTestStation({ bank, folder })).rejects.toThrow(/journal-damaged/);
  });

  test('is in use by another station', async () => {
    const folder = temporary('cardwright-twice');
    const station = await startTestStation({ bank, folder });
    await recognisedIn(station, cardReader);
    await expect(startTestStation({ bank, folder })).rejects.toThrow(/database-locked/);
    await station.stop();
  });
});
