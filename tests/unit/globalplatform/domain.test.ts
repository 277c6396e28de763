import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import {
  factoryKeySet,
  globalPlatform,
  keyChangeState,
  provesKeys,
  keyAttemptsInMemory,
  keySetFromBytes,
  parseCapFile,
  staticKeys,
  upgradeApplet,
  type AppletRelease,
  type CapFile,
  type KeyAttempts,
  type KeyBytes,
  type LoadOptions,
  type SecuredDomain,
  type SecureChannelKeys,
  type SecurityLevel,
} from '../../../native/applications/globalplatform/index.ts';
import {
  foreignCard,
  virtualBankCard,
  type CardModel,
  type VirtualBankCard,
} from '../../../native/virtual/index.ts';
import { loadFile, loadFileHash } from '../../../native/applications/globalplatform/cap/load-file.ts';
import {
  installForLoad,
  loadBlocks,
} from '../../../native/applications/globalplatform/content/content-commands.ts';
import { capArchive } from '../../../electron/bank-server/training/cap-archive.ts';
import { keysOverTheWire } from './keys-over-the-wire.ts';
import { linkToCard, type CardLinkDouble } from './link-to-card.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};

const typeOf = (model: CardModel) => (model === 'small-buffer' ? '3des' : 'aes');
const bankKeyBytes = (seed: number, length: number): KeyBytes => {
  const key = (first: number) => Uint8Array.from({ length }, (_, at) => (seed * 16 + first + at * 3) & 0xff);
  return { enc: key(1), mac: key(0x51), dek: key(0xa1) };
};
const factory = (model: CardModel): SecureChannelKeys =>
  staticKeys(factoryKeySet(typeOf(model), 0), {
    nextKeys: (version) => ({
      type: typeOf(model),
      keys: bankKeyBytes(version, model === 'modern' ? 32 : 16),
    }),
  });
const bank = (model: CardModel, version: number): SecureChannelKeys =>
  staticKeys(keySetFromBytes(version, typeOf(model), bankKeyBytes(version, model === 'modern' ? 32 : 16)));

const open = async (
  link: CardLinkDouble,
  keys: SecureChannelKeys,
  level: SecurityLevel,
  attempts: KeyAttempts = keyAttemptsInMemory(),
): Promise<Result<SecuredDomain>> => {
  const session = await globalPlatform.open(link.pipe);
  return session.ok ? session.value.openChannel({ keys, attempts, level }) : session;
};

const domainOf = async (card: VirtualBankCard, level: SecurityLevel = 0x03): Promise<SecuredDomain> =>
  valueOf(await open(linkToCard(card), factory(card.model), level));

const packageAid = 'd276000124010a';
const instanceAid = 'd276000124010a01';
const capOf = (version: readonly [number, number], methodLength = 100) =>
  valueOf(parseCapFile(capArchive({ version: { major: version[0], minor: version[1] }, methodLength })));
const releaseOf = (version: readonly [number, number], methodLength = 700): AppletRelease => ({
  cap: capOf(version, methodLength),
  instances: [
    {
      moduleAid: fromHex(instanceAid),
      instanceAid: fromHex(instanceAid),
      privileges: fromHex('00'),
      parameters: fromHex('0102'),
    },
  ],
  hash: 'sha-256',
});

const levels: readonly [CardModel, SecurityLevel][] = [
  ['modern', 0x01],
  ['modern', 0x03],
  ['modern', 0x11],
  ['modern', 0x13],
  ['modern', 0x33],
  ['scp-only', 0x01],
  ['scp-only', 0x03],
  ['scp-only', 0x11],
  ['scp-only', 0x13],
  ['scp-only', 0x33],
  ['small-buffer', 0x01],
  ['small-buffer', 0x03],
];

describe('a card’s issuer domain', () => {
  it('tells who the card is and what keys it has', async () => {
    const card = virtualBankCard({ serial: 12345678 });
    const session = valueOf(await globalPlatform.open(linkToCard(card).pipe));
    expect(toHex(session.aid)).toBe('a000000151000000');
    expect(session.locked).toBe(false);
    expect(valueOf(await session.readProductionData())?.icSerial).toBe('12345678');
    expect(valueOf(await session.readCardId())).toBe('435743570001' + '12345678');
    expect(valueOf(await session.readRecognitionData())).toEqual({
      version: '2.3.1',
      channels: [{ protocol: 3, options: 0x70 }],
    });
    expect(
      valueOf(await session.readKeyInformation()).map(({ id, version, type, length }) => [
        id,
        version,
        type,
        length,
      ]),
    ).toEqual([
      [1, 255, 'aes', 16],
      [2, 255, 'aes', 16],
      [3, 255, 'aes', 16],
    ]);
  });

  it('falls back to issuer and card number for the identity', async () => {
    const card = virtualBankCard({ serial: 12345678 });
    delete card.state.domain.objects['9f7f'];
    const session = valueOf(await globalPlatform.open(linkToCard(card).pipe));
    expect(valueOf(await session.readCardId())).toBe('420489123456' + '4508' + '0000000012345678');
    delete card.state.domain.objects['45'];
    expect(await session.readCardId()).toMatchObject({ fault: { code: 'card-unsupported' } });
  });

  it('is not there on somebody else’s card', async () => {
    expect(await globalPlatform.open(linkToCard(foreignCard()).pipe)).toMatchObject({
      fault: { code: 'card-unsupported' },
    });
  });

  it('says that the card is locked', async () => {
    const card = virtualBankCard();
    const domain = await domainOf(card);
    valueOf(await domain.setCardState('initialized'));
    valueOf(await domain.setCardState('secured'));
    valueOf(await domain.setCardState('card-locked'));
    expect(valueOf(await globalPlatform.open(linkToCard(card).pipe)).locked).toBe(true);
  });
});

describe.each(levels)('a channel to the %s card at level %i', (model, level) => {
  it('carries every kind of command', async () => {
    const card = virtualBankCard({ model });
    const domain = await domainOf(card, level);
    expect(valueOf(await domain.readContent())).toMatchObject({
      domain: { state: 'op-ready' },
      applications: [],
      packages: [],
    });
    valueOf(await domain.load(capOf([1, 2], 900), { hash: 'sha-1' }));
    valueOf(await domain.install({ ...releaseOf([1, 2]).instances[0]!, packageAid: fromHex(packageAid) }));
    const content = valueOf(await domain.readContent());
    expect(
      content.packages.map(({ aid, version, modules }) => [toHex(aid), version, modules.map(toHex)]),
    ).toEqual([[packageAid, { major: 1, minor: 2 }, [instanceAid]]]);
    expect(content.applications.map(({ aid, state }) => [toHex(aid), state])).toEqual([
      [instanceAid, 'selectable'],
    ]);
    expect(card.state.domain.instances[0]?.parameters).toBe('0102');

    valueOf(await domain.lockApplication(fromHex(instanceAid)));
    expect(valueOf(await domain.readContent()).applications[0]?.state).toBe('locked');
    valueOf(await domain.unlockApplication(fromHex(instanceAid)));
    const data = Uint8Array.from({ length: 600 }, (_, at) => at & 0xff);
    valueOf(await domain.storeData(data, { format: 'dataGroups', applicationAid: fromHex(instanceAid) }));
    expect(card.state.domain.instances[0]?.data.join('')).toBe(toHex(data));
    expect(await domain.delete(fromHex(packageAid))).toMatchObject({ fault: { code: 'card-status' } });
    valueOf(await domain.delete(fromHex(packageAid), { related: true }));
    expect(valueOf(await domain.readContent())).toMatchObject({ applications: [], packages: [] });
    expect(await domain.delete(fromHex(packageAid))).toMatchObject({
      fault: { code: 'card-object-missing' },
    });
    valueOf(await domain.setCardState('initialized'));
    await domain.close();
    expect(await domain.readContent()).toMatchObject({ fault: { code: 'card-channel-broken' } });
  });
});

describe('keys', () => {
  it.each(['modern', 'small-buffer', 'scp-only'] as const)(
    'of the factory give way to the bank’s on the %s card, and are refused from then on',
    async (model) => {
      const card = virtualBankCard({ model });
      const domain = await domainOf(card);
      valueOf(await domain.changeKeys({ replacedVersion: 0, newVersion: 0x30 }));
      expect(Object.keys(card.state.domain.keys)).toEqual(['48']);

      const attempts = keyAttemptsInMemory();
      valueOf(await open(linkToCard(card), bank(model, 0x30), 0x01, attempts));
      // Refused without the card's counter having moved: the card itself proved other keys first.
      expect(await open(linkToCard(card), factory(model), 0x01, attempts)).toMatchObject({
        fault: { code: 'card-management-key-refused', data: { stage: 'card-cryptogram' } },
      });
      expect(card.state.domain.failures).toBe(0);
      // And not a second time, whatever the keys.
      const link = linkToCard(card);
      expect(await open(link, bank(model, 0x30), 0x01, attempts)).toMatchObject({
        fault: { code: 'card-management-key-refused', data: { stage: 'quarantine' } },
      });
      expect(link.sent).not.toContain('50');
    },
  );

  it('of the bank give way to the next version, and the old one can be removed', async () => {
    const card = virtualBankCard();
    valueOf(await (await domainOf(card)).changeKeys({ replacedVersion: 0, newVersion: 1 }));
    const keys = staticKeys(keySetFromBytes(1, 'aes', bankKeyBytes(1, 32)), {
      nextKeys: (version) => ({ type: 'aes', keys: bankKeyBytes(version, 24) }),
    });
    const domain = valueOf(await open(linkToCard(card), keys, 0x33));
    valueOf(await domain.changeKeys({ replacedVersion: 0, newVersion: 2 }));
    expect(Object.keys(card.state.domain.keys)).toEqual(['1', '2']);
    valueOf(await domain.deleteKeys(1));
    const next = staticKeys(keySetFromBytes(2, 'aes', bankKeyBytes(2, 24)));
    expect((await open(linkToCard(card), next, 0x33)).ok).toBe(true);
    expect(await open(linkToCard(card), keys, 0x33)).toMatchObject({
      fault: { code: 'card-unsupported', data: { what: 'key-version' } },
    });
  });

  it('that nobody has ready are not changed', async () => {
    const domain = valueOf(await open(linkToCard(virtualBankCard()), staticKeys(factoryKeySet('aes')), 0x03));
    expect(await domain.changeKeys({ replacedVersion: 0, newVersion: 9 })).toMatchObject({
      fault: { code: 'bad-input' },
    });
  });

  it('that the card took differently are noticed by their check value', async () => {
    const card = virtualBankCard();
    const link = linkToCard(card);
    const domain = valueOf(await open(link, factory('modern'), 0x03));
    link.tamper((answer, command) => {
      if (command[1] === 0xd8) answer[3]! ^= 1;
      return answer;
    });
    expect(await domain.changeKeys({ replacedVersion: 0, newVersion: 1 })).toMatchObject({
      fault: { code: 'card-read-back-differs' },
    });
  });

  it('wrong ones are refused by the card when nothing could be compared before', async () => {
    // A bank whose service does not check the card's cryptogram: the card's own counter is what is left.
    const card = virtualBankCard();
    const wrong = staticKeys(keySetFromBytes(0, 'aes', bankKeyBytes(7, 16)));
    const blind: SecureChannelKeys = {
      ...wrong,
      open: async (request) => {
        const opening = await wrong.open(request);
        expect(opening.ok).toBe(false);
        const data = new Uint8Array(16);
        return {
          ok: true,
          value: {
            externalAuthenticate: { cla: 0x84, ins: 0x82, p1: 3, p2: 0, data },
            endpoint: {
              level: 3,
              maximumData: 239,
              wrap: async () => opening as never,
              unwrap: async () => opening as never,
              keyChange: async () => opening as never,
              close: async () => {},
            },
          },
        };
      },
    };
    const attempts = keyAttemptsInMemory();
    for (const stage of ['external-authenticate', 'quarantine', 'quarantine'])
      expect(await open(linkToCard(card), blind, 0x03, attempts)).toMatchObject({
        fault: { code: 'card-management-key-refused', data: { stage } },
      });
    expect(card.state.domain.failures).toBe(1);
  });
});

describe('keys at the bank', () => {
  it('change hands and load an applet with only plain data crossing, in few round trips', async () => {
    const card = virtualBankCard();
    const remote = keysOverTheWire(factory('modern'));
    const domain = valueOf(await open(linkToCard(card), remote, 0x33));
    valueOf(await domain.changeKeys({ replacedVersion: 0, newVersion: 0x30 }));
    expect(remote.calls).toEqual(['open', 'key-change', 'unwrap']);
    remote.calls.length = 0;
    valueOf(await domain.load(capOf([1, 0], 20_000), { hash: 'sha-256' }));
    expect(remote.calls).toEqual(['wrap', 'unwrap', 'wrap', 'unwrap']);
    await domain.close();
    expect(remote.calls.at(-1)).toBe('close');
  });
});

describe('a key change that broke off', () => {
  it.each(['before', 'after'] as const)('%s the card took the keys is told by its key list', async (when) => {
    const card = virtualBankCard();
    const link = linkToCard(card);
    const domain = valueOf(await open(link, factory('modern'), 0x03));
    const listed = async () =>
      keyChangeState(
        valueOf(await valueOf(await globalPlatform.open(linkToCard(card).pipe)).readKeyInformation()),
        0x30,
      );
    expect(await listed()).toBe('to-do');
    const again = valueOf(await open(link, factory('modern'), 0x03));
    expect(domain).not.toBe(again);
    link.pullAt(1, when);
    expect(await again.changeKeys({ replacedVersion: 0, newVersion: 0x30 })).toMatchObject({
      fault: { code: 'card-removed' },
    });
    expect(await listed()).toBe(when === 'after' ? 'done' : 'to-do');
    expect(keyChangeState([], 0x30)).toBe('unknown');
  });
});

describe('keys that the card has given up', () => {
  it.each(['modern', 'small-buffer', 'scp-only'] as const)(
    'are shown to be gone on the %s card without one command for it',
    async (model) => {
      const card = virtualBankCard({ model });
      const before = await domainOf(card);
      expect(provesKeys(factoryKeySet(typeOf(model)), before.channel.opening!)).toBe(true);
      valueOf(await before.changeKeys({ replacedVersion: 0, newVersion: 0x30 }));
      const link = linkToCard(card);
      const after = valueOf(await open(link, bank(model, 0x30), 0x03));
      const sent = link.sent.length;
      expect(provesKeys(factoryKeySet(typeOf(model)), after.channel.opening!)).toBe(false);
      expect(
        provesKeys(factoryKeySet(model === 'small-buffer' ? 'aes' : '3des'), after.channel.opening!),
      ).toBe(false);
      expect([link.sent.length, card.state.domain.failures]).toEqual([sent, 0]);
    },
  );
});

describe('an answer that somebody changed', () => {
  it.each([0x11, 0x13, 0x33] as const)('closes the channel at level %i, at any byte', async (level) => {
    for (let at = 0; ; at++) {
      const card = virtualBankCard();
      const link = linkToCard(card);
      const domain = valueOf(await open(link, factory('modern'), level));
      let length = 0;
      link.tamper((answer) => {
        length = answer.length;
        const flipped = Uint8Array.from(answer);
        flipped[at]! ^= 0x10;
        return flipped;
      });
      const result = await domain.channel.send({
        cla: 0x80,
        ins: 0xf2,
        p1: 0x80,
        p2: 2,
        data: fromHex('4f00'),
        le: 256,
      });
      if (at >= length) {
        expect(result.ok).toBe(true);
        break;
      }
      expect(result, `byte ${at}`).toMatchObject({ fault: { code: 'card-channel-broken' } });
      link.tamper(undefined);
      expect(await domain.readContent()).toMatchObject({
        fault: { code: 'card-channel-broken', data: { why: 'closed' } },
      });
    }
  });

  it.each([0x01, 0x33] as const)(
    'is noticed by the card as well, in a command at level %i',
    async (level) => {
      const command = { cla: 0x80, ins: 0xf2, p1: 0x80, p2: 2, data: fromHex('4f00') };
      let length = Number.MAX_SAFE_INTEGER;
      for (let at = 1; at < length; at++) {
        if (at === 4) continue; // Lc: then it is no command at all
        const link = linkToCard(virtualBankCard());
        const domain = valueOf(await open(link, factory('modern'), level));
        link.tamperCommand((sent) => {
          length = sent.length;
          const flipped = Uint8Array.from(sent);
          flipped[at]! ^= 0x01;
          return flipped;
        });
        expect(valueOf(await domain.channel.send(command)).sw, `byte ${at}`).toBe(0x6982);
        link.tamperCommand(undefined);
        expect(valueOf(await domain.channel.send(command)).sw, `byte ${at}`).toBe(0x6985);
      }
    },
  );
});

describe('loading', () => {
  it('sends everything after one round trip to the keys’ holder', async () => {
    const card = virtualBankCard();
    const calls: number[] = [];
    const keys = factory('modern');
    const counted: SecureChannelKeys = {
      ...keys,
      async open(request) {
        const opening = await keys.open(request);
        if (!opening.ok) return opening;
        const { endpoint } = opening.value;
        return {
          ok: true,
          value: {
            ...opening.value,
            endpoint: {
              ...endpoint,
              wrap: (commands) => (calls.push(commands.length), endpoint.wrap(commands)),
            },
          },
        };
      },
    };
    const domain = valueOf(await open(linkToCard(card), counted, 0x33));
    const progress: string[] = [];
    valueOf(
      await domain.load(capOf([1, 0], 5_000), {
        onBlock: (sent, total) => progress.push(`${sent}/${total}`),
      }),
    );
    expect(calls[0]).toBe(1);
    expect(calls[1]).toBeGreaterThan(20);
    expect(progress.at(-1)).toBe(`${calls[1]}/${calls[1]}`);
  });

  it.each([20, 32])(
    'with a hash of %i bytes that is another is refused by the card, and nothing stays',
    async (length) => {
      const card = virtualBankCard();
      const cap = capOf([1, 0]);
      const { channel } = await domainOf(card);
      const begin = installForLoad({ packageAid: cap.packageAid, hash: new Uint8Array(length) });
      const answers = valueOf(
        await channel.sendAll([begin, ...loadBlocks(loadFile(cap), channel.maximumData)]),
      );
      expect(answers.at(-1)?.sw).toBe(0x6a80);
      expect(card.state.domain.packages).toEqual([]);
    },
  );

  describe('onto a card that wants a domain’s approval (DAP)', () => {
    const approver = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const domainAid = fromHex('a0000001515041500001');
    const cardWithApprover = (): VirtualBankCard => {
      const card = virtualBankCard();
      card.state.domain.dap = {
        aid: toHex(domainAid),
        publicKey: approver.publicKey.export({ type: 'spki', format: 'der' }).toString('hex'),
      };
      return card;
    };
    const signed = (cap: CapFile, key = approver.privateKey) => ({
      domainAid,
      signature: new Uint8Array(
        sign('sha256', loadFileHash(cap, 'sha-256'), { key, dsaEncoding: 'ieee-p1363' }),
      ),
    });
    const cap = capOf([1, 0], 900);

    it('is done with its signature', async () => {
      const card = cardWithApprover();
      valueOf(await (await domainOf(card)).load(cap, { hash: 'sha-256', daps: [signed(cap)] }));
      expect(card.state.domain.packages.map(({ aid }) => aid)).toEqual([packageAid]);
    });
    it.each<[string, LoadOptions]>([
      ['without one', { hash: 'sha-256' }],
      ['without the hash that it signs', { daps: [signed(cap)] }],
      ['with one over another package', { hash: 'sha-256', daps: [signed(capOf([1, 1], 900))] }],
      [
        'with that of another',
        {
          hash: 'sha-256',
          daps: [signed(cap, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
        },
      ],
      [
        'with one for another domain',
        { hash: 'sha-256', daps: [{ ...signed(cap), domainAid: fromHex('a0000001515041500002') }] },
      ],
    ])('%s it is refused, and nothing stays', async (_what, options) => {
      const card = cardWithApprover();
      expect(await (await domainOf(card)).load(cap, options)).toMatchObject({
        fault: { code: 'card-status', data: { command: 'load' } },
      });
      expect(card.state.domain.packages).toEqual([]);
    });
  });

  it('of another package than announced is refused', async () => {
    const domain = await domainOf(virtualBankCard());
    expect(await domain.load({ ...capOf([1, 0]), packageAid: fromHex('d276000124010b') })).toMatchObject({
      fault: { code: 'card-status', data: { command: 'load' } },
    });
  });

  it('onto a full card says so', async () => {
    const domain = await domainOf(virtualBankCard({ model: 'small-buffer' }));
    expect(await domain.load(capOf([1, 0], 31_000))).toMatchObject({ fault: { code: 'card-full' } });
  });

  it('of more blocks than can be counted is refused before anything is sent', async () => {
    const card = virtualBankCard();
    const link = linkToCard(card);
    const domain = valueOf(await open(link, factory('modern'), 0x03));
    const before = link.sent.length;
    expect(await domain.load(capOf([1, 0], 65_000))).toMatchObject({ fault: { code: 'card-unsupported' } });
    expect(link.sent.length).toBe(before);
  });

  it('reads a registry that needs many answers', async () => {
    const card = virtualBankCard();
    card.state.domain.packages = Array.from({ length: 30 }, (_, at) => ({
      aid: `a0000000${(0x10 + at).toString(16)}01`,
      version: '0100',
      modules: [`a0000000${(0x10 + at).toString(16)}0101`],
      length: 10,
    }));
    const link = linkToCard(card);
    const content = valueOf(await valueOf(await open(link, factory('modern'), 0x33)).readContent());
    expect(content.packages).toHaveLength(30);
    expect(link.sent.filter((ins) => ins === 'f2').length).toBeGreaterThan(8);
  });
});

describe('an upgrade', () => {
  const upgraded = async (card: VirtualBankCard, release = releaseOf([1, 3])) =>
    upgradeApplet(await domainOf(card), release, { mayLoseData: true });

  it('of an empty card loads and installs, and the second time does nothing', async () => {
    const card = virtualBankCard();
    expect(await upgraded(card)).toEqual({ ok: true, value: { changed: true } });
    expect(await upgraded(card)).toEqual({ ok: true, value: { changed: false } });
    expect(card.state.domain.packages[0]?.version).toBe('0103');
  });

  it('that would lose data wants a person’s leave', async () => {
    const card = virtualBankCard();
    valueOf(await upgraded(card, releaseOf([1, 2])));
    expect(await upgradeApplet(await domainOf(card), releaseOf([1, 3]))).toMatchObject({
      fault: { code: 'card-already-issued' },
    });
    expect(card.state.domain.packages[0]?.version).toBe('0102');
    valueOf(await upgraded(card));
    expect(card.state.domain.packages[0]?.version).toBe('0103');
  });

  it('to an older version is refused', async () => {
    const card = virtualBankCard();
    valueOf(await upgraded(card));
    expect(await upgraded(card, releaseOf([1, 2]))).toMatchObject({
      fault: { code: 'applet-newer-on-card' },
    });
  });

  it('goes on after the card was pulled at any command', async () => {
    const finished = JSON.stringify(
      await (async () => {
        const card = virtualBankCard();
        valueOf(await upgraded(card, releaseOf([1, 2])));
        valueOf(await upgraded(card));
        return [card.state.domain.packages, card.state.domain.instances];
      })(),
    );
    let cuts = 0;
    for (let at = 1; ; at++) {
      let reached = false;
      for (const when of ['before', 'after'] as const) {
        const card = virtualBankCard();
        valueOf(await upgraded(card, releaseOf([1, 2])));
        const link = linkToCard(card);
        const domain = valueOf(await open(link, factory('modern'), 0x03));
        link.pullAt(at, when);
        const result = await upgradeApplet(domain, releaseOf([1, 3]), { mayLoseData: true });
        if (result.ok) continue;
        reached = true;
        cuts++;
        expect(result.fault.code, `${at} ${when}`).toBe('card-removed');
        // What is lost is lost: going on needs no second leave.
        const lost = card.state.domain.instances.length === 0;
        const rest = await upgradeApplet(await domainOf(card), releaseOf([1, 3]), { mayLoseData: !lost });
        expect(rest.ok, `${at} ${when}`).toBe(true);
        expect(JSON.stringify([card.state.domain.packages, card.state.domain.instances])).toBe(finished);
      }
      if (!reached) break;
    }
    expect(cuts).toBeGreaterThan(30);
  });
});
