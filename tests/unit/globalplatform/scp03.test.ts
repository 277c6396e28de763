import { describe, expect, it } from 'vitest';
import {
  encodeCommand,
  fromHex,
  parseCommand,
  toHex,
  type CommandApdu,
  type ResponseApdu,
} from '../../../electron/shared/codec/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import type { ChannelSession } from '../../../electron/shared/secure-channel/channel-session.ts';
import { cmac } from '../../../electron/shared/secure-channel/cmac.ts';
import {
  initializeUpdate,
  parseInitializeUpdate,
} from '../../../electron/shared/secure-channel/initialize-update.ts';
import { keyCheckValue } from '../../../electron/shared/secure-channel/key-set.ts';
import { aesCipher } from '../../../native/applications/globalplatform/channel/node-ciphers.ts';
import { securedClass } from '../../../electron/shared/secure-channel/secured-header.ts';
import { keySetFromBytes } from '../../../native/applications/globalplatform/channel/static-keys.ts';
import type { SecurityLevel } from '../../../electron/shared/secure-channel/security-level.ts';
import { deriveKey, derivation } from '../../../electron/shared/secure-channel/scp03/derive-key.ts';
import { openScp03 } from '../../../electron/shared/secure-channel/scp03/open-scp03.ts';
import { recordedSessions, type RecordedSession } from './recorded-sessions.ts';
import { firstSessions as published, kdf, randomChallengeSessions, s16Sessions } from './vectors.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};

const command = (hex: string): CommandApdu => valueOf(parseCommand(fromHex(hex)));

const opened = (session: RecordedSession, domainAid = session.domainAid) =>
  openScp03(session.keys, valueOf(parseInitializeUpdate(session.answer)), {
    hostChallenge: session.hostChallenge,
    level: session.level,
    domainAid: fromHex(domainAid),
  });

/** The session with all recorded commands wrapped, so that the recorded answers fit. */
const afterFirstCommand = (session: RecordedSession): ChannelSession => {
  const { session: channel } = valueOf(opened(session));
  valueOf(channel.wrap(command(session.commands[0]!.plain)));
  return channel;
};

const answerOf = (session: RecordedSession): ResponseApdu => ({
  data: fromHex(session.commands[0]!.response!),
  sw: 0x9000,
});

describe('CMAC', () => {
  // RFC 4493, section 4, and SP 800-38B for AES-192 and AES-256.
  const message = fromHex(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  );
  it.each([
    ['2b7e151628aed2a6abf7158809cf4f3c', 0, 'bb1d6929e95937287fa37d129b756746'],
    ['2b7e151628aed2a6abf7158809cf4f3c', 16, '070a16b46b4d4144f79bdd9dd04a287c'],
    ['2b7e151628aed2a6abf7158809cf4f3c', 40, 'dfa66747de9ae63030ca32611497c827'],
    ['2b7e151628aed2a6abf7158809cf4f3c', 64, '51f0bebf7e3b9d92fc49741779363cfe'],
    ['8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b', 40, '8a1de5be2eb31aad089a82e6ee908b0e'],
    [
      '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
      64,
      'e1992190549f6ed5696a2c056c315410',
    ],
  ])('of key %s over %i bytes', (key, length, expected) => {
    expect(toHex(cmac(aesCipher(fromHex(key)), message.subarray(0, length)))).toBe(expected);
  });
});

describe('the derivation of keys', () => {
  it.each(kdf.vectors.map((vector, row) => ({ row, ...vector })))('row $row', (vector) => {
    const out = fromHex(vector.out);
    const key = aesCipher(fromHex(vector.key));
    expect(toHex(deriveKey(key, vector.constant, fromHex(vector.context), out.length))).toBe(vector.out);
    expect(toHex(deriveKey(key, (vector.constant + 1) & 0xff, fromHex(vector.context), out.length))).not.toBe(
      vector.out,
    );
  });
});

describe('key check values', () => {
  it.each(published.kcv)('of $key', ({ key, kcv }) => {
    expect(toHex(keyCheckValue(aesCipher(fromHex(key)))).toUpperCase()).toBe(kcv);
  });
});

describe.each(recordedSessions)('the recorded session $name', (session) => {
  it('begins with the same INITIALIZE UPDATE', () => {
    const sent = encodeCommand(initializeUpdate(session.key_version, session.hostChallenge));
    expect(toHex(sent)).toBe(session.init_update);
  });

  it('derives the same session keys and opens with the same EXTERNAL AUTHENTICATE', () => {
    if (session.computed !== undefined) {
      const answer = valueOf(parseInitializeUpdate(session.answer));
      const context = new Uint8Array([...session.hostChallenge, ...answer.cardChallenge]);
      const { keys } = session;
      const derived = (key: typeof keys.enc, constant: number) =>
        toHex(deriveKey(key, constant, context, keys.keyLength));
      expect({
        s_enc: derived(keys.enc, derivation.sessionEnc),
        s_mac: derived(keys.mac, derivation.sessionMac),
        s_rmac: derived(keys.mac, derivation.sessionResponseMac),
      }).toEqual({
        s_enc: session.computed.s_enc,
        s_mac: session.computed.s_mac,
        s_rmac: session.computed.s_rmac,
      });
    }
    const { externalAuthenticate } = valueOf(opened(session));
    expect(toHex(encodeCommand(externalAuthenticate))).toBe(session.external_authenticate);
  });

  it('wraps every command to the same bytes and unwraps the answer', () => {
    const { session: channel } = valueOf(opened(session));
    for (const recorded of session.commands) {
      expect(toHex(encodeCommand(valueOf(channel.wrap(command(recorded.plain)))))).toBe(recorded.wrapped);
      if (recorded.response === undefined) continue;
      const plain = valueOf(channel.unwrap({ data: fromHex(recorded.response), sw: 0x9000 }));
      expect(toHex(plain.data)).toBe(recorded.response_plain);
    }
  });

  it('wraps a whole batch before the first answer, with the same result', () => {
    const { session: channel } = valueOf(opened(session));
    const wrapped = session.commands.map(({ plain }) =>
      toHex(encodeCommand(valueOf(channel.wrap(command(plain))))),
    );
    expect(wrapped).toEqual(session.commands.map((recorded) => recorded.wrapped));
    expect(toHex(valueOf(channel.unwrap(answerOf(session))).data)).toBe(session.commands[0]!.response_plain);
  });

  it('is refused when any byte of challenge, cryptogram or counter is another', () => {
    for (let at = 13; at < session.answer.length; at++) {
      const flipped = Uint8Array.from(session.answer);
      flipped[at]! ^= 0x01;
      const result = opened({ ...session, answer: flipped });
      expect(result.ok, `byte ${at}`).toBe(false);
    }
  });

  it('is refused when the answer is cut anywhere', () => {
    for (let length = 0; length < session.answer.length; length++)
      expect(parseInitializeUpdate(session.answer.subarray(0, length)).ok, `${length} bytes`).toBe(false);
  });

  it('is refused for a domain whose AID did not make the challenge', () => {
    expect(opened(session, 'a000000151000000')).toMatchObject({
      ok: false,
      fault: { code: 'card-bad-answer', data: { what: 'card-challenge' } },
    });
  });

  if ((session.level & 0x10) !== 0) {
    it('closes for good when any byte of an answer is another', () => {
      const whole = [...answerOf(session).data, 0x90, 0x00];
      for (let at = 0; at < whole.length; at++) {
        for (const mask of [0x01, 0x80, 0xf2]) {
          const channel = afterFirstCommand(session);
          const flipped = Uint8Array.from(whole);
          flipped[at]! ^= mask;
          const sw = (flipped[whole.length - 2]! << 8) | flipped[whole.length - 1]!;
          expect(channel.unwrap({ data: flipped.subarray(0, -2), sw }), `byte ${at} ^ ${mask}`).toMatchObject(
            { ok: false, fault: { code: 'card-channel-broken' } },
          );
          expect(channel.wrap({ cla: 0x80, ins: 0xf2, p1: 0, p2: 0 })).toMatchObject({
            ok: false,
            fault: { code: 'card-channel-broken', data: { why: 'closed' } },
          });
        }
      }
    });

    it('closes when an answer is cut', () => {
      const { data } = answerOf(session);
      for (let length = 0; length < data.length; length++)
        expect(
          afterFirstCommand(session).unwrap({ data: data.subarray(0, length), sw: 0x9000 }).ok,
          `${length} bytes`,
        ).toBe(false);
    });

    it('takes a bare error status, and stays open', () => {
      const channel = afterFirstCommand(session);
      expect(channel.unwrap({ data: new Uint8Array(0), sw: 0x6a88 })).toMatchObject({ ok: true });
      expect(channel.wrap({ cla: 0x80, ins: 0xf2, p1: 0, p2: 0 }).ok).toBe(true);
    });

    it('takes no warning without a MAC', () => {
      expect(afterFirstCommand(session).unwrap({ data: new Uint8Array(0), sw: 0x6310 }).ok).toBe(false);
    });

    it('takes no answer twice', () => {
      const channel = afterFirstCommand(session);
      valueOf(channel.unwrap(answerOf(session)));
      expect(channel.unwrap(answerOf(session))).toMatchObject({
        ok: false,
        fault: { code: 'card-channel-broken', data: { why: 'unasked' } },
      });
    });
  }
});

describe.each([...s16Sessions.sessions, ...randomChallengeSessions.sessions])(
  'the published session $name',
  (session) => {
    const sixteen = session.name.includes('S16');
    const keys = keySetFromBytes(session.key_version, 'aes', {
      enc: fromHex(session.key_enc),
      mac: fromHex(session.key_mac),
      dek: fromHex(session.key_dek),
    });
    const hostChallenge = fromHex(session.init_update).slice(5, -1);
    const level = Number.parseInt(session.security_level, 16) as SecurityLevel;
    const begin = (answer = fromHex(session.init_update_response)) => {
      const parsed = parseInitializeUpdate(answer);
      return parsed.ok ? openScp03(keys, parsed.value, { hostChallenge, level }) : parsed;
    };

    it('has the same bytes in both directions', () => {
      expect(toHex(encodeCommand(initializeUpdate(session.key_version, hostChallenge)))).toBe(
        session.init_update,
      );
      const { externalAuthenticate, session: channel } = valueOf(begin());
      expect(toHex(encodeCommand(externalAuthenticate))).toBe(session.external_authenticate);
      for (const recorded of session.commands_in_order) {
        expect(toHex(encodeCommand(valueOf(channel.wrap(command(recorded.plain)))))).toBe(recorded.wrapped);
        const answer = valueOf(channel.unwrap({ data: fromHex(recorded.response ?? ''), sw: 0x9000 }));
        if (recorded.response_plain !== undefined) expect(toHex(answer.data)).toBe(recorded.response_plain);
        else expect(answer.data.length).toBeGreaterThan(0);
      }
    });

    it('is refused when any byte of challenge or cryptogram is another', () => {
      const answer = fromHex(session.init_update_response);
      for (let at = 13; at < 13 + (sixteen ? 32 : 16); at++) {
        const flipped = Uint8Array.from(answer);
        flipped[at]! ^= 0x04;
        expect(begin(flipped), `byte ${at}`).toMatchObject({
          fault: { code: 'card-management-key-refused' },
        });
      }
    });

    it('closes when any byte of its first answer is another', () => {
      const [recorded] = session.commands_in_order;
      const data = fromHex(recorded!.response!);
      for (let at = 0; at < data.length; at++) {
        const { session: channel } = valueOf(begin());
        valueOf(channel.wrap(command(recorded!.plain)));
        const flipped = Uint8Array.from(data);
        flipped[at]! ^= 0x20;
        expect(channel.unwrap({ data: flipped, sw: 0x9000 }), `byte ${at}`).toMatchObject({
          fault: { code: 'card-channel-broken' },
        });
      }
    });
  },
);

describe('the options of a card', () => {
  const session = recordedSessions[0]!;
  const withOptions = (i: number, counter: boolean) => {
    const answer = Uint8Array.from(session.answer.subarray(0, counter ? 32 : 29));
    answer[12] = i;
    return answer;
  };

  it.each([
    [0x00, [0x00, 0x01, 0x03]],
    [0x10, [0x00, 0x01, 0x03]],
    [0x20, [0x00, 0x01, 0x03, 0x11, 0x13]],
    [0x30, [0x00, 0x01, 0x03, 0x11, 0x13]],
    [0x60, [0x00, 0x01, 0x03, 0x11, 0x13, 0x33]],
    [0x70, [0x00, 0x01, 0x03, 0x11, 0x13, 0x33]],
  ] as const)('i = %i offers exactly its levels', (i, levels) => {
    const answer = valueOf(parseInitializeUpdate(withOptions(i, (i & 0x10) !== 0)));
    const taken = ([0x00, 0x01, 0x03, 0x11, 0x13, 0x33] as const).filter(
      (level) => openScp03(session.keys, answer, { hostChallenge: session.hostChallenge, level }).ok,
    );
    expect(taken).toEqual(levels);
  });

  it.each([0x40, 0x50, 0x02, 0x08, 0x80])('i = %i is refused as unknown', (i) => {
    expect(parseInitializeUpdate(withOptions(i, (i & 0x10) !== 0))).toMatchObject({
      ok: false,
      fault: { code: 'card-unsupported' },
    });
  });

  it('asks for 16 bytes of challenge in S16 mode', () => {
    const answer = new Uint8Array(45);
    answer.set(session.answer.subarray(0, 12));
    answer[12] = 0x61;
    const parsed = valueOf(parseInitializeUpdate(answer));
    expect([parsed.cardChallenge.length, parsed.cardCryptogram.length]).toEqual([16, 16]);
    expect(
      openScp03(session.keys, parsed, { hostChallenge: session.hostChallenge, level: 0x01 }),
    ).toMatchObject({
      fault: { code: 'card-unsupported', data: { what: 'challenge-length' } },
    });
  });

  it('refuses a protocol that is neither SCP02 nor SCP03', () => {
    const answer = Uint8Array.from(session.answer);
    answer[11] = 0x80;
    expect(parseInitializeUpdate(answer)).toMatchObject({ fault: { code: 'card-unsupported' } });
  });
});

describe('how much fits into a command', () => {
  const of = (level: (typeof recordedSessions)[number]['level']) =>
    valueOf(opened({ ...recordedSessions.find((session) => session.level === 0x33)!, level })).session;
  it.each([
    [0x00, 255, 255],
    [0x01, 247, 255],
    [0x03, 239, 248],
    [0x11, 247, 255],
    [0x33, 239, 248],
  ] as const)('level %i: %i bytes become %i', (level, fits, length) => {
    const load = (size: number) => ({ cla: 0x80, ins: 0xe8, p1: 0, p2: 0, data: new Uint8Array(size) });
    expect(of(level).maximumData).toBe(fits);
    expect(valueOf(of(level).wrap(load(fits))).data?.length).toBe(length);
    expect(valueOf(of(level).wrap(load(fits + 1))).data!.length > 255).toBe(true);
    expect(of(level).wrap(load(65_535))).toMatchObject({ fault: { code: 'bad-input' } });
  });
});

describe('the secured class byte', () => {
  it.each([
    [0x80, 0x84],
    [0x00, 0x04],
    [0x82, 0x86],
    [0xc0, 0xe0],
    [0xc5, 0xe5],
  ])('of %i is %i', (cla, secured) => {
    expect(securedClass(cla)).toBe(secured);
  });
});
