import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BankClient as StationBankClient } from '../../../electron/station/bank/bank-client.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import {
  changePivSecretsInChannel,
  openChannelTo,
  selectPiv,
} from '../../../electron/station/issuance/sim-steps/channel-to-application.ts';
import { globalPlatform } from '../../../native/applications/globalplatform/index.ts';
import { piv } from '../../../native/applications/piv/index.ts';
import { trainingSim, virtualBankCard, type VirtualBankCard } from '../../../native/virtual/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  cardReader,
  counter,
  goOn,
  inWords,
  must,
  settled,
  startIssuance,
  startTestStation,
  type TestStation,
} from '../../harness/start-station.ts';
import { linkToCard } from '../../unit/globalplatform/link-to-card.ts';

/*
 * A card that has no management key and none of the makers' extensions: whatever an issuer does to it goes
 * through a secure channel, under keys that only the bank has.
 */

let bank: TestBank;
let client: BankClient;
let card: VirtualBankCard;
let station: TestStation;
/** Calls of the bank's API: each is a round trip. */
const calls: string[] = [];
const customerId = 'C-100001';

const countingClient = (): StationBankClient => {
  const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
  const real = httpsBankClient({
    origin: bank.server.apiOrigin,
    key: read('station.key.pem'),
    certificate: read('station.cert.pem'),
    bankCa: read('bank-ca.pem'),
  });
  return {
    ...real,
    call: (name, ...rest) => {
      if (name !== 'status') calls.push(name);
      return real.call(name, ...rest);
    },
  };
};

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());
beforeEach(async () => {
  card = virtualBankCard({ model: 'scp-only', sim: trainingSim() });
  const folder = join(bank.dataFolder, 'channel-card');
  calls.length = 0;
  station = await startTestStation({
    bank,
    counter: counter(bank.dataFolder, { sim: card }),
    options: { bank: countingClient(), receiptFolder: folder },
  });
});
afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
});

const issue = async () => {
  const { runId } = must(await startIssuance(station, bank, customerId));
  const view = await goOn(station, bank, runId, 'sim');
  expect(inWords(view)).toBe('completed done');
  return view.subject.cardId!;
};
/** The customer has no card again. */
const end = async () => {
  const { cards } = await client.must('readCustomer', { customerId });
  for (const { cardId, state } of cards)
    if (state === 'active')
      await client.must('revokeCard', { cardId }, { reason: 'cessation', officerId: 'test' });
};
const inspect = async () =>
  must(await (await station.window('technician')).call('reprovision.inspect', { reader: cardReader }));

describe('a card that is managed through a channel only', () => {
  test('is issued, read back, proven, wiped and issued again; nothing costs it a try', async () => {
    expect(await inspect()).toMatchObject({ content: 'blank' });
    const cardId = await issue();
    const { piv, domain } = card.state;
    expect((await client.must('readCard', { cardId })).card).toMatchObject({
      state: 'active',
      medium: { serial: expect.stringMatching(/^\d{8}$/) },
    });
    expect((await inspect()).content).toBe('complete');
    // Its own keys, PUK and PIN; every counter is full.
    expect(Object.keys(domain.keys)).toEqual(['48']);
    expect(piv.puk.value).not.toBe(Buffer.from('12345678').toString('hex'));
    expect([piv.pin.left, piv.puk.left, domain.failures]).toEqual([3, 3, 0]);

    const technician = await station.window('technician');
    const { runId } = must(
      await technician.call('reprovision.wipe', { reader: cardReader, reason: 'superseded' }),
    );
    expect(inWords(await settled(technician, runId))).toBe('completed done');
    expect(await inspect()).toMatchObject({ content: 'blank' });
    expect(piv.objects).toEqual({});
    expect(Buffer.from(piv.pin.value, 'hex').toString('latin1')).toBe('123456\xff\xff');
    expect(Buffer.from(piv.puk.value, 'hex').toString('latin1')).toBe('12345678');

    expect(await issue()).not.toBe(cardId);
    expect([piv.pin.left, piv.puk.left, domain.failures]).toEqual([3, 3, 0]);
    await end();
  });

  test('takes three round trips to the bank for each thing that is written', async () => {
    await issue();
    const writing = ['readCardKeys', 'openSecureChannel', 'unwrapAnswers'];
    const from = calls.indexOf('reserveCard') + 1;
    expect(calls.slice(from, calls.indexOf('openChallenge'))).toEqual([
      // replace-keys: PUT KEY and a look at the new ones, then the PUK under them
      ...['readCardKeys', 'openSecureChannel', 'changeChannelKeys', 'unwrapAnswers', 'closeSecureChannel'],
      ...['readCardKeys', 'openSecureChannel', 'closeSecureChannel'],
      ...['readCardKeys', 'openSecureChannel', 'changePivSecrets', 'unwrapAnswers', 'closeSecureChannel'],
      'reportCardKeys',
      // generate-key
      ...writing,
      'reportKeyed',
      // write-certificate, write-user-info, write-card-identity (three objects), write-marker
      ...writing,
      'signUserInfo',
      ...writing,
      // write-chain
      ...['readCardKeys', 'openSecureChannel', 'importOtpChain', 'unwrapAnswers', 'closeSecureChannel'],
      'signSecurityObject',
      ...writing,
      ...writing,
      'reportWritten',
      // read-back: the factory's secrets are refused
      'readCertificate',
      'readCardKeys',
      ...['readCardKeys', 'openSecureChannel', 'closeSecureChannel'],
      'readCard',
    ]);
    await end();
  });

  test('keeps its PIN while a customer holds it, whatever a station asks for', async () => {
    await issue();
    const { pin } = structuredClone(card.state.piv);
    // Out of the station's reader, which would look at it in between.
    station.counter.cards.remove(cardReader);
    const { pipe } = linkToCard(card);
    const inUse = {
      piv: must(await piv.open(pipe)),
      pipe,
      globalPlatform: () => globalPlatform.open(pipe),
      powerCycle: () => piv.open(pipe),
    };
    const identity = must(await must(await globalPlatform.open(pipe)).readCardId());
    expect(await changePivSecretsInChannel(inUse, countingClient(), identity, 'factory')).toMatchObject({
      fault: { code: 'card-state-conflict', data: { state: 'active' } },
    });
    // Nor does the bank wrap such a command of somebody else's making.
    const replacement = { cla: 0, ins: 0x24, p1: 0xff, p2: 0x80, data: new Uint8Array(8).fill(0x31) };
    expect(
      await openChannelTo(inUse, countingClient(), identity, selectPiv(inUse), [replacement]),
    ).toMatchObject({ fault: { code: 'card-command-refused' } });
    expect(card.state.piv.pin).toEqual(pin);
    await end();
  });
});
