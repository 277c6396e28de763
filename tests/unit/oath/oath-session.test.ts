import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeResponse, fromHex, parseCommand, toHex } from '../../../electron/shared/codec/index.ts';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import {
  factoryKeySet,
  keyAttemptsInMemory,
  openSecureChannel,
  staticKeys,
} from '../../../native/applications/globalplatform/index.ts';
import {
  oath,
  oathAccess,
  timeChallenge,
  type OathCredential,
  type OathSession,
} from '../../../native/applications/oath/index.ts';
import { openPipe, type ApduPipe } from '../../../native/pipe/index.ts';
import { foreignCard, virtualBankCard, type VirtualBankCard } from '../../../native/virtual/index.ts';
import { linkToCard } from '../globalplatform/link-to-card.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};

interface Rows {
  readonly hotp: { readonly key: string; readonly rows: readonly { readonly hotp6: string }[] };
  readonly totp: {
    readonly keys: Readonly<Record<'sha1' | 'sha256' | 'sha512', string>>;
    readonly rows: readonly Readonly<Record<'time' | 'sha1' | 'sha256' | 'sha512', string | number>>[];
  };
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/oath/hotp-totp.json', import.meta.url), 'utf8'),
) as Rows;

const open = async (card: VirtualBankCard): Promise<OathSession> =>
  valueOf(await oath.open(linkToCard(card).pipe));
const onDesk = { personalising: true };
const secret = fromHex(vectors.hotp.key);
const bank: OathCredential = { name: 'bank', kind: 'totp', algorithm: 'sha-1', digits: 6, secret };

describe('the OATH application', () => {
  it('computes the HOTP rows, counting for itself', async () => {
    const session = await open(virtualBankCard());
    valueOf(await session.putCredential({ ...bank, kind: 'hotp' }, onDesk));
    for (const { hotp6 } of vectors.hotp.rows)
      expect(valueOf(await session.calculateCode('bank', new Uint8Array(0)))).toBe(hotp6);
  });

  it('begins HOTP where it is told', async () => {
    const session = await open(virtualBankCard());
    valueOf(await session.putCredential({ ...bank, kind: 'hotp', counter: 7 }, onDesk));
    expect(valueOf(await session.calculateCode('bank', new Uint8Array(0)))).toBe(vectors.hotp.rows[7]!.hotp6);
  });

  it('computes the TOTP rows with all three hashes', async () => {
    const session = await open(virtualBankCard());
    for (const hash of ['sha1', 'sha256', 'sha512'] as const)
      valueOf(
        await session.putCredential(
          {
            name: hash,
            kind: 'totp',
            algorithm: hash === 'sha1' ? 'sha-1' : hash === 'sha256' ? 'sha-256' : 'sha-512',
            digits: 8,
            secret: fromHex(vectors.totp.keys[hash]),
          },
          onDesk,
        ),
      );
    for (const row of vectors.totp.rows)
      for (const hash of ['sha1', 'sha256', 'sha512'] as const)
        expect(valueOf(await session.calculateCode(hash, timeChallenge(Number(row.time))))).toBe(row[hash]);
    expect(valueOf(await session.listCredentials())).toEqual([
      { name: 'sha1', kind: 'totp', algorithm: 'sha-1' },
      { name: 'sha256', kind: 'totp', algorithm: 'sha-256' },
      { name: 'sha512', kind: 'totp', algorithm: 'sha-512' },
    ]);
  });

  it('gives the whole HMAC of a challenge', async () => {
    const session = await open(virtualBankCard());
    valueOf(await session.putCredential(bank, onDesk));
    const challenge = Uint8Array.from({ length: 60 }, (_, at) => at);
    expect(toHex(valueOf(await session.calculate('bank', challenge)))).toBe(
      createHmac('sha1', secret).update(challenge).digest('hex'),
    );
  });

  it('replaces a credential of the same name, and removes one', async () => {
    const session = await open(virtualBankCard());
    valueOf(await session.putCredential(bank, onDesk));
    valueOf(await session.putCredential({ ...bank, secret: fromHex('00'.repeat(20)) }, onDesk));
    expect(valueOf(await session.listCredentials())).toHaveLength(1);
    valueOf(await session.deleteCredential('bank'));
    expect(valueOf(await session.listCredentials())).toEqual([]);
    for (const result of [
      await session.deleteCredential('bank'),
      await session.calculateCode('bank', timeChallenge(0)),
    ])
      expect(result).toMatchObject({ fault: { code: 'card-object-missing' } });
  });

  it('says when the card is full', async () => {
    const session = await open(virtualBankCard());
    for (let number = 0; number < 32; number++)
      valueOf(await session.putCredential({ ...bank, name: `bank ${number}` }, onDesk));
    expect(await session.putCredential(bank, onDesk)).toMatchObject({ fault: { code: 'card-full' } });
  });

  it('reads a list that is longer than one answer', async () => {
    const session = await open(virtualBankCard());
    const names = Array.from({ length: 20 }, (_, at) => `${'long-name-'.repeat(4)}${at}`);
    for (const name of names) valueOf(await session.putCredential({ ...bank, name }, onDesk));
    expect(valueOf(await session.listCredentials()).map(({ name }) => name)).toEqual(names);
  });

  it('is not there on somebody else’s card', async () => {
    expect(await oath.open(linkToCard(foreignCard()).pipe)).toMatchObject({
      fault: { code: 'card-unsupported' },
    });
  });
});

describe('a secret', () => {
  it('goes neither in the clear nor without encryption to a card that has a holder', async () => {
    const card = virtualBankCard();
    const link = linkToCard(card);
    const session = valueOf(await oath.open(link.pipe));
    const before = link.sent.length;
    const refused = { fault: { code: 'bad-input', data: { field: 'unprotected-import' } } };
    expect(await session.putCredential(bank)).toMatchObject(refused);
    expect(await session.putCredential(bank, { personalising: false })).toMatchObject(refused);
    expect(await session.setAccessKey(new Uint8Array(16))).toMatchObject(refused);
    const macOnly = valueOf(
      await openSecureChannel(link.pipe, {
        keys: staticKeys(factoryKeySet('aes')),
        attempts: keyAttemptsInMemory(),
        cardId: 'card',
        level: 0x11,
        domainAid: oath.aid,
      }),
    );
    expect(await session.over(macOnly).putCredential(bank)).toMatchObject(refused);
    expect(link.sent.slice(before)).toEqual(['50', '82']);
  });

  it.each(['modern', 'scp-only', 'small-buffer'] as const)(
    'travels encrypted in a channel to the application of the %s card',
    async (model) => {
      const card = virtualBankCard({ model });
      const seen: string[] = [];
      card.powerCycle();
      const pipe = openPipe({
        async transmit(command) {
          seen.push(toHex(command));
          return ok(card.transmit(command));
        },
      });
      const session = valueOf(await oath.open(pipe));
      const channel = valueOf(
        await openSecureChannel(pipe, {
          keys: staticKeys(factoryKeySet(model === 'small-buffer' ? '3des' : 'aes')),
          attempts: keyAttemptsInMemory(),
          cardId: 'card',
          level: model === 'small-buffer' ? 0x03 : 0x33,
          challengeLength: model === 'scp-only' ? 16 : 8,
          domainAid: oath.aid,
        }),
      );
      const secured = session.over(channel);
      valueOf(await secured.putCredential(bank));
      expect(valueOf(await secured.listCredentials())).toHaveLength(1);
      expect(valueOf(await secured.calculateCode('bank', timeChallenge(0)))).toBe('755224');
      expect(seen.join()).not.toContain(toHex(secret));
      expect(card.state.oath.credentials[0]?.key).toBe(toHex(secret));
    },
  );
});

describe('an access key', () => {
  const key = fromHex('000102030405060708090a0b0c0d0e0f');

  it('locks the application, and its holder unlocks it', async () => {
    const card = virtualBankCard();
    valueOf(await (await open(card)).setAccessKey(key, onDesk));
    const session = await open(card);
    expect(session.locked).toBe(true);
    expect(await session.listCredentials()).toMatchObject({ fault: { code: 'card-status' } });
    valueOf(await session.unlock(oathAccess(key)));
    expect(valueOf(await session.listCredentials())).toEqual([]);
    valueOf(await session.setAccessKey(undefined));
    expect((await open(card)).locked).toBe(false);
  });

  it('that is wrong is refused by the card', async () => {
    const card = virtualBankCard();
    valueOf(await (await open(card)).setAccessKey(key, onDesk));
    expect(await (await open(card)).unlock(oathAccess(new Uint8Array(16)))).toMatchObject({
      fault: { code: 'card-management-key-refused', data: { stage: 'oath' } },
    });
  });

  it('that the card does not know is refused by the holder', async () => {
    const card = virtualBankCard();
    valueOf(await (await open(card)).setAccessKey(key, onDesk));
    const link = linkToCard(card);
    const session = valueOf(await oath.open(link.pipe));
    link.tamper((answer, command) => {
      if (command[1] === 0xa3) answer[5]! ^= 1;
      return answer;
    });
    expect(await session.unlock(oathAccess(key))).toMatchObject({
      fault: { code: 'card-management-key-refused', data: { stage: 'oath-card' } },
    });
  });

  it('is gone with everything else after a reset', async () => {
    const card = virtualBankCard();
    const first = await open(card);
    valueOf(await first.putCredential(bank, onDesk));
    valueOf(await first.setAccessKey(key, onDesk));
    const locked = await open(card);
    valueOf(await locked.reset());
    const fresh = await open(card);
    expect(fresh.locked).toBe(false);
    expect(fresh.deviceId).not.toBe(first.deviceId);
    expect(valueOf(await fresh.listCredentials())).toEqual([]);
  });

  it('of another length is refused', async () => {
    const session = await open(virtualBankCard());
    expect(await session.setAccessKey(new Uint8Array(15), onDesk)).toMatchObject({
      fault: { code: 'bad-input' },
    });
  });
});

describe('long answers of tokens that know only SEND REMAINING', () => {
  it('are collected in their own words', async () => {
    const whole = fromHex('72062162616e6b31' + '72062162616e6b32' + '72062162616e6b33');
    let rest = whole;
    const sent: string[] = [];
    const pipe = openPipe({
      async transmit(command) {
        sent.push(toHex(command.subarray(0, 4)));
        const { ins } = valueOf(parseCommand(command));
        if (ins === 0xa4) return ok(fromHex('7903050403' + '71080102030405060708' + '9000'));
        if (ins === 0xc0) return ok(fromHex('6d00'));
        const part = rest.subarray(0, 10);
        rest = rest.subarray(10);
        return ok(encodeResponse({ data: part, sw: rest.length > 0 ? 0x6100 | rest.length : 0x9000 }));
      },
    });
    const session = valueOf(await oath.open(pipe));
    expect(valueOf(await session.listCredentials()).map(({ name }) => name)).toEqual([
      'bank1',
      'bank2',
      'bank3',
    ]);
    expect(sent.filter((header) => header === '00a50000')).toHaveLength(2);
  });
});

describe('answers that make no sense', () => {
  const answering = (...answers: string[]): ApduPipe => {
    let at = 0;
    return openPipe({ transmit: async () => ok(fromHex(answers[at++] ?? '6f00')) });
  };
  const selected = '79030504037108010203040506070890' + '00';

  it.each([
    ['a selection without version', ['71080102030405060708' + '9000']],
    ['a selection cut short', ['790305' + '9000']],
  ])('%s', async (_, answers) => {
    expect(await oath.open(answering(...answers))).toMatchObject({ fault: { code: 'card-bad-answer' } });
  });

  it.each(['720100', '7206ff62616e6b31', '7303216131', '720521ffffffff', '72'])(
    'in a list: %s',
    async (hex) => {
      const session = valueOf(await oath.open(answering(selected, `${hex}9000`)));
      expect(await session.listCredentials()).toMatchObject({ fault: { code: 'card-bad-answer' } });
    },
  );

  it.each(['7600', '760506aabb', '76050baabbccdd', '7505060102030405'])('in a code: %s', async (hex) => {
    const session = valueOf(await oath.open(answering(selected, `${hex}9000`)));
    expect(await session.calculateCode('bank', timeChallenge(0))).toMatchObject({
      fault: { code: 'card-bad-answer' },
    });
  });
});
