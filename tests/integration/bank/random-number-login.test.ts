import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { wordsIn, type Refusal } from '../../../electron/bank-server/portal/words.ts';
import {
  answerPath,
  arrivalField,
  arrivePath,
  askPath,
  askReply,
  problem,
  randomReply,
  signOnPath,
  signOnReply,
  type RandomReply,
  type SignOnReply,
} from '../../../electron/shared/bank-api/index.ts';
import { loginMessage } from '../../../electron/shared/domain/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { issueCard, type IssuedCard } from '../../harness/issue-card.ts';
import {
  portalClient,
  signAssertion,
  type AssertionChanges,
  type PortalAnswer,
  type PortalClient,
} from '../../harness/portal-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

/*
 * S4 at a bank that signs its phones in with name, password and a random number, and what whoever attacks it is
 * answered. The bank is the whole server over TLS; what the phone says is what the client's program says.
 */
let bank: TestBank;
let station: BankClient;
let card: IssuedCard;
let phone: PortalClient;
const opened: PortalClient[] = [];
const customerId = 'C-100001';
const loginName = 'lina.dew';

beforeAll(async () => {
  bank = await startBank({ phoneLogin: 'random-number' });
  station = bank.client();
  card = await issueCard(bank, station, customerId, { chained: true });
});
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});
afterAll(() => bank.stop());

const fresh = (): PortalClient => {
  phone = portalClient(bank);
  opened.push(phone);
  return phone;
};
const password = (): string => bank.trainingSecrets[customerId]?.suggestedLoginPassword ?? '';
const refusedAs = (refusal: Refusal): string => wordsIn.en.refusals[refusal].happened;

interface Refused {
  readonly code: string;
  readonly triesLeft?: unknown;
  readonly seconds?: unknown;
}
const refusalIn = ({ text }: PortalAnswer): Refused => {
  const { code, data } = problem.parse(JSON.parse(text)).fault;
  return { code, ...data };
};
const say = async <T>(
  path: string,
  message: object | string,
  read: (value: unknown) => T,
): Promise<T | Refused> => {
  const answer = await phone.raw(path, typeof message === 'string' ? message : JSON.stringify(message));
  return answer.status === 200 ? read(JSON.parse(answer.text)) : refusalIn(answer);
};

const askMessage = (changes: AssertionChanges = {}): string =>
  JSON.stringify(signAssertion(bank, card, { payload: { type: 'cardwright-ask' }, ...changes }));
const ask = (message = askMessage()) => say(askPath, message, (value) => askReply.parse(value));
const invited = async (): Promise<string> => {
  const asked = await ask();
  if (!('signOn' in asked) || asked.signOn === undefined) throw new Error(JSON.stringify(asked));
  return asked.signOn.loginId;
};
const signOn = (loginId: string, typed = password(), name = loginName) =>
  say(signOnPath, { loginId, loginName: name, password: typed }, (value) => randomReply.parse(value));
const random = async (): Promise<RandomReply> => {
  const given = await signOn(await invited());
  if ('code' in given) throw new Error(given.code);
  return given;
};
const signatureOver = ({ random: number }: RandomReply, key: KeyObject = card.privateKey): string =>
  sign('sha256', Buffer.from(loginMessage(bank.server.bankId, card.cardId, number)), {
    key,
    dsaEncoding: 'ieee-p1363',
  }).toString('base64url');
const answer = (given: RandomReply, signature = signatureOver(given)): Promise<SignOnReply | Refused> =>
  say(answerPath, { loginId: given.loginId, answer: signature }, (value) => signOnReply.parse(value));
const arrivalOf = async (): Promise<string> => {
  const end = await answer(await random());
  if (!('outcome' in end) || end.outcome !== 'signed-in') throw new Error(JSON.stringify(end));
  return end.arrival;
};
const arrive = (arrival: string): Promise<PortalAnswer> =>
  phone.post(arrivePath, { [arrivalField]: arrival }, { Origin: 'null' });
const enter = async (): Promise<PortalAnswer> => {
  const page = await phone.get('/login/welcome');
  const csrf = /name="csrf"\s+value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  return phone.post('/login/enter', { csrf }, { Origin: bank.server.portalOrigin });
};
const logIn = async (): Promise<void> => {
  await arrive(await arrivalOf());
  expect((await enter()).headers.location).toBe('/menu');
  expect((await phone.get('/menu')).status).toBe(200);
};
const again = { outcome: 'again', triesLeft: expect.any(Number) as number };

describe('a login with a random number on the phone', () => {
  it('goes from the certificate over name, password and answer to the bank’s page with the login name', async () => {
    fresh();
    expect(card.seed).toBeUndefined();
    const asked = await ask();
    expect(asked).toMatchObject({ signOn: { previousLoginAt: null } });
    expect(asked).not.toHaveProperty('challenge');
    const moved = await arrive(await arrivalOf());
    expect([moved.status, moved.headers.location]).toEqual([303, '/login/welcome']);
    expect((await phone.get('/login/welcome')).text).toContain(loginName);
    expect((await enter()).headers.location).toBe('/menu');
    expect((await phone.get('/menu')).text).toContain(card.cardId);
    expect(await ask()).toMatchObject({
      signOn: { previousLoginAt: expect.stringMatching(/^20/) as string },
    });
  });

  it('has no other way in: a signed login without name and password is not taken', async () => {
    fresh();
    const page = await phone.login(signAssertion(bank, card));
    expect(page.text).toContain(refusedAs('challenge-unknown'));
  });

  it('does not say whether name or password was wrong, and waits longer with each', async () => {
    fresh();
    bank.freeze();
    const loginId = await invited();
    expect(await signOn(loginId, password(), 'somebody.else')).toEqual({
      code: 'login-refused',
      triesLeft: 9,
    });
    expect(await signOn(loginId, 'wrong')).toEqual({ code: 'login-refused', triesLeft: 8 });
    expect(await signOn(loginId, 'wrong')).toEqual({ code: 'login-refused', triesLeft: 7 });
    const waits: unknown[] = [];
    for (const triesLeft of [6, 5]) {
      const early = await signOn(loginId);
      expect(early).toMatchObject({ code: 'login-delayed' });
      waits.push((early as Refused).seconds);
      bank.advance(Number((early as Refused).seconds));
      expect(await signOn(loginId, 'wrong')).toEqual({ code: 'login-refused', triesLeft });
    }
    expect(waits).toEqual([1, 2]);
    bank.advance(5);
    await logIn();
    const next = await invited();
    expect(await signOn(next, 'wrong')).toMatchObject({ triesLeft: 9 });
    await logIn();
  });
});

describe('an attack on the random number', () => {
  it('by replay: of what the card signed, of a password, of an answer, of an arrival', async () => {
    fresh();
    const message = askMessage();
    expect(await ask(message)).toHaveProperty('signOn');
    expect(await ask(message)).toMatchObject({ code: 'assertion-replayed' });
    const loginId = await invited();
    const given = (await signOn(loginId)) as RandomReply;
    expect(await signOn(loginId)).toMatchObject({ code: 'challenge-unknown' });
    const end = (await answer(given)) as Extract<SignOnReply, { outcome: 'signed-in' }>;
    expect(await answer(given)).toMatchObject({ code: 'challenge-unknown' });
    expect((await arrive(end.arrival)).status).toBe(303);
    expect((await arrive(end.arrival)).text).toContain(refusedAs('session-expired'));
    expect((await enter()).headers.location).toBe('/menu');
    expect((await enter()).text).toContain(refusedAs('session-expired'));
  });

  it('with the password only: nobody is asked for it, and the card loses no try', async () => {
    fresh();
    for (const loginId of ['x'.repeat(32), (await random()).loginId])
      expect(await signOn(loginId)).toMatchObject({ code: 'challenge-unknown' });
    expect(await say(signOnPath, '{}', String)).toMatchObject({ code: 'request-malformed' });
    expect(await signOn(await invited(), 'wrong')).toMatchObject({ triesLeft: 9 });
    await logIn();
  });

  it('with the card and its PIN only: stops at the password, which is counted', async () => {
    fresh();
    const loginId = await invited();
    expect(await signOn(loginId, 'guess')).toMatchObject({ code: 'login-refused', triesLeft: 9 });
    // The invitation answers no random number, and no page opens.
    expect(await say(answerPath, { loginId, answer: 'AAAA' }, String)).toMatchObject({
      code: 'challenge-unknown',
    });
    for (const path of ['/menu', '/login/welcome', '/transfer'])
      expect((await phone.get(path)).text).toContain(refusedAs('session-expired'));
    await logIn();
  });

  it('with a copy of card, PIN and password: one session at a time, and the next login tells of the other', async () => {
    fresh();
    await logIn();
    const rightful = phone;
    bank.advance(60);
    fresh();
    await logIn();
    expect((await rightful.get('/menu')).text).toContain(refusedAs('session-expired'));
    phone = rightful;
    const asked = await ask();
    const told = 'signOn' in asked ? asked.signOn?.previousLoginAt : undefined;
    expect(bank.now().getTime() - Date.parse(told ?? '')).toBeLessThan(30_000);
  });

  it('with a certificate or a key of one’s own', async () => {
    fresh();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await ask(askMessage({ key: privateKey }))).toMatchObject({ code: 'assertion-foreign-key' });
    const other = await issueCard(bank, station, 'C-100002');
    expect(await ask(askMessage({ certificate: other.certificate }))).toMatchObject({
      code: 'assertion-foreign-key',
    });
    const given = await random();
    expect(await answer(given, signatureOver(given, other.privateKey))).toMatchObject(again);
    await logIn();
  });

  it('with a random number or an invitation that is too old, or of another login', async () => {
    fresh();
    const late = await random();
    const invitation = await invited();
    bank.advance(301);
    expect(await answer(late)).toMatchObject({ code: 'challenge-unknown' });
    expect(await signOn(invitation)).toMatchObject({ code: 'challenge-unknown' });
    const [one, two] = [await random(), await random()];
    expect(await answer(one, signatureOver(two))).toMatchObject(again);
    const arrival = await arrivalOf();
    bank.advance(61);
    expect((await arrive(arrival)).text).toContain(refusedAs('session-expired'));
    await logIn();
  });

  it('by two answers at once: one random number takes one', async () => {
    fresh();
    const given = await random();
    const ends = await Promise.all([answer(given), answer(given)]);
    expect(ends.map((end) => ('outcome' in end ? end.outcome : end.code)).toSorted()).toEqual([
      'challenge-unknown',
      'signed-in',
    ]);
    const arrival = await arrivalOf();
    const moved = await Promise.all([arrive(arrival), arrive(arrival)]);
    expect(moved.map(({ status }) => status).toSorted()).toEqual([303, 403]);
  });

  it.each(['ask', 'sign-on', 'answer', 'arrival', 'enter'])(
    'on the network: the reply to the %s is lost, and the next login goes through with no try lost',
    async (lost) => {
      fresh();
      // Each is heard by the bank; the phone never learns of it and begins anew.
      if (lost === 'ask') await ask();
      if (lost === 'sign-on') await signOn(await invited());
      if (lost === 'answer') await answer(await random());
      if (lost === 'arrival') await arrive(await arrivalOf());
      if (lost === 'enter') {
        await arrive(await arrivalOf());
        await enter();
      }
      fresh();
      await logIn();
      expect(await signOn(await invited(), 'wrong')).toMatchObject({ triesLeft: 9 });
      await logIn();
    },
  );

  it('from another site: a form without the page’s token, a session planted before, a frame', async () => {
    fresh();
    await arrive(await arrivalOf());
    const before = [...phone.cookies.values()];
    const refused = refusedAs('session-expired');
    expect((await phone.post('/login/enter', { csrf: 'x' })).text).toContain(refused);
    const page = await phone.get('/login/welcome');
    const csrf = /name="csrf"\s+value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const elsewhere = await phone.post('/login/enter', { csrf }, { Origin: 'https://evil.example' });
    expect(elsewhere.text).toContain(refused);
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect((await phone.get('/menu')).text).toContain(refused);
    expect((await enter()).headers.location).toBe('/menu');
    // Whoever planted or saw the cookie of the step before holds nothing.
    expect([...phone.cookies.values()]).not.toEqual(before);
    const planted = fresh();
    const [stale] = before;
    const answered = await planted.get('/menu', { Cookie: `__Host-cardwright-session=${stale ?? ''}` });
    expect(answered.text).toContain(refused);
  });

  it('by guessing answers: the tenth voids card and certificate, whatever was right in between', async () => {
    fresh();
    const victim = await issueCard(bank, station, 'C-100003');
    const mine = card;
    card = victim;
    try {
      const words = bank.trainingSecrets['C-100003']?.suggestedLoginPassword ?? '';
      const name = bank.customers.find((each) => each.customerId === 'C-100003')?.loginName ?? '';
      const left: unknown[] = [];
      let given = (await signOn(await invited(), words, name)) as RandomReply;
      for (let tries = 1; tries <= 9; tries += 1) {
        const wrong = (await answer(given, 'AAAA')) as Extract<SignOnReply, { outcome: 'again' }>;
        left.push(wrong.triesLeft);
        // The password again gives no new tries.
        given = tries === 5 ? ((await signOn(await invited(), words, name)) as RandomReply) : wrong;
      }
      expect(left).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
      expect(await answer(given, 'AAAA')).toMatchObject({ code: 'registration-void' });
      expect(await ask()).toMatchObject({ code: 'registration-void' });
      const { cardId } = victim;
      expect((await station.must('readCard', { cardId })).card).toMatchObject({
        state: 'revoked',
        certificate: { state: 'revoked', reason: 'ten-failed-logins' },
        registration: { state: 'void' },
      });
    } finally {
      card = mine;
    }
  });
});
