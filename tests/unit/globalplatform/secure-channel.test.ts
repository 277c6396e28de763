import { describe, expect, it } from 'vitest';
import {
  encodeCommand,
  fromHex,
  parseCommand,
  toHex,
  type CommandApdu,
  type ResponseApdu,
} from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import {
  keyAttemptsInMemory,
  openSecureChannel,
  parseKeyInformation,
  staticKeys,
  type SecureChannelKeys,
  type SecureChannelRequest,
} from '../../../native/applications/globalplatform/channel/index.ts';
import type { ApduPipe } from '../../../native/pipe/index.ts';
import { recordedSessions, type RecordedSession } from './recorded-sessions.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};
const done: ResponseApdu = { data: new Uint8Array(0), sw: 0x9000 };

/** A card that gives exactly these answers and keeps what it was sent. */
const cardThatAnswers = (...answers: readonly (ResponseApdu | 'pulled')[]) => {
  const sent: string[] = [];
  const pipe: ApduPipe = {
    async send(command) {
      sent.push(toHex(encodeCommand(command)));
      const answer = answers[sent.length - 1];
      if (answer === undefined) throw new Error(`Nothing to answer to ${sent.at(-1)}`);
      return answer === 'pulled' ? fail('card-removed') : ok(answer);
    },
  };
  return { pipe, sent };
};

const session = recordedSessions.find(({ name }) => name === 'AES256_level_33')!;
const begun = (recorded: RecordedSession): ResponseApdu => ({ data: recorded.answer, sw: 0x9000 });
const replayed = (recorded: RecordedSession): SecureChannelKeys => ({
  ...staticKeys(recorded.keys),
  hostChallenge: async () => ok(recorded.hostChallenge),
});
const request = (
  recorded: RecordedSession,
  more: Partial<SecureChannelRequest> = {},
): SecureChannelRequest => ({
  keys: replayed(recorded),
  attempts: keyAttemptsInMemory(),
  cardId: 'card',
  level: recorded.level,
  domainAid: fromHex(recorded.domainAid),
  ...more,
});
const plain = (recorded: RecordedSession, at: number): CommandApdu =>
  valueOf(parseCommand(fromHex(recorded.commands[at]!.plain)));
const firstAnswer = (recorded: RecordedSession): ResponseApdu => ({
  data: fromHex(recorded.commands[0]!.response!),
  sw: 0x9000,
});

describe.each(recordedSessions)('a channel over the recorded card: $name', (recorded) => {
  it('sends what the card was sent and reads what it answered', async () => {
    const card = cardThatAnswers(begun(recorded), done, firstAnswer(recorded));
    const channel = valueOf(await openSecureChannel(card.pipe, request(recorded)));
    const answer = valueOf(await channel.send(plain(recorded, 0)));
    expect(toHex(answer.data)).toBe(recorded.commands[0]!.response_plain);
    expect(card.sent).toEqual([
      recorded.init_update,
      recorded.external_authenticate,
      recorded.commands[0]!.wrapped,
    ]);
  });

  it('says whether secrets may travel in it', async () => {
    const card = cardThatAnswers(begun(recorded), done);
    const channel = valueOf(await openSecureChannel(card.pipe, request(recorded)));
    expect(channel.confidential).toBe(recorded.level !== 0x11);
  });
});

describe('one attempt', () => {
  it('is not made when the card proves other keys, and never again', async () => {
    const wrong = Uint8Array.from(session.answer);
    wrong[25]! ^= 1;
    const card = cardThatAnswers({ data: wrong, sw: 0x9000 });
    const attempts = keyAttemptsInMemory();
    expect(await openSecureChannel(card.pipe, request(session, { attempts }))).toMatchObject({
      fault: { code: 'card-management-key-refused', data: { stage: 'card-cryptogram' } },
    });
    // EXTERNAL AUTHENTICATE, which a card counts, was not sent; and the second call sends nothing at all.
    expect(card.sent).toEqual([session.init_update]);
    expect(await openSecureChannel(card.pipe, request(session, { attempts }))).toMatchObject({
      fault: { code: 'card-management-key-refused', data: { stage: 'quarantine' } },
    });
    expect(card.sent).toHaveLength(1);
  });

  it('that the card refuses puts the card into quarantine', async () => {
    const card = cardThatAnswers(begun(session), { data: new Uint8Array(0), sw: 0x6300 });
    const attempts = keyAttemptsInMemory();
    expect(await openSecureChannel(card.pipe, request(session, { attempts }))).toMatchObject({
      fault: { code: 'card-management-key-refused', data: { stage: 'external-authenticate', sw: '6300' } },
    });
    expect(await attempts.begin('card')).toMatchObject({ ok: false });
    expect(await attempts.begin('another card')).toMatchObject({ ok: true });
  });

  it('cut off by a pulled card is not a refusal', async () => {
    const attempts = keyAttemptsInMemory();
    const card = cardThatAnswers(begun(session), 'pulled');
    expect(await openSecureChannel(card.pipe, request(session, { attempts }))).toMatchObject({
      fault: { code: 'card-removed' },
    });
    expect(await attempts.begin('card')).toMatchObject({ ok: true });
  });

  it('is not made when the bank cannot answer', async () => {
    const card = cardThatAnswers(begun(session));
    const keys = { ...replayed(session), open: async () => fail('bank-unreachable') };
    const attempts = keyAttemptsInMemory();
    expect(await openSecureChannel(card.pipe, request(session, { keys, attempts }))).toMatchObject({
      fault: { code: 'bank-unreachable' },
    });
    expect(await attempts.begin('card')).toMatchObject({ ok: true });
  });

  const information = (hex: string) => valueOf(parseKeyInformation(fromHex(hex)));
  it.each([
    ['another version', 'e012c00401308820c00402308820c00403308820', 'key-version'],
    ['another kind of key', 'e012c00401328010c00402328010c00403328010', 'key-type'],
    ['shorter keys', 'e012c00401328810c00402328810c00403328810', 'key-type'],
  ])('is not made for %s in the card’s key list', async (_, hex, what) => {
    const card = cardThatAnswers();
    const result = await openSecureChannel(card.pipe, request(session, { keyInformation: information(hex) }));
    expect(result).toMatchObject({ fault: { code: 'card-unsupported', data: { what } } });
    expect(card.sent).toEqual([]);
  });

  it('is not made when a check value from card or delivery is another', async () => {
    const card = cardThatAnswers();
    const told = information('e009c00701328820aabbcc');
    expect(await openSecureChannel(card.pipe, request(session, { keyInformation: told }))).toMatchObject({
      fault: { code: 'card-management-key-refused', data: { stage: 'check-value', key: 1 } },
    });
    const checks = replayed(session).expected.checkValues!;
    const delivered = [checks[0]!, checks[1]!, fromHex('000000')];
    expect(
      await openSecureChannel(card.pipe, request(session, { deliveredCheckValues: delivered })),
    ).toMatchObject({
      fault: { code: 'card-management-key-refused', data: { stage: 'check-value', key: 3 } },
    });
    expect(card.sent).toEqual([]);
  });

  it('is made when list and delivery say what the bank expects', async () => {
    const card = cardThatAnswers(begun(session), done);
    const keyInformation = information('e012c00401328820c00402328820c00403328820');
    const deliveredCheckValues = replayed(session).expected.checkValues!;
    expect(
      await openSecureChannel(card.pipe, request(session, { keyInformation, deliveredCheckValues })),
    ).toMatchObject({ ok: true });
  });

  it('is not made on a card without such a key', async () => {
    const card = cardThatAnswers({ data: new Uint8Array(0), sw: 0x6a88 });
    expect(await openSecureChannel(card.pipe, request(session))).toMatchObject({
      fault: { code: 'card-unsupported', data: { what: 'key-version' } },
    });
  });
});

describe('an open channel', () => {
  const opened = async (recorded: RecordedSession, ...answers: (ResponseApdu | 'pulled')[]) => {
    const card = cardThatAnswers(begun(recorded), done, ...answers);
    return { card, channel: valueOf(await openSecureChannel(card.pipe, request(recorded))) };
  };

  it('sends a batch after one wrap and checks it with one unwrap', async () => {
    const calls: string[] = [];
    const keys = replayed(session);
    const counted: SecureChannelKeys = {
      ...keys,
      async open(asked) {
        const opening = await keys.open(asked);
        if (!opening.ok) return opening;
        const { endpoint } = opening.value;
        return ok({
          ...opening.value,
          endpoint: {
            ...endpoint,
            wrap: (commands) => (calls.push(`wrap ${commands.length}`), endpoint.wrap(commands)),
            unwrap: (answers) => (calls.push(`unwrap ${answers.length}`), endpoint.unwrap(answers)),
          },
        });
      },
    };
    const error = { data: new Uint8Array(0), sw: 0x6a88 };
    const card = cardThatAnswers(begun(session), done, firstAnswer(session), error);
    const channel = valueOf(await openSecureChannel(card.pipe, request(session, { keys: counted })));
    const progress: string[] = [];
    const answers = valueOf(
      await channel.sendAll([plain(session, 0), plain(session, 1)], {
        onAnswer: (answered, total) => progress.push(`${answered}/${total}`),
      }),
    );
    expect(answers.map(({ sw }) => sw)).toEqual([0x9000, 0x6a88]);
    expect(calls).toEqual(['wrap 2', 'unwrap 2']);
    expect(progress).toEqual(['1/2', '2/2']);
    expect(card.sent.slice(2)).toEqual([session.commands[0]!.wrapped, session.commands[1]!.wrapped]);
  });

  it('ends where a batch stops at an error, because the rest was wrapped already', async () => {
    const { card, channel } = await opened(session, { data: new Uint8Array(0), sw: 0x6985 });
    const answers = valueOf(await channel.sendAll([plain(session, 0), plain(session, 1)]));
    expect(answers.map(({ sw }) => sw)).toEqual([0x6985]);
    expect(await channel.send(plain(session, 1))).toMatchObject({
      fault: { code: 'card-channel-broken', data: { why: 'closed' } },
    });
    expect(card.sent).toHaveLength(3);
  });

  it('stays open after an error to a single command', async () => {
    const { card, channel } = await opened(
      session,
      { data: new Uint8Array(0), sw: 0x6a88 },
      { data: new Uint8Array(0), sw: 0x6985 },
    );
    expect(valueOf(await channel.send(plain(session, 0))).sw).toBe(0x6a88);
    expect(valueOf(await channel.send(plain(session, 1))).sw).toBe(0x6985);
    expect(card.sent.slice(2)).toEqual([session.commands[0]!.wrapped, session.commands[1]!.wrapped]);
  });

  it.each([
    ['a flipped answer', { data: new Uint8Array(8), sw: 0x9000 }, 'card-channel-broken'],
    ['a pulled card', 'pulled', 'card-removed'],
  ] as const)('is closed for good by %s', async (_, answer, code) => {
    const { card, channel } = await opened(session, answer);
    expect(await channel.send(plain(session, 0))).toMatchObject({ fault: { code } });
    expect(await channel.send(plain(session, 0))).toMatchObject({
      fault: { code: 'card-channel-broken', data: { why: 'closed' } },
    });
    expect(card.sent).toHaveLength(3);
  });

  it('refuses a command that is too long before anything is wrapped', async () => {
    const { channel } = await opened(session, firstAnswer(session));
    expect(await channel.send({ ...plain(session, 0), data: new Uint8Array(240) })).toMatchObject({
      fault: { code: 'bad-input' },
    });
    expect(await channel.send(plain(session, 0))).toMatchObject({ ok: true });
  });

  it('can be closed', async () => {
    const { channel } = await opened(session);
    await channel.close();
    await channel.close();
    expect(await channel.send(plain(session, 0))).toMatchObject({ fault: { code: 'card-channel-broken' } });
  });
});
