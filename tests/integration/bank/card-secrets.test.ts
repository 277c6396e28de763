import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import { attemptsAtBank, bankChannelKeys } from '../../../electron/station/bank/bank-channel-keys.ts';
import type { BankClient } from '../../../electron/station/bank/bank-client.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import {
  domainHasOwnKeys,
  factorySecretsAreGone,
  replaceDomainKeys,
  replacePivSecrets,
} from '../../../electron/station/issuance/sim-steps/card-secrets.ts';
import { openForWriting } from '../../../electron/station/issuance/sim-steps/management-access.ts';
import {
  factoryKeySet,
  globalPlatform,
  keyAttemptsInMemory,
  staticKeys,
} from '../../../native/applications/globalplatform/index.ts';
import { piv } from '../../../native/applications/piv/index.ts';
import {
  virtualBankCard,
  virtualPivCard,
  type CardModel,
  type VirtualBankCard,
  type VirtualCard,
} from '../../../native/virtual/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { linkToCard } from '../../unit/globalplatform/link-to-card.ts';

let bank: TestBank;
let client: BankClient;
/** Names of the calls since the last look: each is a round trip. */
const calls: string[] = [];

beforeAll(async () => {
  bank = await startBank();
  client = stationClient();
});

afterAll(async () => {
  client.close();
  await bank.stop();
});

const stationClient = (): BankClient => {
  const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
  const made = httpsBankClient({
    origin: bank.server.apiOrigin,
    key: read('station.key.pem'),
    certificate: read('station.cert.pem'),
    bankCa: read('bank-ca.pem'),
  });
  return {
    ...made,
    call: (name, ...rest) => {
      calls.push(name);
      return made.call(name, ...rest);
    },
  };
};

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};
const trips = (): string[] => calls.splice(0);
const INITIALIZE_UPDATE = '50';

const identityOf = (card: { serial: number }) => card.serial.toString(16).padStart(8, '0');
const domainOf =
  (card: VirtualCard, link = linkToCard(card)) =>
  () =>
    globalPlatform.open(link.pipe);

describe('the keys of the security domain', () => {
  it.each<[CardModel, string, string]>([
    ['modern', 'aes', '48'],
    ['small-buffer', '3des', '32'],
    ['scp-only', 'aes', '48'],
  ])('of a %s card make room for its own, and never leave the bank', async (model, type, version) => {
    const card = virtualBankCard({ model });
    trips();
    expect(await replaceDomainKeys(domainOf(card), client, identityOf(card))).toEqual(ok('own'));
    // Two channels; where answers carry a MAC, one more for the answer to PUT KEY.
    const changed = model === 'small-buffer' ? ['changeChannelKeys'] : ['changeChannelKeys', 'unwrapAnswers'];
    const open = ['readCardKeys', 'openSecureChannel'];
    expect(trips()).toEqual([...open, ...changed, 'closeSecureChannel', ...open, 'closeSecureChannel']);

    expect(Object.keys(card.state.domain.keys)).toEqual([version]);
    const own = card.state.domain.keys[version]!;
    expect(own.type).toBe(type);
    expect(new Set([own.enc, own.mac, own.dek]).size).toBe(3);
    expect(card.state.domain.failures).toBe(0);
    // Once more finds nothing to do.
    expect(await replaceDomainKeys(domainOf(card), client, identityOf(card))).toEqual(ok('own'));
    expect(card.state.domain.keys[version]).toEqual(own);
    // And the keys of delivery do not open it.
    const factory = staticKeys(factoryKeySet(type === 'aes' ? 'aes' : '3des', 0));
    const attempts = keyAttemptsInMemory();
    expect(
      await valueOf(await domainOf(card)()).openChannel({ keys: factory, attempts, level: 0x03 }),
    ).toMatchObject({
      fault: { code: 'card-management-key-refused' },
    });
  });

  it('change all or nothing, whenever the card is pulled, and no attempt is ever wrong', async () => {
    for (const when of ['before', 'after'] as const)
      for (let at = 1; at <= 14; at++) {
        const card = virtualBankCard();
        const link = linkToCard(card);
        link.pullAt(at, when);
        const torn = await replaceDomainKeys(domainOf(card, link), client, identityOf(card));
        expect(torn.ok || torn.fault.code === 'card-removed').toBe(true);
        expect(await replaceDomainKeys(domainOf(card), client, identityOf(card))).toEqual(ok('own'));
        expect(Object.keys(card.state.domain.keys)).toEqual(['48']);
        expect(card.state.domain.failures).toBe(0);
      }
  });

  it('work from another process of the bank: a channel goes on after a restart', async () => {
    const card = virtualBankCard();
    const domain = await openDomain(card);
    const content = valueOf(await domain.readContent());
    await bank.restart();
    expect(valueOf(await domain.readContent())).toEqual(content);
    // One flipped bit in an answer ends the channel, and it stays ended.
    const link = linkToCard(card);
    const tampered = await openDomain(card, link);
    link.tamper((answer) => answer.map((byte, place) => (place === 3 ? byte ^ 0x10 : byte)));
    expect(await tampered.readContent()).toMatchObject({ fault: { code: 'card-channel-broken' } });
    link.tamper(undefined);
    expect(await tampered.readContent()).toMatchObject({ fault: { code: 'card-channel-broken' } });
  });

  it('are put on a card by the bank alone: a PUT KEY of the station is not wrapped', async () => {
    const card = virtualBankCard();
    const domain = await openDomain(card);
    const forged = { cla: 0x80, ins: 0xd8, p1: 0, p2: 0x81, data: new Uint8Array(67), le: 256 };
    expect(await domain.channel.send(forged)).toMatchObject({
      fault: { code: 'card-command-refused', data: { command: '80d80081' } },
    });
    expect(Object.keys(card.state.domain.keys)).toEqual(['255']);
  });

  const openDomain = async (card: VirtualBankCard, link = linkToCard(card)) => {
    const keys = bankChannelKeys(client, identityOf(card), { version: 0xff, type: 'aes' });
    const attempts = attemptsAtBank(client);
    const session = valueOf(await globalPlatform.open(link.pipe));
    return valueOf(await session.openChannel({ keys, attempts, level: 0x33, cardId: identityOf(card) }));
  };
});

describe('a card that refuses a key', () => {
  it('gets one attempt and stays in quarantine, also after a restart, until a person releases it', async () => {
    const card = virtualBankCard();
    card.state.domain.keys = {
      '255': { type: 'aes', enc: '11'.repeat(16), mac: '22'.repeat(16), dek: '33'.repeat(16) },
    };
    const link = linkToCard(card);
    const tried = () => replaceDomainKeys(domainOf(card, link), client, identityOf(card));
    expect(await tried()).toMatchObject({ fault: { code: 'card-management-key-refused' } });
    expect(await tried()).toMatchObject({
      fault: { code: 'card-quarantined', data: { reason: 'channel-keys' } },
    });
    await bank.restart();
    client.close();
    client = stationClient();
    expect(await tried()).toMatchObject({ fault: { code: 'card-quarantined' } });
    expect(link.sent.filter((ins) => ins === INITIALIZE_UPDATE)).toHaveLength(1);
    // The management key is not tried either.
    const session = valueOf(await piv.open(linkToCard(card).pipe));
    expect(await openForWriting(session, client, identityOf(card))).toMatchObject({
      fault: { code: 'card-quarantined' },
    });

    await bank.release(identityOf(card));
    card.state.domain.keys = virtualBankCard().state.domain.keys;
    expect(await tried()).toEqual(ok('own'));
  });

  it('is not tried at all when the check values that it tells are of other keys', async () => {
    const card = virtualBankCard();
    const link = linkToCard(card);
    // E0 { C0 { id, version, AES, 16, check value } }: what cards with the longer template say.
    link.tamper((answer, command) => {
      if (command[1] !== 0xca || command[3] !== 0xe0) return answer;
      const keys = [1, 2, 3].map((id) => [0xc0, 7, id, 0xff, 0x88, 0x10, 0xab, 0xcd, 0xef]).flat();
      return new Uint8Array([0xe0, keys.length, ...keys, 0x90, 0x00]);
    });
    expect(await replaceDomainKeys(domainOf(card, link), client, identityOf(card))).toMatchObject({
      fault: { code: 'card-management-key-refused', data: { stage: 'check-value', key: 1 } },
    });
    expect(link.sent).not.toContain(INITIALIZE_UPDATE);
  });

  it('is not tried when it says that its management key is neither the factory’s nor ours', async () => {
    const card = virtualPivCard();
    card.state.piv.management.key = 'a1'.repeat(24);
    const link = linkToCard(card);
    const session = valueOf(await piv.open(link.pipe));
    expect(await openForWriting(session, client, identityOf(card))).toMatchObject({
      fault: { code: 'card-management-key-refused', data: { stage: 'not-ours' } },
    });
    // Its witness was asked for and not answered.
    expect(link.sent.filter((ins) => ins === '87')).toHaveLength(1);
  });

  it('goes into quarantine for its management key, too', async () => {
    const card = virtualPivCard();
    card.state.piv.management.key = 'a1'.repeat(24);
    const link = linkToCard(card);
    // A card that claims to be new.
    link.tamper((answer, command) =>
      command[1] === 0xf7 && command[3] === 0x9b ? new Uint8Array([1, 1, 3, 5, 1, 1, 0x90, 0]) : answer,
    );
    const session = valueOf(await piv.open(link.pipe));
    expect(await openForWriting(session, client, identityOf(card))).toMatchObject({
      fault: { code: 'card-management-key-refused' },
    });
    expect(await openForWriting(session, client, identityOf(card))).toMatchObject({
      fault: { code: 'card-quarantined', data: { reason: 'management-key' } },
    });
    expect(link.sent.filter((ins) => ins === '87')).toHaveLength(3);
  });
});

describe('management key and PUK', () => {
  it('are replaced and taken back whenever the card is pulled, and no try is ever wrong', async () => {
    for (const when of ['before', 'after'] as const)
      for (let at = 2; at <= 16; at += 1) {
        const card = virtualPivCard();
        const identity = identityOf(card);
        const factory = structuredClone(card.state.piv);
        const link = linkToCard(card);
        const session = valueOf(await piv.open(link.pipe));
        link.pullAt(at, when);
        await replacePivSecrets(session, client, identity, 'diversified');
        const fresh = async () => valueOf(await piv.open(linkToCard(card).pipe));
        valueOf(await replacePivSecrets(await fresh(), client, identity, 'diversified'));
        const { puk, management } = card.state.piv;
        expect([puk.left, puk.value === factory.puk.value]).toEqual([3, false]);
        expect(management.key).not.toBe(factory.management.key);

        if (at % 5 !== 0) continue;
        expect(await factorySecretsAreGone(await fresh(), client, identity)).toMatchObject({
          fault: { data: { what: 'factory-pin' } },
        });
        valueOf(await replacePivSecrets(await fresh(), client, identity, 'factory'));
        expect(card.state.piv).toEqual(factory);
      }
  });

  it('are of each card its own', async () => {
    const secrets = new Set<string>();
    for (let count = 0; count < 3; count++) {
      const card = virtualPivCard();
      const session = valueOf(await piv.open(linkToCard(card).pipe));
      valueOf(await replacePivSecrets(session, client, identityOf(card), 'diversified'));
      secrets.add(card.state.piv.management.key).add(card.state.piv.puk.value);
    }
    expect(secrets.size).toBe(6);
  });

  it('are given to a station only for a card that has just proven itself to it', async () => {
    const body = { mediumIdentity: 'a1b2c3d4', authenticationId: 'made-up', to: 'diversified' as const };
    const refused = { fault: { code: 'challenge-unknown' } };
    expect(await client.call('changePuk', {}, body)).toMatchObject(refused);
    expect(await client.call('changeManagementKey', {}, { ...body, algorithm: '3des' })).toMatchObject(
      refused,
    );
  });
});

it('a domain that still takes the keys of delivery does not pass for its own', async () => {
  const card = virtualBankCard();
  expect(await domainHasOwnKeys(domainOf(card), client, identityOf(card))).toMatchObject({
    fault: { code: 'card-read-back-differs', data: { what: 'domain-keys' } },
  });
});
