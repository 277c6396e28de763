import { describe, expect, it } from 'vitest';
import { encodeCommand, fromHex, parseCommand, toHex } from '../../../electron/shared/codec/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import {
  initializeUpdate,
  parseInitializeUpdate,
} from '../../../electron/shared/secure-channel/initialize-update.ts';
import { keyCheckValue } from '../../../electron/shared/secure-channel/key-set.ts';
import {
  aesCipher,
  tripleDesCipher,
} from '../../../native/applications/globalplatform/channel/node-ciphers.ts';
import { putKey } from '../../../electron/shared/secure-channel/put-key.ts';
import { keySetFromBytes } from '../../../native/applications/globalplatform/channel/static-keys.ts';
import { openScp02 } from '../../../electron/shared/secure-channel/scp02/open-scp02.ts';
import { retailMac } from '../../../electron/shared/secure-channel/scp02/retail-mac.ts';
import type { SecurityLevel } from '../../../electron/shared/secure-channel/security-level.ts';
import { scp02, type Scp02Session } from './vectors.ts';

const { session } = scp02;

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};

const keys = keySetFromBytes(session.key_version, '3des', {
  enc: fromHex(session.key_enc),
  mac: fromHex(session.key_mac),
  dek: fromHex(session.key_dek),
});
const hostChallenge = fromHex(session.init_update).slice(5, -1);
const answer = fromHex(session.init_update_response);
const opened = (bytes = answer, level: 0x00 | 0x01 | 0x03 | 0x11 = 0x01) =>
  openScp02(keys, valueOf(parseInitializeUpdate(bytes)), { hostChallenge, level });

describe('the recorded SCP02 session', () => {
  it('begins and opens with the same bytes', () => {
    expect(toHex(encodeCommand(initializeUpdate(session.key_version, hostChallenge)))).toBe(
      session.init_update,
    );
    expect(toHex(encodeCommand(valueOf(opened()).externalAuthenticate))).toBe(session.external_authenticate);
  });

  it('wraps every command to the same bytes', () => {
    const { session: channel } = valueOf(opened());
    const wrapped = session.commands_in_order.map(({ plain }) =>
      toHex(encodeCommand(valueOf(channel.wrap(valueOf(parseCommand(fromHex(plain))))))),
    );
    expect(wrapped).toEqual(session.commands_in_order.map((command) => command.wrapped));
  });

  it('puts keys under the same bytes', () => {
    const { dataEncryption } = valueOf(opened()).session;
    for (const { plain, encrypted } of session.data_encryption) {
      expect(toHex(dataEncryption.encrypt(fromHex(plain)))).toBe(encrypted);
      expect(toHex(dataEncryption.decrypt(fromHex(encrypted)))).toBe(plain);
    }
  });

  it('is refused when any byte of counter, challenge or cryptogram is another', () => {
    for (let at = 12; at < answer.length; at++) {
      const flipped = Uint8Array.from(answer);
      flipped[at]! ^= 0x40;
      expect(opened(flipped), `byte ${at}`).toMatchObject({ fault: { code: 'card-management-key-refused' } });
    }
  });

  it('is refused when the answer is cut or longer', () => {
    for (let length = 0; length < answer.length; length++)
      expect(parseInitializeUpdate(answer.subarray(0, length)).ok, `${length} bytes`).toBe(false);
    expect(parseInitializeUpdate(new Uint8Array([...answer, 0])).ok).toBe(false);
  });

  it('checks a card challenge that shall be computed from the AID', () => {
    const request = { hostChallenge, level: 0x01, domainAid: fromHex('a000000151000000') } as const;
    const parsed = valueOf(parseInitializeUpdate(answer));
    expect(openScp02(keys, parsed, { ...request, announcedOptions: 0x55 })).toMatchObject({
      fault: { code: 'card-bad-answer', data: { what: 'card-challenge' } },
    });
    expect(openScp02(keys, parsed, { ...request, announcedOptions: 0x15 }).ok).toBe(true);
  });

  it('protects no answers, so a level that wants it is refused', () => {
    expect(opened(answer, 0x11)).toMatchObject({ fault: { code: 'card-unsupported' } });
  });

  it('leaves room for MAC and padding', () => {
    const load = (size: number) => ({ cla: 0x80, ins: 0xe8, p1: 0, p2: 0, data: new Uint8Array(size) });
    const macOnly = valueOf(opened(answer, 0x01)).session;
    const encrypted = valueOf(opened(answer, 0x03)).session;
    expect(valueOf(macOnly.wrap(load(247))).data?.length).toBe(255);
    expect(valueOf(macOnly.wrap(load(248))).data?.length).toBe(256);
    expect(valueOf(encrypted.wrap(load(239))).data?.length).toBe(248);
    expect(valueOf(encrypted.wrap(load(240))).data?.length).toBe(256);
    expect(encrypted.wrap(load(65_535)).ok).toBe(false);
  });
});

describe.each(['level_03', 'card_i55'] as const)('the published SCP02 session %s', (name) => {
  const published: Scp02Session & { domain_aid?: string } = scp02[name];
  const ownKeys = keySetFromBytes(0, '3des', {
    enc: fromHex(published.key_enc),
    mac: fromHex(published.key_mac),
    dek: fromHex(published.key_dek),
  });
  const begin = (domainAid?: Uint8Array) =>
    openScp02(ownKeys, valueOf(parseInitializeUpdate(fromHex(published.init_update_response))), {
      hostChallenge: fromHex(published.init_update).slice(5, -1),
      level: Number.parseInt(published.security_level, 16) as SecurityLevel,
      ...(domainAid === undefined ? {} : { domainAid, announcedOptions: 0x55 }),
    });

  it('has the same bytes', () => {
    const { externalAuthenticate, session: channel } = valueOf(begin());
    expect(toHex(encodeCommand(externalAuthenticate))).toBe(published.external_authenticate);
    for (const { plain, wrapped } of published.commands_in_order)
      expect(toHex(encodeCommand(valueOf(channel.wrap(valueOf(parseCommand(fromHex(plain)))))))).toBe(
        wrapped,
      );
    for (const { plain, encrypted } of published.data_encryption)
      expect(toHex(channel.dataEncryption.encrypt(fromHex(plain)))).toBe(encrypted);
  });

  if (published.domain_aid !== undefined)
    it('has the challenge of its domain’s AID and of no other', () => {
      expect(begin(fromHex(published.domain_aid ?? '')).ok).toBe(true);
      expect(begin(fromHex('a000000003000000'))).toMatchObject({ fault: { code: 'card-bad-answer' } });
    });
});

describe('the retail MAC', () => {
  it('is ISO/IEC 9797-1 algorithm 3 with padding 2', () => {
    // ISO/IEC 9797-1, annex B: MAC algorithm 3, key 0123…3210, "Now is the time for all " and padding 2.
    const mac = retailMac(fromHex('0123456789abcdeffedcba9876543210'), tripleDesCipher);
    const message = new TextEncoder().encode('Now is the time for all ');
    expect(toHex(mac.compute(message, new Uint8Array(8)))).toBe('e9086230ca3be796');
  });
});

describe('PUT KEY', () => {
  const key = (first: number, length: number) => Uint8Array.from({ length }, (_, at) => first + at);
  const next = (length: number) => ({
    enc: key(0x10, length),
    mac: key(0x40, length),
    dek: key(0x70, length),
  });
  const dek = aesCipher(key(0x00, 16));

  it.each([16, 24, 32])('carries AES keys of %i bytes with length and check value', (length) => {
    const { command, expectedAnswer } = putKey(
      { replacedVersion: 0x30, newVersion: 0x31 },
      'aes',
      next(length),
      aesCipher,
      dek,
    );
    const data = command.data!;
    expect([command.cla, command.ins, command.p1, command.p2, data[0]]).toEqual([
      0x80, 0xd8, 0x30, 0x81, 0x31,
    ]);
    const blocks = length === 16 ? 16 : 32;
    const component = 3 + blocks + 4;
    expect(data.length).toBe(1 + 3 * component);
    for (const [at, plain] of [next(length).enc, next(length).mac, next(length).dek].entries()) {
      const part = data.subarray(1 + at * component, 1 + (at + 1) * component);
      expect([...part.subarray(0, 3)]).toEqual([0x88, blocks + 1, length]);
      expect(toHex(dek.decrypt(part.subarray(3, 3 + blocks)).subarray(0, length))).toBe(toHex(plain));
      const check = toHex(keyCheckValue(aesCipher(plain)));
      expect(toHex(part.subarray(3 + blocks))).toBe(`03${check}`);
      expect(toHex(expectedAnswer.subarray(1 + 3 * at, 4 + 3 * at))).toBe(check);
    }
    expect(expectedAnswer[0]).toBe(0x31);
  });

  it('carries 3DES keys under the session key', () => {
    const { command, expectedAnswer } = putKey(
      { replacedVersion: 0, newVersion: 1 },
      '3des',
      { enc: fromHex('404142434445464748494a4b4c4d4e4f'), mac: key(1, 16), dek: key(2, 16) },
      tripleDesCipher,
      valueOf(opened()).session.dataEncryption,
    );
    expect(toHex(command.data!.subarray(0, 3))).toBe('018010');
    expect(command.data!.length).toBe(1 + 3 * 22);
    // The check value of 40..4F, as every card with factory keys tells it.
    expect(toHex(expectedAnswer.subarray(0, 4))).toBe('018baf47');
  });
});
