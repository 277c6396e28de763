import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import {
  managementKeyAuthenticator,
  factoryManagementKey,
  markerObject,
  piv,
} from '../../../native/applications/piv/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { virtualCardDriver, virtualPivCard } from '../../../native/virtual/index.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

const reader = 'Reader';
const prepared = async () => {
  const driver = virtualCardDriver([reader]);
  const card = virtualPivCard();
  valueOf(driver.insert(reader, card));
  const link = valueOf(await driver.connect(reader));
  return {
    driver,
    card,
    link,
    script: driver.script(reader),
    session: valueOf(await piv.open(openPipe(link))),
  };
};

/** Select, authenticate (2), write the marker: four commands. */
const writeMarker = async (setup: (driver: ReturnType<typeof virtualCardDriver>) => void) => {
  const driver = virtualCardDriver([reader]);
  const card = virtualPivCard();
  valueOf(driver.insert(reader, card));
  setup(driver);
  const link = valueOf(await driver.connect(reader));
  const work = async (): Promise<Result<void>> => {
    const session = await piv.open(openPipe(link));
    if (!session.ok) return session;
    const authenticated = await session.value.authenticateManagement(
      managementKeyAuthenticator('3des', factoryManagementKey),
    );
    return authenticated.ok ? session.value.putObject(markerObject, fromHex('41')) : authenticated;
  };
  const result = await work();
  return { driver, card, result, count: driver.script(reader).count };
};

describe('pull at command n', () => {
  it('leaves the card as before or as after that command, and nothing between', async () => {
    const whole = await writeMarker(() => {});
    expect(whole.result).toEqual(ok());
    expect(whole.count).toBe(4);
    for (let n = 1; n <= whole.count; n++) {
      for (const when of ['before', 'after'] as const) {
        const { driver, card, result } = await writeMarker((one) => one.script(reader).pullAt(n, when));
        expect(result).toEqual(fail('card-removed'));
        expect(driver.readers()[0]?.card).toBeUndefined();
        expect(Object.keys(card.state.piv.objects)).toEqual(n === 4 && when === 'after' ? ['5fff11'] : []);
      }
    }
    const untouched = await writeMarker((one) => one.script(reader).pullAt(5, 'before'));
    expect(untouched.result).toEqual(ok());
  });
  it('happens once: the card that is put back works', async () => {
    const { driver, card, script, session } = await prepared();
    script.pullAt(1, 'before');
    expect(await session.readPinRetries('pin')).toEqual(fail('card-removed'));
    valueOf(driver.insert(reader, card));
    expect(await session.readPinRetries('pin')).toEqual(fail('card-swapped'));
    const link = valueOf(await driver.connect(reader));
    expect((await piv.open(openPipe(link))).ok).toBe(true);
  });
  it('counts from 1', async () => {
    const { script } = await prepared();
    expect(() => script.pullAt(0, 'before')).toThrow();
  });
});

describe('an answer made up', () => {
  it('is given once, and the card never sees the command', async () => {
    const { card, script, session } = await prepared();
    script.answerOnce((command) => command[1] === 0x20 && command.length > 5, fromHex('63c1'));
    expect(await session.verifyPin('123456')).toEqual(fail('card-pin-wrong', { which: 'pin', triesLeft: 1 }));
    expect(card.state.piv.pin.left).toBe(3);
    expect(await session.verifyPin('123456')).toEqual(ok());
  });
  it('silence ends with the time limit', async () => {
    const { link, script } = await prepared();
    script.answerOnce(() => true, 'silence');
    expect(await link.transmit(fromHex('00200080'), { timeoutMs: 5 })).toEqual(fail('card-timeout'));
    expect(await link.transmit(fromHex('00200080'))).toEqual(ok(fromHex('63c3')));
  });
  it('can be taken back', async () => {
    const { link, script } = await prepared();
    script.answerOnce(() => true, fromHex('6f00'));
    script.pullAt(1, 'before');
    script.clear();
    expect(await link.transmit(fromHex('00200080'))).toEqual(ok(fromHex('63c3')));
  });
});
