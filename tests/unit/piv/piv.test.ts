import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  constants,
  diffieHellman,
  verify,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import {
  certificateObject,
  encodePin,
  managementKeyAuthenticator,
  piv,
  retiredSlots,
  singleAuthenticator,
  type KeyAlgorithm,
  type PivSession,
} from '../../../native/applications/piv/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { virtualPivCard } from '../../../native/virtual/index.ts';
import { objects, recorded } from '../../harness/piv-vectors.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

/** A card that expects exactly these commands (hex, Le left out where it is 00) and gives these answers. */
const script = (...exchanges: [command: string, answer: string][]) => {
  const left = [...exchanges];
  const sent: string[] = [];
  const pipe = openPipe({
    async transmit(command) {
      const hex = toHex(command);
      sent.push(hex);
      const next = left.shift();
      if (next === undefined) throw new Error(`Not expected: ${hex}`);
      expect(hex === next[0] || hex === `${next[0]}00` ? next[0] : hex).toBe(next[0]);
      return ok(fromHex(next[1]));
    },
  });
  return { pipe, sent, done: () => expect(left).toEqual([]) };
};

const selectExchange: [string, string] = [
  '00a4040009a00000030800001000',
  '61114f0600001000010079074f05a0000003089000',
];
const opened = async (...exchanges: [string, string][]) => {
  const card = script(selectExchange, ...exchanges);
  return { ...card, session: valueOf(await piv.open(card.pipe)) };
};
const counter = (answer: string): [string, string] => ['00200080', answer];
const traces = recorded.traces;
/** The recordings have no status word in `resp`. */
const exchange = ({ cmd, resp, sw }: { cmd: string; resp: string; sw: string }): [string, string] => [
  cmd,
  resp + sw,
];

describe('SELECT', () => {
  it('as recorded from a YubiKey', async () => {
    const card = script(exchange(traces['auth-sign'][0]!));
    expect(await piv.open(card.pipe)).toMatchObject({ ok: true });
  });
  it('reads the label', async () => {
    const card = script([selectExchange[0], '610b4f0100 5006504956 205631'.replaceAll(' ', '') + '9000']);
    expect(valueOf(await piv.open(card.pipe)).application.label).toBe('PIV V1');
  });
  it.each(['6a82', '6d00', '6e00', '6a81'])('%s: no PIV on this card', async (sw) => {
    const card = script([selectExchange[0], sw]);
    expect(await piv.open(card.pipe)).toMatchObject({ fault: { code: 'card-unsupported' } });
  });
  it('another refusal names the status word', async () => {
    const card = script([selectExchange[0], '6985']);
    expect(await piv.open(card.pipe)).toEqual(
      fail('card-status', { command: 'SELECT', sw: '6985', meaning: 'conditions' }),
    );
  });
});

describe('PIN', () => {
  it.each(['12345', '123456789', '12345a', '', ' 123456'])('%j costs no try', async (pin) => {
    const card = await opened();
    expect(await card.session.verifyPin(pin)).toEqual(fail('card-pin-format', { which: 'pin' }));
    expect(card.sent).toHaveLength(1);
  });
  it('VERIFY as recorded, after the counter was read', async () => {
    const card = await opened(counter('63c3'), exchange(traces.verify[1]!));
    expect(await card.session.verifyPin('123456')).toEqual(ok());
    card.done();
  });
  it.each([
    ['63c2', fail('card-pin-wrong', { which: 'pin', triesLeft: 2 })],
    ['63c0', fail('card-pin-blocked', { which: 'pin' })],
    ['6983', fail('card-pin-blocked', { which: 'pin' })],
    ['6300', fail('card-pin-wrong', { which: 'pin' })],
    ['6700', fail('card-pin-format', { which: 'pin' })],
    ['6a80', fail('card-pin-format', { which: 'pin' })],
    ['6f00', fail('card-status', { command: 'VERIFY', sw: '6f00', meaning: 'failure' })],
  ])('%s', async (sw, expected) => {
    const card = await opened(counter('63c3'), ['0020008008313233343536ffff', sw]);
    expect(await card.session.verifyPin('123456')).toEqual(expected);
  });
  it('the last try is a person’s decision', async () => {
    const card = await opened(counter('63c1'), counter('63c1'), ['0020008008313233343536ffff', '9000']);
    expect(await card.session.verifyPin('123456')).toEqual(
      fail('card-pin-last-try', { which: 'pin', triesLeft: 1, counted: true }),
    );
    expect(await card.session.verifyPin('123456', { lastTryConfirmedBy: 'wang' })).toEqual(ok());
    card.done();
  });
  it.each(['63c0', '6983'])('blocked (%s): nothing is sent', async (sw) => {
    const card = await opened(counter(sw));
    expect(await card.session.verifyPin('123456', { lastTryConfirmedBy: 'wang' })).toEqual(
      fail('card-pin-blocked', { which: 'pin' }),
    );
    card.done();
  });
  it('a card that hides its counter is treated as on its last try', async () => {
    const card = await opened(counter('6700'), ['00f7008000', '6d00']);
    expect(await card.session.verifyPin('123456')).toEqual(
      fail('card-pin-last-try', { which: 'pin', triesLeft: 1, counted: false }),
    );
    card.done();
  });
  it('a verified PIN has all its tries', async () => {
    const card = await opened(
      counter('9000'),
      ['00f7008000', '6d00'],
      ['0020008008313233343536ffff', '9000'],
    );
    expect(await card.session.verifyPin('123456')).toEqual(ok());
    card.done();
  });
  it('CHANGE and RESET RETRY as recorded', async () => {
    const [, pin, , puk] = traces['change-ref'];
    const card = await opened(
      counter('63c3'),
      exchange(pin!),
      ['00f70081', `${traces.metadata[10]!.resp}9000`],
      exchange(puk!),
      ['00f70081', `${traces.metadata[10]!.resp}9000`],
      exchange(traces['reset-retry'][1]!),
    );
    expect(await card.session.changePin('123456', '654321')).toEqual(ok());
    expect(await card.session.changePuk('12345678', '87654321')).toEqual(ok());
    expect(await card.session.unblockPin('12345678', '1234567')).toEqual(ok());
    card.done();
  });
  it('the PUK’s counter stands in its metadata', async () => {
    const card = await opened(['00f70081', '0101ff0501010602030190 00'.replaceAll(' ', '')]);
    expect(await card.session.changePuk('12345678', '87654321')).toEqual(
      fail('card-pin-last-try', { which: 'puk', triesLeft: 1, counted: true }),
    );
    card.done();
  });
  it('is padded with FF and never longer', () => {
    expect(toHex(valueOf(encodePin('12345678')))).toBe('3132333435363738');
    expect(toHex(valueOf(encodePin('123456')))).toBe('313233343536ffff');
  });
});

describe('management authentication', () => {
  const vector = objects.mgmt_auth[0]!;
  const challenge = fromHex(vector.mutual.cmd2_data).subarray(14, 22);
  const holder = () => managementKeyAuthenticator('3des', fromHex(vector.key), () => challenge);
  const second = `0087039b18${vector.mutual.cmd2_data}`;

  it('mutual, as published', async () => {
    const card = await opened(
      [vector.mutual.cmd1, `${vector.mutual.rsp1}9000`],
      [second, `${vector.mutual.rsp2}9000`],
    );
    expect(await card.session.authenticateManagement(holder())).toEqual(ok());
    card.done();
  });
  it('refuses a card that does not know the key', async () => {
    const forged = vector.mutual.rsp2.replace(/..$/, '00');
    const card = await opened([vector.mutual.cmd1, `${vector.mutual.rsp1}9000`], [second, `${forged}9000`]);
    expect(await card.session.authenticateManagement(holder())).toEqual(fail('card-management-key-refused'));
  });
  it.each(['6982', '6300', '6a80', '6985'])('the card refuses with %s', async (sw) => {
    const card = await opened([vector.mutual.cmd1, `${vector.mutual.rsp1}9000`], [second, sw]);
    expect(await card.session.authenticateManagement(holder())).toEqual(fail('card-management-key-refused'));
  });
  it('hands the refusal of the bank on and sends nothing more', async () => {
    const card = await opened([vector.mutual.cmd1, `${vector.mutual.rsp1}9000`]);
    const away = {
      algorithm: '3des',
      begin: async () => fail('bank-unreachable'),
      finish: async () => ok(),
    } as const;
    expect(await card.session.authenticateManagement(away)).toEqual(fail('bank-unreachable'));
    card.done();
  });
  it('takes one answer for one challenge', async () => {
    const authenticator = holder();
    valueOf(await authenticator.begin(fromHex('39a0a8e9f5288775')));
    expect((await authenticator.finish(fromHex('a4c4d92374597f64'))).ok).toBe(true);
    expect((await authenticator.finish(fromHex('a4c4d92374597f64'))).ok).toBe(false);
  });
  it('refuses a witness of the wrong length', async () => {
    expect(await holder().begin(new Uint8Array(16))).toMatchObject({ fault: { code: 'card-bad-answer' } });
  });
  it('knows the algorithm from the metadata', async () => {
    const card = await opened(['00f7009b', `${traces.metadata[6]!.resp}9000`], ['00f7009b', '01010a9000']);
    expect(await card.session.readManagementAlgorithm()).toEqual(ok('3des'));
    expect(await card.session.readManagementAlgorithm()).toEqual(ok('aes-192'));
    card.done();
  });
  it('else asks which algorithm the card begins with, and finds out that it has no such key', async () => {
    const witness = (algorithm: string): string => `0087${algorithm}9b047c028000`;
    const card = await opened(
      ['00f7009b', '6d00'],
      [witness('03'), '6a86'],
      [witness('08'), `7c128010${'11'.repeat(16)}9000`],
      ['00f7009b', '6d00'],
      [witness('03'), '6a88'],
      [witness('08'), '6a86'],
      [witness('0a'), '6a80'],
      [witness('0c'), '6d00'],
    );
    expect(await card.session.readManagementAlgorithm()).toEqual(ok('aes-128'));
    expect(await card.session.readManagementAlgorithm()).toEqual(ok(undefined));
    card.done();
  });
  it('single, as published, and refused', async () => {
    const { single } = vector;
    const key = singleAuthenticator('3des', fromHex(vector.key));
    const answer = `0087039b0c${single.cmd2_data}`;
    const card = await opened(
      [single.cmd1, `${single.rsp1}9000`],
      [answer, '9000'],
      [single.cmd1, `${single.rsp1}9000`],
      [answer, '6982'],
    );
    expect(await card.session.authenticateManagementSingly(key)).toEqual(ok());
    expect(await card.session.authenticateManagementSingly(key)).toEqual(fail('card-management-key-refused'));
    card.done();
  });
  it.each([
    ['3des', 24],
    ['aes-128', 16],
    ['aes-192', 24],
    ['aes-256', 32],
  ] as const)('with a key of %s, both ways, against the virtual card', async (algorithm, length) => {
    const card = virtualPivCard();
    const key = Uint8Array.from({ length }, (_, at) => 0x21 + 2 * at);
    const wrong = Uint8Array.from(key, (byte) => byte ^ 0x80);
    const numbers = { '3des': 3, 'aes-128': 8, 'aes-192': 10, 'aes-256': 12 };
    card.state.piv.management = { algorithm: numbers[algorithm], key: toHex(key) };
    const fresh = async () =>
      valueOf(await piv.open(openPipe({ transmit: async (one) => ok(card.transmit(one)) })));
    expect(await (await fresh()).readManagementAlgorithm()).toEqual(ok(algorithm));
    for (const [given, right] of [
      [key, true],
      [wrong, false],
    ] as const) {
      const mutual = await fresh();
      const refused = fail('card-management-key-refused');
      expect(await mutual.authenticateManagement(managementKeyAuthenticator(algorithm, given))).toEqual(
        right ? ok() : refused,
      );
      expect((await mutual.generateKey('9a', 'p-256')).ok).toBe(right);
      const single = await fresh();
      expect(await single.authenticateManagementSingly(singleAuthenticator(algorithm, given))).toEqual(
        right ? ok() : refused,
      );
      expect((await single.generateKey('9a', 'p-256')).ok).toBe(right);
    }
  });
});

describe('keys', () => {
  it('P-256: the public key as SubjectPublicKeyInfo', async () => {
    const card = await opened(['0047009a05ac03800111', `${objects.genkey[0]!.response}9000`]);
    const spki = valueOf(await card.session.generateKey('9a', 'p-256'));
    expect(
      createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).asymmetricKeyDetails,
    ).toEqual({
      namedCurve: 'prime256v1',
    });
    expect(toHex(spki).slice(-128)).toBe(objects.genkey[0]!.response.slice(-128));
  });
  it('RSA-2048, the answer in two pieces', async () => {
    const { response } = objects.genkey[1]!;
    const card = await opened(
      ['0047009c05ac03800107', `${response.slice(0, 512)}610f`],
      ['00c000000f', `${response.slice(512)}9000`],
    );
    const spki = valueOf(await card.session.generateKey('9c', 'rsa-2048'));
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    expect(key.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65537n });
  });
  it.each([
    ['a point beside the curve', objects.genkey[0]!.response.replace(/..$/, '00')],
    ['a compressed point', `7f492386210 2${'11'.repeat(32)}`.replace(' ', '')],
    ['no template', '864104'],
    ['nothing', ''],
  ])('refuses %s', async (_, response) => {
    const card = await opened(['0047009a05ac03800111', `${response}9000`]);
    expect(await card.session.generateKey('9a', 'p-256')).toMatchObject({
      fault: { code: 'card-bad-answer' },
    });
  });
  it('an even RSA modulus is refused', async () => {
    const { response } = objects.genkey[1]!;
    const even = response.replace(/..8203010001$/, '008203010001');
    const card = await opened(['0047009c05ac03800107', `${even}9000`]);
    expect(await card.session.generateKey('9c', 'rsa-2048')).toMatchObject({
      fault: { code: 'card-bad-answer' },
    });
  });
  it('without authentication, as recorded', async () => {
    const card = await opened(['0047009c05ac03800107', traces['generate-pair'][1]!.sw]);
    expect(await card.session.generateKey('9c', 'rsa-2048')).toEqual(
      fail('card-status', {
        command: 'GENERATE ASYMMETRIC KEY PAIR',
        sw: '6982',
        meaning: 'not-authenticated',
      }),
    );
  });
  it('ECDSA: the hash goes out, the DER signature comes back', async () => {
    const digest = 'ab'.repeat(32);
    const card = await opened([`0087119a267c2482008120${digest}`, '7c0a820830060201010201029000']);
    expect(await card.session.sign('9a', 'p-256', fromHex(digest))).toEqual(ok(fromHex('3006020101020102')));
  });
  it('an answer without a signature is refused', async () => {
    const card = await opened([`0087119a267c2482008120${'00'.repeat(32)}`, '7c0282009000']);
    expect(await card.session.sign('9a', 'p-256', new Uint8Array(32))).toMatchObject({
      fault: { code: 'card-bad-answer' },
    });
  });
  it.each([
    ['p-256', '9a'],
    ['p-384', '82'],
    ['rsa-2048', '9d'],
    ['rsa-3072', '95'],
  ] as const)(
    '%s in slot %s is made, signs and deciphers or agrees',
    async (algorithm: KeyAlgorithm, slot) => {
      const card = virtualPivCard();
      const session = valueOf(await piv.open(openPipe({ transmit: async (one) => ok(card.transmit(one)) })));
      valueOf(
        await session.authenticateManagement(
          managementKeyAuthenticator('3des', fromHex('0102030405060708'.repeat(3))),
        ),
      );
      const spki = Buffer.from(valueOf(await session.generateKey(slot, algorithm)));
      const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
      valueOf(await session.verifyPin('123456'));
      const hash = algorithm === 'p-384' ? 'sha384' : 'sha256';
      const message = Buffer.from('pay 100.00 to Wang');
      const digest = createHash(hash).update(message).digest();
      const signature = valueOf(await session.sign(slot, algorithm, digest));
      expect(verify(hash, message, key, signature)).toBe(true);
      if (algorithm.startsWith('p-')) {
        const other = generateKeyPairSync('ec', { namedCurve: algorithm === 'p-256' ? 'P-256' : 'P-384' });
        const point = other.publicKey.export({ type: 'spki', format: 'der' });
        const shared = await session.agreeKey(slot, point.subarray(algorithm === 'p-256' ? -65 : -97));
        expect(valueOf(shared)).toEqual(
          new Uint8Array(diffieHellman({ privateKey: other.privateKey, publicKey: key })),
        );
        return;
      }
      const sent = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, message);
      const block = Buffer.from(valueOf(await session.decipher(slot, sent)));
      expect(block.subarray(block.indexOf(0, 2) + 1)).toEqual(message);
    },
  );
  it('RSA: the padded block goes out in two pieces', async () => {
    const digest = fromHex('ab'.repeat(32));
    const block = `0001${'ff'.repeat(202)}003031300d060960864801650304020105000420${'ab'.repeat(32)}`;
    const template = `7c82010682008182 0100${block}`.replace(' ', '');
    const signature = '5a'.repeat(256);
    const card = await opened(
      [`1087079cff${template.slice(0, 510)}`, '9000'],
      [`0087079c0b${template.slice(510)}`, `7c82010482820100${signature.slice(0, 496)}6108`],
      ['00c0000008', `${signature.slice(496)}9000`],
    );
    expect(toHex(valueOf(await card.session.sign('9c', 'rsa-2048', digest)))).toBe(signature);
    card.done();
  });
  it('decrypts and agrees as recorded', async () => {
    const agreement = traces['auth-key-agree'][2]!;
    const spare = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    const own = fromHex(
      `04${Buffer.from(spare.x!, 'base64url').toString('hex')}${Buffer.from(spare.y!, 'base64url').toString('hex')}`,
    );
    const card = await opened([`0087119d477c4582008541${toHex(own)}`, `${agreement.resp}9000`]);
    expect(toHex(valueOf(await card.session.agreeKey('9d', own)))).toBe(agreement.resp.slice(8));
    const plain = '00'.repeat(256);
    const cipher = await opened(
      [`1087079dff${`7c820106820081820100${plain}`.slice(0, 510)}`, '9000'],
      [`0087079d0b${'00'.repeat(11)}`, '7c03820141' + '9000'],
    );
    expect(valueOf(await cipher.session.decipher('9d', fromHex(plain)))).toEqual(fromHex('41'));
  });
  it.each([
    ['6982', 'card-status'],
    ['6985', 'card-status'],
    ['6a88', 'card-object-missing'],
    ['6d00', 'card-unsupported'],
  ])('sign: %s', async (sw, code) => {
    const card = await opened([`0087119a267c2482008120${'00'.repeat(32)}`, sw]);
    expect(await card.session.sign('9a', 'p-256', new Uint8Array(32))).toMatchObject({ fault: { code } });
  });
});

describe('data objects', () => {
  it('reads as recorded', async () => {
    const card = await opened(exchange(traces['get-data'][1]!));
    const chuid = valueOf(await card.session.getObject(0x5fc102));
    expect(toHex(chuid!)).toBe(traces['get-data'][1]!.resp.slice(4));
  });
  it.each(['6a82', '6a88', '53009000', '9000'])('%s: there is none', async (answer) => {
    const card = await opened(['00cb3fff055c035fc102', answer]);
    expect(await card.session.getObject(0x5fc102)).toEqual(ok(undefined));
  });
  it('refuses an object in a wrapping it does not know', async () => {
    const card = await opened(['00cb3fff055c035fc102', '7e01419000']);
    expect(await card.session.getObject(0x5fc102)).toMatchObject({ fault: { code: 'card-bad-answer' } });
  });
  it('the discovery object has its own wrapping', async () => {
    const card = await opened(
      ['00cb3fff035c017e', '7e054f0300000 19000'.replace(' ', '')],
      ['00db3fff037e0141', '9000'],
    );
    expect(toHex(valueOf(await card.session.getObject(0x7e))!)).toBe('4f03000001');
    expect(await card.session.putObject(0x7e, fromHex('41'))).toEqual(ok());
  });
  it('writes and removes', async () => {
    const card = await opened(
      ['00db3fff085c035fff11530141', '9000'],
      ['00db3fff075c035fff115300', '9000'],
      ['00db3fff075c035fff115300', '6a84'],
    );
    expect(await card.session.putObject(0x5fff11, fromHex('41'))).toEqual(ok());
    expect(await card.session.putObject(0x5fff11, new Uint8Array(0))).toEqual(ok());
    expect(await card.session.putObject(0x5fff11, new Uint8Array(0))).toEqual(
      fail('card-full', { command: 'PUT DATA' }),
    );
  });
  it('certificates lie where the standard says', async () => {
    expect(
      ['9a', '9c', '9d', '9e', ...retiredSlots].map((slot) => certificateObject(slot as '9a').toString(16)),
    ).toEqual([
      '5fc105',
      '5fc10a',
      '5fc10b',
      '5fc101',
      ...Array.from({ length: 20 }, (_, at) => (0x5fc10d + at).toString(16)),
    ]);
    const card = await opened(
      ['00db3fff125c035fc105530b7004deadbeef710100fe00', '9000'],
      ['00cb3fff055c035fc105', '530b7004deadbeef710100fe009000'],
    );
    expect(await card.session.writeCertificate('9a', fromHex('deadbeef'))).toEqual(ok());
    expect(await card.session.readCertificate('9a')).toEqual(ok(fromHex('deadbeef')));
  });
});

describe('extensions', () => {
  it('version and serial', async () => {
    const card = await opened(
      ['00fd0000', '0504039000'],
      ['00f80000', '00bc614e9000'],
      ['00fd0000', '6d00'],
      ['00f80000', '6d00'],
    );
    expect(await card.session.version()).toEqual(ok('5.4.3'));
    expect(await card.session.serial()).toEqual(ok(12345678));
    expect(await card.session.version()).toEqual(ok(undefined));
    expect(await card.session.serial()).toEqual(ok(undefined));
  });
  it('metadata as recorded', async () => {
    const [, auth, , sign, signRest] = traces.metadata;
    const card = await opened(
      ['00f7009a', `${auth!.resp}9000`],
      ['00f7009c', `${sign!.resp}6117`],
      ['00c0000017', `${signRest!.resp}9000`],
      ['00f70080', `${traces.metadata[8]!.resp}9000`],
    );
    expect(valueOf(await card.session.readMetadata('9a'))).toMatchObject({
      keyAlgorithm: 'p-256',
      origin: 'generated',
    });
    const rsa = valueOf(await card.session.readMetadata('9c'));
    expect(rsa?.keyAlgorithm).toBe('rsa-2048');
    expect(rsa?.publicKey?.length).toBe(294);
    expect(valueOf(await card.session.readMetadata('pin'))).toEqual({
      isDefault: true,
      tries: { total: 5, left: 5 },
    });
  });
  it('a card that cannot reset is left untouched', async () => {
    const card = await opened(['00fd0000', '6d00']);
    expect(await card.session.reset()).toMatchObject({ fault: { code: 'card-unsupported' } });
    card.done();
  });
});

describe('a card that goes away', () => {
  const calls: [string, (session: PivSession) => Promise<Result<unknown>>][] = [
    ['verifyPin', (session) => session.verifyPin('123456')],
    ['changePuk', (session) => session.changePuk('12345678', '12345679')],
    ['generateKey', (session) => session.generateKey('9a', 'p-256')],
    ['sign', (session) => session.sign('9a', 'p-256', new Uint8Array(32))],
    ['readCertificate', (session) => session.readCertificate('9a')],
    ['reset', (session) => session.reset()],
    ['version', (session) => session.version()],
  ];
  it.each(calls)('%s says so', async (_, call) => {
    let first = true;
    const pipe = openPipe({
      async transmit() {
        if (!first) return ok(new Uint8Array(0));
        first = false;
        return ok(fromHex('9000'));
      },
    });
    expect(await call(valueOf(await piv.open(pipe)))).toEqual(fail('card-removed'));
  });
});
