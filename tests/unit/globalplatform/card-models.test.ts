import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import {
  factoryKeySet,
  keyAttemptsInMemory,
  openSecureChannel,
  staticKeys,
} from '../../../native/applications/globalplatform/index.ts';
import { managementKeyAuthenticator, piv, userInfoObject } from '../../../native/applications/piv/index.ts';
import {
  memoryCardStore,
  virtualBankCard,
  virtualCardDriver,
  type VirtualBankCard,
} from '../../../native/virtual/index.ts';
import { linkToCard } from './link-to-card.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};

const factory3des = fromHex('0102030405060708'.repeat(3));
const content = Uint8Array.from({ length: 1_200 }, (_, at) => at & 0xff);

const managed = async (card: VirtualBankCard, link = linkToCard(card)) => {
  const session = valueOf(await piv.open(link.pipe));
  valueOf(await session.authenticateManagement(managementKeyAuthenticator('3des', factory3des)));
  return { link, session };
};

describe('a card with a small commit buffer', () => {
  it('pulled while a long object is written keeps the beginning of it', async () => {
    const card = virtualBankCard({ model: 'small-buffer' });
    const { link, session } = await managed(card);
    link.pullAt(5, 'before');
    expect(await session.putObject(userInfoObject, content)).toMatchObject({
      fault: { code: 'card-removed' },
    });
    const kept = fromHex(card.state.piv.objects[userInfoObject.toString(16)] ?? '');
    expect(kept.length).toBeGreaterThan(500);
    expect(kept.length).toBeLessThan(content.length);
    expect(toHex(content)).toContain(toHex(kept));
  });

  it('keeps short objects all or nothing', async () => {
    const card = virtualBankCard({ model: 'small-buffer' });
    const { link, session } = await managed(card);
    link.pullAt(2, 'before');
    expect(await session.putObject(userInfoObject, content.subarray(0, 400))).toMatchObject({ ok: false });
    expect(card.state.piv.objects).toEqual({});
  });

  it('writes nothing for somebody who has not shown the management key', async () => {
    const card = virtualBankCard({ model: 'small-buffer' });
    const session = valueOf(await piv.open(linkToCard(card).pipe));
    expect(await session.putObject(userInfoObject, content)).toMatchObject({ ok: false });
    expect(card.state.piv.objects).toEqual({});
  });

  it('holds the whole object when it was not pulled', async () => {
    const card = virtualBankCard({ model: 'small-buffer' });
    const { session } = await managed(card);
    valueOf(await session.putObject(userInfoObject, content));
    expect(toHex(valueOf(await session.getObject(userInfoObject))!)).toBe(toHex(content));
  });

  it('is not the modern one, which keeps everything all or nothing', async () => {
    const card = virtualBankCard({ model: 'modern' });
    const { link, session } = await managed(card);
    link.pullAt(5, 'before');
    expect(await session.putObject(userInfoObject, content)).toMatchObject({ ok: false });
    expect(card.state.piv.objects).toEqual({});
  });
});

describe('a card that is personalised through a channel only', () => {
  it('has no management key', async () => {
    const session = valueOf(await piv.open(linkToCard(virtualBankCard({ model: 'scp-only' })).pipe));
    expect(
      await session.authenticateManagement(managementKeyAuthenticator('3des', factory3des)),
    ).toMatchObject({ ok: false });
    expect(await session.generateKey('9a', 'p-256')).toMatchObject({ ok: false });
  });

  it('takes keys and objects of any length inside the channel, and not after it', async () => {
    const card = virtualBankCard({ model: 'scp-only' });
    const link = linkToCard(card);
    valueOf(await piv.open(link.pipe));
    const channel = valueOf(
      await openSecureChannel(link.pipe, {
        keys: staticKeys(factoryKeySet('aes')),
        attempts: keyAttemptsInMemory(),
        cardId: 'card',
        level: 0x33,
        challengeLength: 16,
        domainAid: fromHex('a000000308000010000100'),
        longCommands: true,
      }),
    );
    const generated = valueOf(
      await channel.send({ cla: 0, ins: 0x47, p1: 0, p2: 0x9a, data: fromHex('ac03800111'), le: 256 }),
    );
    expect([generated.sw, toHex(generated.data.subarray(0, 2))]).toEqual([0x9000, '7f49']);
    const put = {
      cla: 0,
      ins: 0xdb,
      p1: 0x3f,
      p2: 0xff,
      data: new Uint8Array([...fromHex('5c035fff12538204b0'), ...content]),
    };
    expect(valueOf(await channel.send(put)).sw).toBe(0x9000);
    expect(card.state.piv.objects['5fff12']).toBe(toHex(content));
    const read = valueOf(
      await channel.send({ cla: 0, ins: 0xcb, p1: 0x3f, p2: 0xff, data: fromHex('5c035fff12'), le: 256 }),
    );
    expect(toHex(read.data)).toBe(`538204b0${toHex(content)}`);
    await channel.close();
    expect(valueOf(await link.pipe.send(put)).sw).toBe(0x6982);
  });
});

describe('what a card remembers', () => {
  it('is its store, and the rest is gone with power', async () => {
    const store = memoryCardStore();
    const card = virtualBankCard({ store, serial: 12345678, model: 'scp-only' });
    card.state.domain.sequence = 41;
    card.transmit(fromHex('00a4040000'));
    const again = virtualBankCard({ store });
    expect([again.model, again.serial, again.state.domain.sequence]).toEqual(['scp-only', 12345678, 41]);
    expect(() => virtualBankCard({ store: memoryCardStore('{"format":"another"}') })).toThrow();
  });
});

describe('a card with realistic delays', () => {
  it('says how long each command takes, and only then', () => {
    const busy = (hex: string) => virtualBankCard({ delays: true }).busyMs?.(fromHex(hex)) ?? 0;
    expect(virtualBankCard().busyMs).toBeUndefined();
    const [p256, rsa, read] = ['0047009a05ac03800111', '0047009a05ac03800107', '80ca9f7f00'].map(busy);
    expect(read).toBeLessThan(p256!);
    expect(p256).toBeLessThan(rsa!);
  });

  it('can be pulled while it is busy', async () => {
    const driver = virtualCardDriver(['reader']);
    const card = { ...virtualBankCard(), busyMs: () => 5 };
    valueOf(driver.insert('reader', card));
    const link = valueOf(await driver.connect('reader'));
    const answer = link.transmit(fromHex('00a4040000'));
    await new Promise((resolve) => setImmediate(resolve));
    valueOf(driver.remove('reader'));
    expect(await answer).toMatchObject({ fault: { code: 'card-removed' } });
    valueOf(driver.insert('reader', card));
    expect((await valueOf(await driver.connect('reader')).transmit(fromHex('00a4040000'))).ok).toBe(true);
    await driver.stop();
  });
});
