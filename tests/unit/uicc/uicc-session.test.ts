import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import { uicc, type UiccSession } from '../../../native/applications/uicc/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import {
  foreignCard,
  simOf,
  virtualBankCard,
  virtualPivCard,
  type Subscription,
  type UiccState,
} from '../../../native/virtual/index.ts';
import { linkToCard } from '../globalplatform/link-to-card.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};

const subscription: Subscription = {
  iccid: '89860001234567890129',
  imsi: '460001234567890',
  number: '+8613800138000',
  provider: 'TRAINING MOBILE',
};

const cardWith = (sim: UiccState) => virtualBankCard({ sim });
const open = async (sim: UiccState): Promise<UiccSession> =>
  valueOf(await uicc.open(linkToCard(cardWith(sim)).pipe));

describe.each(['uicc', 'sim'] as const)('a card of the generation "%s"', (generation) => {
  it('tells its subscription', async () => {
    const session = await open(simOf(subscription, { generation }));
    expect(session.generation).toBe(generation);
    expect(valueOf(await session.readIccid())).toEqual({ number: subscription.iccid, checkDigitRight: true });
    expect(valueOf(await session.readImsi())).toBe(subscription.imsi);
    expect(valueOf(await session.readSubscriberNumbers())).toEqual([
      { label: '', number: '+8613800138000', type: 'international', plan: 'isdn', cut: false },
    ]);
    expect(valueOf(await session.readServiceProvider())).toEqual({
      name: 'TRAINING MOBILE',
      showNetwork: true,
      hideAbroad: false,
    });
    expect(valueOf(await session.readPin1())).toMatchObject({ enabled: false });
  });

  it('may lack what operators do not fill in', async () => {
    const { iccid, imsi } = subscription;
    const session = await open(simOf({ iccid, imsi: imsi.slice(0, 14) }, { generation }));
    expect(valueOf(await session.readImsi())).toBe(imsi.slice(0, 14));
    expect(valueOf(await session.readSubscriberNumbers())).toEqual([]);
    expect(valueOf(await session.readServiceProvider())).toBeUndefined();
  });

  it('may lack the files altogether', async () => {
    const sim = simOf(subscription, { generation });
    sim.files = Object.fromEntries(Object.entries(sim.files).filter(([path]) => /2fe2|6f07|2f00/.test(path)));
    const session = await open(sim);
    expect(valueOf(await session.readSubscriberNumbers())).toEqual([]);
    expect(valueOf(await session.readServiceProvider())).toBeUndefined();
    delete sim.files['3f00/2fe2'];
    expect(await session.readIccid()).toMatchObject({
      fault: { code: 'card-object-missing', data: { file: '2fe2' } },
    });
  });

  it('asks for PIN1 where it is on, and tells the rest after it', async () => {
    const session = await open(simOf(subscription, { generation, pin1: '4711' }));
    expect(valueOf(await session.readPin1())).toEqual({ enabled: true, verified: false, triesLeft: 3 });
    expect(valueOf(await session.readIccid()).number).toBe(subscription.iccid);
    expect(await session.readImsi()).toMatchObject({ fault: { code: 'card-pin-needed' } });
    expect(await session.readSubscriberNumbers()).toMatchObject({ fault: { code: 'card-pin-needed' } });
    valueOf(await session.verifyPin1('4711'));
    expect(valueOf(await session.readImsi())).toBe(subscription.imsi);
    expect(valueOf(await session.readSubscriberNumbers())).toHaveLength(1);
    if (generation === 'uicc') expect(valueOf(await session.readPin1()).verified).toBe(true);
  });

  it('counts wrong PINs, and the last try is a person’s', async () => {
    const sim = simOf(subscription, { generation, pin1: '4711' });
    const session = await open(sim);
    expect(await session.verifyPin1('0000')).toMatchObject({
      fault: { code: 'card-pin-wrong', data: { triesLeft: 2 } },
    });
    expect(await session.verifyPin1('0000')).toMatchObject({
      fault: { code: 'card-pin-wrong', data: { triesLeft: 1 } },
    });
    // The right one would be it, and is still not sent by software alone.
    expect(await session.verifyPin1('4711')).toMatchObject({ fault: { code: 'card-pin-last-try' } });
    expect(sim.pin1.left).toBe(1);
    expect(await session.verifyPin1('0000', { lastTryConfirmedBy: 'officer-1' })).toMatchObject({
      fault: { code: 'card-pin-blocked' },
    });
    expect(sim.pin1.left).toBe(0);
    expect(await session.verifyPin1('4711', { lastTryConfirmedBy: 'officer-1' })).toMatchObject({
      fault: { code: 'card-pin-blocked' },
    });
  });

  it('takes the last try when a person decided so', async () => {
    const sim = simOf(subscription, { generation, pin1: '4711' });
    sim.pin1.left = 1;
    const session = await open(sim);
    valueOf(await session.verifyPin1('4711', { lastTryConfirmedBy: 'officer-1' }));
    expect(sim.pin1.left).toBe(3);
  });

  it.each(['', '123', '123456789', '12a4', '１２３４'])(
    'is not asked with a PIN that cannot be one: %s',
    async (pin) => {
      const sim = simOf(subscription, { generation, pin1: '4711' });
      expect(await (await open(sim)).verifyPin1(pin)).toMatchObject({ fault: { code: 'bad-input' } });
      expect(sim.pin1.left).toBe(3);
    },
  );

  it('is asked for no PIN where it is off or was shown', async () => {
    const off = simOf(subscription, { generation });
    valueOf(await (await open(off)).verifyPin1('9999'));
    expect(off.pin1.left).toBe(3);
  });
});

describe('a UICC', () => {
  it('is found also when it wants its whole AID, from the list of applications', async () => {
    const card = cardWith(simOf(subscription));
    card.powerCycle();
    const pipe = openPipe({
      async transmit(command) {
        const shortAid = command[1] === 0xa4 && command[2] === 0x04 && command[4] === 7;
        return ok(shortAid ? fromHex('6a82') : card.transmit(command));
      },
    });
    const session = valueOf(await uicc.open(pipe));
    expect(session.generation).toBe('uicc');
    expect(valueOf(await session.readImsi())).toBe(subscription.imsi);
  });

  it('is found whatever was selected before', async () => {
    const link = linkToCard(cardWith(simOf(subscription)));
    await link.pipe.send({ cla: 0, ins: 0xa4, p1: 4, p2: 0, data: fromHex('a000000308'), le: 256 });
    expect(valueOf(await valueOf(await uicc.open(link.pipe)).readIccid()).number).toBe(subscription.iccid);
  });

  it('with tries that it does not tell is asked only on a person’s decision', async () => {
    const link = linkToCard(cardWith(simOf(subscription, { pin1: '4711' })));
    const session = valueOf(await uicc.open(link.pipe));
    link.tamper((answer, command) =>
      command[1] === 0x20 && command.length === 4 ? fromHex('6300') : answer,
    );
    expect(await session.verifyPin1('4711')).toMatchObject({ fault: { code: 'card-pin-last-try' } });
    valueOf(await session.verifyPin1('4711', { lastTryConfirmedBy: 'officer-1' }));
  });
});

describe('a card that is no SIM', () => {
  it.each([
    ['somebody else’s card', foreignCard()],
    ['a PIV card', virtualPivCard()],
    ['a bank card without a subscription', virtualBankCard()],
  ])('%s says so', async (_, card) => {
    expect(await uicc.open(linkToCard(card).pipe)).toMatchObject({ fault: { code: 'card-unsupported' } });
  });
});

describe('answers that make no sense', () => {
  it.each([
    ['a file cut short', 0xb0, (answer: Uint8Array) => answer.slice(1)],
    ['a file control cut short', 0xa4, (answer: Uint8Array) => answer.slice(1)],
  ])('%s', async (_, ins, change) => {
    const link = linkToCard(cardWith(simOf(subscription)));
    const session = valueOf(await uicc.open(link.pipe));
    link.tamper((answer, command) => (command[1] === ins && command[2] === 0 ? change(answer) : answer));
    expect(await session.readIccid()).toMatchObject({ fault: { code: 'card-bad-answer' } });
  });

  it('never gives a byte to VERIFY that is not the PIN', async () => {
    const seen: string[] = [];
    const card = cardWith(simOf(subscription, { pin1: '4711' }));
    card.powerCycle();
    const pipe = openPipe({
      async transmit(command) {
        seen.push(toHex(command));
        return ok(card.transmit(command));
      },
    });
    valueOf(await valueOf(await uicc.open(pipe)).verifyPin1('4711'));
    expect(seen.filter((hex) => hex.startsWith('0020'))).toEqual([
      '00200001',
      '0020000108' + '34373131ffffffff',
    ]);
  });
});
