import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import {
  globalPlatform,
  keyAttemptsInMemory,
  keySetFromBytes,
  staticKeys,
  type SecuredDomain,
  type SecurityLevel,
} from '../../../native/applications/globalplatform/index.ts';
import { virtualBankCard, type VirtualBankCard } from '../../../native/virtual/index.ts';
import { linkToCard, type CardLinkDouble } from './link-to-card.ts';

/*
 * Every kind of SCP03 card against every level that it offers: S8 and S16, random and computed challenges, keys of
 * each length, and R-MAC sessions on channels that were opened without.
 */

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};

/** The maker's options, and keys of another length where it is asked for. */
const cardWith = (options: number, keyLength: 16 | 24 | 32 = 16): VirtualBankCard => {
  const card = virtualBankCard();
  const { domain } = card.state;
  const recognition = domain.objects['66'] ?? '';
  Object.assign(domain, { options });
  domain.objects['66'] = recognition.slice(0, -2) + options.toString(16).padStart(2, '0');
  const { enc, mac, dek } = keysOf(keyLength);
  domain.keys = { '255': { type: 'aes', enc: toHex(enc), mac: toHex(mac), dek: toHex(dek) } };
  return card;
};

const keysOf = (length: number) => {
  const key = (from: number) => Uint8Array.from({ length }, (_, at) => from + at);
  return { enc: key(0x10), mac: key(0x50), dek: key(0x90) };
};

const open = async (
  link: CardLinkDouble,
  level: SecurityLevel,
  keyLength = 16,
): Promise<Result<SecuredDomain>> =>
  valueOf(await globalPlatform.open(link.pipe)).openChannel({
    keys: staticKeys(keySetFromBytes(0xff, 'aes', keysOf(keyLength))),
    attempts: keyAttemptsInMemory(),
    level,
  });

const command = { cla: 0x80, ins: 0xf2, p1: 0x80, p2: 2, data: fromHex('4f00'), le: 256 };
const entry = /^e3/;

/** Changes one byte of each answer from now on; `length`: of the last answer. */
const flipping = (link: CardLinkDouble, at: number) => {
  const seen = { length: 0 };
  link.tamper((answer) => {
    seen.length = answer.length;
    return answer.map((byte, place) => (place === at ? byte ^ 0x01 : byte));
  });
  return seen;
};

const allOptions = [0x00, 0x10, 0x20, 0x30, 0x60, 0x70].flatMap((i) => [i, i | 0x01]);
const allLevels: readonly SecurityLevel[] = [0x01, 0x03, 0x11, 0x13, 0x33];
const offers = (options: number, level: number): boolean =>
  ((level & 0x10) === 0 || (options & 0x20) !== 0) && ((level & 0x20) === 0 || (options & 0x40) !== 0);
const hex = (value: number) => value.toString(16).padStart(2, '0');

const matrix = allOptions.flatMap((options) =>
  allLevels.map((level) => ({ options, level, i: hex(options), at: hex(level) })),
);

describe.each(matrix)('a card with i = $i at level $at', ({ options, level }) => {
  if (!offers(options, level)) {
    it('is not asked for what it does not offer', async () => {
      const card = cardWith(options);
      expect(await open(linkToCard(card), level)).toMatchObject({
        fault: { code: 'card-unsupported', data: { what: 'security-level' } },
      });
      expect(card.state.domain.failures).toBe(0);
    });
    return;
  }

  it('carries commands and answers', async () => {
    const domain = valueOf(await open(linkToCard(cardWith(options)), level));
    for (let round = 0; round < 3; round++) {
      const answer = valueOf(await domain.channel.send(command));
      expect([answer.sw, toHex(answer.data)]).toEqual([0x9000, expect.stringMatching(entry)]);
    }
    expect(valueOf(await domain.readContent()).packages).toEqual([]);
  });

  // How the challenge came about makes no difference to answers.
  if ((level & 0x10) === 0 || ![0x20, 0x21, 0x70, 0x71].includes(options)) return;
  it('closes for good when any byte of an answer is another', async () => {
    for (let at = 0, length = 1; at < length; at++) {
      const link = linkToCard(cardWith(options));
      const domain = valueOf(await open(link, level));
      const seen = flipping(link, at);
      expect(await domain.channel.send(command), `byte ${at}`).toMatchObject({
        fault: { code: 'card-channel-broken' },
      });
      length = seen.length;
      expect(length).toBeGreaterThan(16);
      link.tamper(undefined);
      expect(await domain.channel.send(command)).toMatchObject({
        fault: { code: 'card-channel-broken', data: { why: 'closed' } },
      });
    }
  });
});

describe.each([24, 32] as const)('keys of %i bytes', (keyLength) => {
  it.each([0x70, 0x71])('with i = %i', async (options) => {
    const domain = valueOf(await open(linkToCard(cardWith(options, keyLength)), 0x33, keyLength));
    expect(valueOf(await domain.channel.send(command)).sw).toBe(0x9000);
  });
});

describe.each([
  { options: 0x70, level: 0x01, how: 'mac' },
  { options: 0x71, level: 0x01, how: 'mac' },
  { options: 0x20, level: 0x03, how: 'mac' },
  { options: 0x70, level: 0x03, how: 'mac-and-encryption' },
  { options: 0x71, level: 0x03, how: 'mac-and-encryption' },
] as const)('an R-MAC session ($how) at level $level with i = $options', ({ options, level, how }) => {
  const begun = async () => {
    const link = linkToCard(cardWith(options));
    const domain = valueOf(await open(link, level));
    const plain = valueOf(await domain.channel.send(command)).data;
    valueOf(await domain.channel.beginResponseSession(how));
    return { link, domain, plain };
  };

  it('protects answers until it ends', async () => {
    const { link, domain, plain } = await begun();
    let onTheWire = new Uint8Array(0);
    link.tamper((answer) => {
      onTheWire = answer.slice(0, -2);
      return answer;
    });
    expect(valueOf(await domain.channel.send(command)).data).toEqual(plain);
    expect(onTheWire.length).toBeGreaterThan(plain.length);
    expect(toHex(onTheWire).startsWith(toHex(plain))).toBe(how === 'mac');
    valueOf(await domain.channel.endResponseSession());
    // The answer to END was the last that carried a MAC.
    expect(onTheWire.length).toBe((options & 0x01) === 0 ? 8 : 16);
    expect(valueOf(await domain.channel.send(command)).data).toEqual(plain);
    expect(toHex(onTheWire)).toBe(toHex(plain));
    // And may begin again.
    valueOf(await domain.channel.beginResponseSession(how));
    expect(valueOf(await domain.channel.send(command)).data).toEqual(plain);
  });

  it('closes when any byte of an answer in it is another, that to END included', async () => {
    for (const last of [false, true])
      for (let at = 0, length = 1; at < length; at++) {
        const { link, domain } = await begun();
        const seen = flipping(link, at);
        const answer = last ? await domain.channel.endResponseSession() : await domain.channel.send(command);
        expect(answer, `byte ${at}`).toMatchObject({ fault: { code: 'card-channel-broken' } });
        length = seen.length;
      }
  });
});

describe('an R-MAC session', () => {
  it('is not begun where answers are protected already, nor encrypts them where commands are not', async () => {
    const strong = valueOf(await open(linkToCard(cardWith(0x70)), 0x13));
    expect(await strong.channel.beginResponseSession('mac')).toMatchObject({
      fault: { code: 'bad-input', data: { field: 'response-session' } },
    });
    const weak = valueOf(await open(linkToCard(cardWith(0x70)), 0x01));
    expect(await weak.channel.beginResponseSession('mac-and-encryption')).toMatchObject({
      fault: { code: 'bad-input', data: { field: 'response-session' } },
    });
  });

  it('is refused by a card that does not offer it, and the channel goes on', async () => {
    const link = linkToCard(cardWith(0x10));
    const domain = valueOf(await open(link, 0x01));
    expect(await domain.channel.beginResponseSession('mac')).toMatchObject({
      fault: { code: 'card-status' },
    });
    expect(valueOf(await domain.channel.send(command)).sw).toBe(0x9000);
  });
});
