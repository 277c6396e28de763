import {
  createHash,
  createPublicKey,
  randomBytes,
  verify,
  generateKeyPairSync,
  diffieHellman,
  publicEncrypt,
  constants,
} from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import {
  chuidObject,
  encodeChuid,
  encodePin,
  factoryManagementKey,
  managementKeyAuthenticator,
  markerObject,
  piv,
  printedInformationObject,
  userInfoObject,
  type PivSession,
} from '../../../native/applications/piv/index.ts';
import { linkPipe, openPipe } from '../../../native/pipe/index.ts';
import {
  fileCardStore,
  foreignCard,
  memoryCardStore,
  virtualPivCard,
  type VirtualCard,
  type VirtualPivCard,
} from '../../../native/virtual/index.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};
const pipeTo = (card: VirtualCard) => openPipe({ transmit: async (command) => ok(card.transmit(command)) });
const open = async (card: VirtualCard): Promise<PivSession> => valueOf(await piv.open(pipeTo(card)));
const factoryHolder = () => managementKeyAuthenticator('3des', factoryManagementKey);
const managed = async (card: VirtualCard): Promise<PivSession> => {
  const session = await open(card);
  valueOf(await session.authenticateManagement(factoryHolder()));
  return session;
};
const spkiKey = (spki: Uint8Array) =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
const send = (card: VirtualCard, hex: string): string => toHex(card.transmit(fromHex(hex)));
const selectPiv = '00a4040005a000000308';
const folder = mkdtempSync(join(tmpdir(), 'virtual-card-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('PIN and PUK', () => {
  it('counts down, blocks, and is opened by the PUK', async () => {
    const session = await open(virtualPivCard());
    expect(valueOf(await session.readPinRetries('pin'))).toEqual({ triesLeft: 3, verified: false });
    expect(await session.verifyPin('000000')).toEqual(fail('card-pin-wrong', { which: 'pin', triesLeft: 2 }));
    expect(await session.verifyPin('000000')).toEqual(fail('card-pin-wrong', { which: 'pin', triesLeft: 1 }));
    expect(await session.verifyPin('123456')).toMatchObject({ fault: { code: 'card-pin-last-try' } });
    expect(await session.verifyPin('000000', { lastTryConfirmedBy: 'li' })).toMatchObject({
      fault: { code: 'card-pin-blocked' },
    });
    expect(await session.verifyPin('123456')).toMatchObject({ fault: { code: 'card-pin-blocked' } });
    expect(await session.unblockPin('12345678', '7654321')).toEqual(ok());
    expect(await session.verifyPin('7654321')).toEqual(ok());
    expect(valueOf(await session.readPinRetries('pin'))).toEqual({ triesLeft: 3, verified: true });
  });
  it('gives all tries back after the right one', async () => {
    const session = await open(virtualPivCard());
    await session.verifyPin('000000');
    await session.verifyPin('123456');
    await session.verifyPin('000000');
    expect(valueOf(await session.readPinRetries('pin'))).toEqual({ triesLeft: 2, verified: false });
  });
  it('changes both', async () => {
    const session = await open(virtualPivCard());
    expect(await session.changePin('111111', '222222')).toMatchObject({ fault: { code: 'card-pin-wrong' } });
    expect(await session.changePin('123456', '222222')).toEqual(ok());
    expect(await session.changePuk('12345678', '33333333')).toEqual(ok());
    expect(valueOf(await session.readMetadata('pin'))).toMatchObject({ isDefault: false });
    expect(await session.unblockPin('12345678', '222222')).toMatchObject({
      fault: { code: 'card-pin-wrong', data: { which: 'puk', triesLeft: 2 } },
    });
    expect(await session.verifyPin('222222')).toEqual(ok());
  });
  it('a PIN of three digits padded with FF costs a try, a shorter field does not', () => {
    const card = virtualPivCard();
    send(card, selectPiv);
    expect(send(card, '0020008008313233ffffffffff')).toBe('63c2');
    expect(send(card, '0020008003313233')).toBe('6a80');
    expect(send(card, '00200080')).toBe('63c2');
    expect(send(card, '0024008010313233343536ffff3132ff3435363738')).toBe('6a80');
    expect(send(card, '00200080')).toBe('63c2');
  });
  it('forgets on request, after another SELECT and without power', async () => {
    const card = virtualPivCard();
    const session = await open(card);
    for (const forget of [
      () => send(card, '0020ff80'),
      () => send(card, selectPiv),
      () => (card.powerCycle(), send(card, selectPiv)),
    ]) {
      valueOf(await session.verifyPin('123456'));
      expect(send(card, '00200080')).toBe('9000');
      forget();
      expect(send(card, '00200080')).toBe('63c3');
    }
  });
});

describe('management key', () => {
  it('mutual', async () => {
    const session = await open(virtualPivCard());
    expect(await session.putObject(markerObject, fromHex('41'))).toMatchObject({
      fault: { code: 'card-status', data: { meaning: 'not-authenticated' } },
    });
    expect(await session.authenticateManagement(factoryHolder())).toEqual(ok());
    expect(await session.putObject(markerObject, fromHex('41'))).toEqual(ok());
  });
  it('a wrong key is refused and costs what was authenticated', async () => {
    const session = await managed(virtualPivCard());
    const wrong = managementKeyAuthenticator('3des', randomBytes(24));
    expect(await session.authenticateManagement(wrong)).toEqual(fail('card-management-key-refused'));
    expect((await session.putObject(markerObject, fromHex('41'))).ok).toBe(false);
  });
  it('single: the answer is the encrypted challenge, and each challenge is used once', () => {
    const card = virtualPivCard();
    send(card, selectPiv);
    const challenge = send(card, '0087039b047c028100').slice(8, -4);
    expect(challenge).toHaveLength(16);
    expect(send(card, `0087039b0c7c0a8208${'00'.repeat(8)}`)).toBe('6982');
    expect(send(card, `0087039b0c7c0a8208${'00'.repeat(8)}`)).toBe('6a80');
  });
  it.each(['aes-128', 'aes-192', 'aes-256'] as const)('can be set to %s', async (algorithm) => {
    const key = randomBytes({ 'aes-128': 16, 'aes-192': 24, 'aes-256': 32 }[algorithm]);
    const code = { 'aes-128': '08', 'aes-192': '0a', 'aes-256': '0c' }[algorithm];
    const body = `${code}9b${toHex(Uint8Array.of(key.length))}${toHex(key)}`;
    const set = `00ffffff${toHex(Uint8Array.of(body.length / 2))}${body}`;
    const card = virtualPivCard();
    const session = await open(card);
    expect(send(card, set)).toBe('6982');
    valueOf(await session.authenticateManagement(factoryHolder()));
    expect(send(card, set.replace(/..$/, ''))).toBe('6700');
    expect(send(card, set)).toBe('9000');
    expect(await session.readManagementAlgorithm()).toEqual(ok(algorithm));
    valueOf(await session.selectPiv());
    expect(await session.authenticateManagement(managementKeyAuthenticator(algorithm, key))).toEqual(ok());
    valueOf(await session.selectPiv());
    expect((await session.authenticateManagement(factoryHolder())).ok).toBe(false);
  });
});

describe('keys', () => {
  const digest = createHash('sha256').update('data').digest();

  it('P-256: generates, signs after the PIN, verifies with node:crypto', async () => {
    const session = await managed(virtualPivCard());
    const spki = valueOf(await session.generateKey('9a', 'p-256'));
    expect(await session.sign('9a', 'p-256', digest)).toMatchObject({
      fault: { code: 'card-status', data: { meaning: 'not-authenticated' } },
    });
    valueOf(await session.verifyPin('123456'));
    for (let round = 0; round < 20; round++) {
      const signature = valueOf(await session.sign('9a', 'p-256', digest));
      expect(verify('sha256', utf8('data'), spkiKey(spki), signature)).toBe(true);
      expect(verify('sha256', utf8('date'), spkiKey(spki), signature)).toBe(false);
    }
    expect(valueOf(await session.readMetadata('9a'))).toMatchObject({ publicKey: spki, origin: 'generated' });
  });
  it('signs and agrees on P-384, for a bank that asks for it', async () => {
    const session = await managed(virtualPivCard());
    valueOf(await session.verifyPin('123456'));
    const publicKey = spkiKey(valueOf(await session.generateKey('82', 'p-384')));
    expect(publicKey.asymmetricKeyDetails?.namedCurve).toBe('secp384r1');
    const message = Buffer.from('third bank');
    const hash = createHash('sha384').update(message).digest();
    const signature = valueOf(await session.sign('82', 'p-384', hash));
    expect(verify('sha384', message, publicKey, signature)).toBe(true);
    expect(verify('sha384', Buffer.from('third bonk'), publicKey, signature)).toBe(false);
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const point = other.publicKey.export({ format: 'der', type: 'spki' }).subarray(-97);
    expect(Buffer.from(valueOf(await session.agreeKey('82', point)))).toEqual(
      diffieHellman({ privateKey: other.privateKey, publicKey }),
    );
  });

  it('RSA-2048: signs and deciphers', async () => {
    const session = await managed(virtualPivCard());
    const spki = valueOf(await session.generateKey('9d', 'rsa-2048'));
    valueOf(await session.verifyPin('123456'));
    const signature = valueOf(await session.sign('9d', 'rsa-2048', digest));
    expect(verify('sha256', utf8('data'), spkiKey(spki), signature)).toBe(true);
    const cipher = publicEncrypt(
      { key: spkiKey(spki), padding: constants.RSA_PKCS1_PADDING },
      utf8('secret'),
    );
    const block = valueOf(await session.decipher('9d', cipher));
    expect(toHex(block).startsWith('0002')).toBe(true);
    expect(toHex(block).endsWith(toHex(utf8('secret')))).toBe(true);
    expect((await session.decipher('9d', new Uint8Array(256).fill(0xff))).ok).toBe(false);
  });
  it('agrees on a key', async () => {
    const session = await managed(virtualPivCard());
    const spki = valueOf(await session.generateKey('9d', 'p-256'));
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = other.publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([
      Buffer.from([4]),
      Buffer.from(jwk.x!, 'base64url'),
      Buffer.from(jwk.y!, 'base64url'),
    ]);
    valueOf(await session.verifyPin('123456'));
    expect(Buffer.from(valueOf(await session.agreeKey('9d', point)))).toEqual(
      diffieHellman({ privateKey: other.privateKey, publicKey: spkiKey(spki) }),
    );
    point[64]! ^= 1;
    expect((await session.agreeKey('9d', point)).ok).toBe(false);
  });
  it('9C wants the PIN for every signature, 9A once, 9E never', async () => {
    const card = virtualPivCard();
    const session = await managed(card);
    for (const slot of ['9a', '9c', '9e'] as const) valueOf(await session.generateKey(slot, 'p-256'));
    const works = async (slot: '9a' | '9c' | '9e') => (await session.sign(slot, 'p-256', digest)).ok;
    expect([await works('9a'), await works('9c'), await works('9e')]).toEqual([false, false, true]);
    valueOf(await session.verifyPin('123456'));
    expect([await works('9c'), await works('9c'), await works('9a'), await works('9a')]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    valueOf(await session.verifyPin('123456'));
    valueOf(await session.getObject(chuidObject));
    expect(await works('9c')).toBe(false);
  });
  it('an empty slot, a wrong algorithm, a retired slot', async () => {
    const session = await managed(virtualPivCard());
    valueOf(await session.verifyPin('123456'));
    expect(await session.sign('9a', 'p-256', digest)).toMatchObject({
      fault: { code: 'card-object-missing' },
    });
    valueOf(await session.generateKey('82', 'p-256'));
    expect((await session.sign('82', 'p-256', digest)).ok).toBe(true);
    expect(await session.sign('82', 'rsa-2048', digest)).toMatchObject({ fault: { code: 'card-status' } });
  });
  it('generates only after management authentication, and only what it has', async () => {
    const card = virtualPivCard();
    send(card, selectPiv);
    expect(send(card, '0047009a05ac0380011100')).toBe('6982');
    await managed(card);
    expect(send(card, '0047009a05ac0380010600')).toBe('6a80');
    expect(send(card, '0047009b05ac0380011100')).toBe('6a86');
  });
});

describe('data objects', () => {
  it('writes long ones in a chain and reads them back in pieces', async () => {
    const session = await managed(virtualPivCard());
    const content = randomBytes(2900);
    valueOf(await session.putObject(userInfoObject, content));
    expect(Buffer.from(valueOf(await session.getObject(userInfoObject))!)).toEqual(content);
    valueOf(await session.putObject(userInfoObject, new Uint8Array(0)));
    expect(await session.getObject(userInfoObject)).toEqual(ok(undefined));
  });
  it('answers extended APDUs in one piece', async () => {
    const card = virtualPivCard();
    valueOf(await (await managed(card)).putObject(userInfoObject, new Uint8Array(1000)));
    const wire = linkPipe({ transmit: async (command) => ok(card.transmit(command)) });
    const answer = valueOf(
      await wire.send({ cla: 0, ins: 0xcb, p1: 0x3f, p2: 0xff, data: fromHex('5c035fff12'), le: 65536 }),
    );
    expect(answer.data.length).toBe(1004);
    expect(answer.sw).toBe(0x9000);
  });
  it('says when it is full, and keeps what it had', async () => {
    const session = await managed(virtualPivCard({ capacity: 600 }));
    valueOf(await session.putObject(markerObject, new Uint8Array(500)));
    expect(await session.putObject(userInfoObject, new Uint8Array(200))).toEqual(
      fail('card-full', { command: 'PUT DATA' }),
    );
    expect(await session.putObject(markerObject, new Uint8Array(600))).toEqual(ok());
    expect(await session.getObject(userInfoObject)).toEqual(ok(undefined));
  });
  it('keeps printed information behind the PIN', async () => {
    const session = await managed(virtualPivCard());
    valueOf(await session.putObject(printedInformationObject, fromHex('0100')));
    expect((await session.getObject(printedInformationObject)).ok).toBe(false);
    valueOf(await session.verifyPin('123456'));
    expect((await session.getObject(printedInformationObject)).ok).toBe(true);
  });
  it('has a discovery object from the factory', async () => {
    const session = await open(virtualPivCard());
    expect(toHex(valueOf(await session.getObject(0x7e))!)).toBe('4f0ba0000003080000100001005f2f024000');
  });
});

describe('transport', () => {
  it('a chain that another command breaks into is forgotten', async () => {
    const card = virtualPivCard();
    await managed(card);
    expect(send(card, '10db3fff045c035fff')).toBe('9000');
    expect(send(card, '00cb3fff055c035fff1100')).toBe('6a82');
    expect(send(card, '00db3fff0411530141')).toBe('6a80');
  });
  it('a chain without end is refused', () => {
    const card = virtualPivCard();
    send(card, selectPiv);
    const piece = `10db3fffff${'00'.repeat(255)}`;
    const words = Array.from({ length: 14 }, () => send(card, piece));
    expect(words.slice(0, 12)).toEqual(Array(12).fill('9000'));
    expect(words[12]).toBe('6700');
  });
  it('nothing answers before SELECT, and unknown things are named', () => {
    const card = virtualPivCard();
    expect(send(card, '00fd000000')).toBe('6d00');
    expect(send(card, '00a4040005a000000151')).toBe('6a82');
    expect(send(card, `${selectPiv}00`).slice(-4)).toBe('9000');
    expect(send(card, '0099000000')).toBe('6d00');
    expect(send(card, '80fd000000')).toBe('6e00');
    expect(send(card, '01fd000000')).toBe('6881');
    expect(send(card, '00c0000000')).toBe('6d00');
    expect(send(card, '00')).toBe('6700');
  });
  it('never throws, whatever comes', () => {
    const card = virtualPivCard();
    send(card, selectPiv);
    let state = 7;
    const next = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
    for (let round = 0; round < 3000; round++) {
      const bytes = Uint8Array.from({ length: next() % 40 }, () => next() & 0xff);
      if (round % 2 === 0)
        bytes.set(
          [0, [0x20, 0x24, 0x2c, 0x47, 0x87, 0xcb, 0xdb, 0xf7, 0xff][round % 9]!].slice(0, bytes.length),
        );
      expect(card.transmit(bytes).length).toBeGreaterThanOrEqual(2);
    }
  });
  it('a foreign card answers and has nothing', async () => {
    expect(await piv.open(pipeTo(foreignCard()))).toMatchObject({ fault: { code: 'card-unsupported' } });
  });
});

describe('reset', () => {
  it('goes back to the factory', async () => {
    const card = virtualPivCard({ serial: 4711 });
    const session = await managed(card);
    valueOf(await session.generateKey('9a', 'p-256'));
    valueOf(
      await session.putObject(chuidObject, encodeChuid({ guid: randomBytes(16), expiration: '2030-01-01' })),
    );
    valueOf(await session.changePin('123456', '999999'));
    expect(send(card, '00fb0000')).toBe('6985');
    expect(await session.reset()).toEqual(ok());
    expect(card.state.piv).toMatchObject({
      keys: {},
      objects: {},
      serial: 4711,
      pin: { left: 3 },
      puk: { left: 3 },
    });
    expect(await session.verifyPin('123456')).toEqual(ok());
    expect(await session.serial()).toEqual(ok(4711));
  });
});

describe('reset, asked for too early', () => {
  it.each([
    ['the PIN is blocked and the PUK is not', { pin: 0, puk: 1 }],
    ['the PUK is blocked and the PIN is not', { pin: 1, puk: 0 }],
  ])('is refused: %s', (_, left) => {
    const card = virtualPivCard();
    card.state.piv.pin.left = left.pin;
    card.state.piv.puk.left = left.puk;
    send(card, selectPiv);
    expect(send(card, '00fb0000')).toBe('6985');
  });
});

describe('memory', () => {
  it('is committed before the answer leaves, and only when something changed', () => {
    const saved: string[] = [];
    const store = { load: () => saved.at(-1), save: (text: string) => void saved.push(text) };
    const card = virtualPivCard({ store });
    expect(saved).toHaveLength(1);
    send(card, selectPiv);
    send(card, '00200080');
    expect(saved).toHaveLength(1);
    send(card, `0020008008${toHex(valueOf(encodePin('000000')))}`);
    expect(saved).toHaveLength(2);
    expect(send(virtualPivCard({ store }), selectPiv).slice(-4)).toBe('9000');
    expect(virtualPivCard({ store }).state.piv.pin.left).toBe(2);
  });
  it('lives in a file that is replaced whole', async () => {
    const file = join(folder, 'card', 'state.json');
    const first = virtualPivCard({ store: fileCardStore(file), form: 'sim' });
    const session = await managed(first);
    const spki = valueOf(await session.generateKey('9a', 'p-256'));
    const again: VirtualPivCard = virtualPivCard({ store: fileCardStore(file) });
    expect(again.form).toBe('sim');
    expect(again.atr).toEqual(first.atr);
    expect(again.serial).toBe(first.serial);
    const reopened = await open(again);
    expect(valueOf(await reopened.readMetadata('9a'))?.publicKey).toEqual(spki);
    expect(readdirSync(join(folder, 'card'))).toEqual(['state.json']);
    expect(readFileSync(file, 'utf8')).toBe(JSON.stringify(again.state));
  });
  it('is not taken from a file that is none', () => {
    const file = join(folder, 'other.json');
    writeFileSync(file, '{"format":"something else"}');
    expect(() => virtualPivCard({ store: fileCardStore(file) })).toThrow(/no virtual card/);
  });
  it('keeps its serial number', () => {
    const store = memoryCardStore();
    expect(virtualPivCard({ store, serial: 12345678 }).serial).toBe(virtualPivCard({ store }).serial);
  });
});
