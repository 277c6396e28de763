// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { questionsFor } from '../../../renderer/customer/questions.ts';
import { isSimplePin, passwordStrength } from '../../../renderer/customer/secret-rules.ts';
import { recommendReader } from '../../../renderer/features/issue/recommend-reader.ts';
import { stageOfRun } from '../../../renderer/features/issue/stage-of-run.ts';
import {
  checkDocument,
  emptyDocument,
  numberAsTyped,
} from '../../../renderer/features/issue/typed-document.ts';
import { partsOfRun, plannedParts } from '../../../renderer/widgets/card-panel/card-parts.ts';
import { expectedMs } from '../../../renderer/widgets/expected-time.ts';
import { dateAsTyped, dateWhenLeft } from '../../../renderer/widgets/typed-date.ts';
import { formats } from '../../../renderer/words/formats.ts';
import {
  emptyReaders,
  filledReaders,
  firstCustomer,
  issueParts,
  issueRun,
  leased,
  readers,
} from '../../harness/fake-station/index.ts';

describe('the document in the hand', () => {
  const onFile = firstCustomer.document;
  const today = '2026-03-12';

  test('nothing typed is nothing decided', () => {
    const check = checkDocument(emptyDocument(onFile.type), onFile, today);
    expect(check.missing).toEqual(['number', 'name', 'birthDate', 'expires', 'issuedBy']);
    expect(check.differences).toEqual([]);
  });

  test('the same, whatever its spaces and letter case', () => {
    const typed = { ...onFile, name: ` ${onFile.name} `, issuedBy: onFile.issuedBy };
    const check = checkDocument(typed, onFile, today);
    expect(check).toMatchObject({ missing: [], differences: [], expired: false, otherDocument: false });
  });

  test('each difference is named', () => {
    const check = checkDocument({ ...onFile, issuedBy: '别处', birthDate: '1990-03-13' }, onFile, today);
    expect(check.differences).toEqual(['birthDate', 'issuedBy']);
  });

  test('what is being typed is not different as long as it goes along with the record', () => {
    const half = { ...onFile, issuedBy: onFile.issuedBy.slice(0, 3) };
    expect(checkDocument(half, onFile, today, 'issuedBy').verdicts.issuedBy).toBe('missing');
    expect(checkDocument(half, onFile, today).verdicts.issuedBy).toBe('differs');
    expect(checkDocument({ ...half, issuedBy: 'x' }, onFile, today, 'issuedBy').verdicts.issuedBy).toBe(
      'differs',
    );
  });

  test('another number is another document, and a mistyped one is said to be mistyped', () => {
    const mistyped = checkDocument({ ...onFile, number: onFile.number.replace(/.$/, '0') }, onFile, today);
    expect(mistyped).toMatchObject({ otherDocument: true, numberFlawed: true });
    const other = checkDocument({ ...onFile, number: '11010519491231002X' }, onFile, today);
    expect(other).toMatchObject({ otherDocument: true, numberFlawed: false });
  });

  test('a document past its day is expired, one without an end is not', () => {
    expect(checkDocument({ ...onFile, expires: '2026-03-11' }, onFile, today).expired).toBe(true);
    expect(checkDocument({ ...onFile, expires: '2026-03-12' }, onFile, today).expired).toBe(false);
    expect(
      checkDocument({ ...onFile, expires: '长期' }, { ...onFile, expires: '长期' }, today),
    ).toMatchObject({
      expired: false,
      missing: [],
    });
  });

  test.each([
    ['19900131', '1990-01-31'],
    ['1990-01-31', '1990-01-31'],
    ['1990-3-5', '1990-03-05'],
    ['1990-12-5', '1990-12-05'],
    ['1990.1.31', '1990-01-31'],
    ['1990/12/5', '1990-12-05'],
    ['1990年1月5日', '1990-01-05'],
    ['199', '199'],
    ['长期', '长期'],
  ])('the date %s, typed key by key and left, is written %s', (typed, written) => {
    const inField = Array.from(typed).reduce((text, key) => dateAsTyped(text + key), '');
    expect(dateWhenLeft(inField)).toBe(written);
  });

  test('numbers are large and without spaces', () => {
    expect(numberAsTyped('11010519491231 002x')).toBe('11010519491231002X');
  });
});

describe('the recommended reader', () => {
  test('is the first that can be used, and says when it is the only one', () => {
    expect(recommendReader(filledReaders)).toEqual({ reader: readers.card1, why: 'first' });
    expect(recommendReader(leased(readers.card1, 'another'))).toEqual({ reader: readers.slot1, why: 'only' });
    expect(recommendReader(emptyReaders)).toBeUndefined();
  });
});

describe('the run on the screen', () => {
  test.each(['sim', 'smart-card', 'sd-card'] as const)(
    'every part of a %s issuance has its decision',
    (kind) => {
      const stages = issueParts(kind).map(([at]) => stageOfRun(issueRun({ kind, at })));
      expect([...new Set(stages)]).toEqual(['secrets', 'medium', 'write', 'handOver']);
      expect(stages.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))).toEqual(stages);
    },
  );

  test('the card fills in as steps finish, and not before', () => {
    const parts = partsOfRun(issueRun({ kind: 'sd-card', at: 'write-client' }));
    expect(parts).toEqual({
      key: 'done',
      certificate: 'done',
      userInfo: 'done',
      client: 'working',
      seal: 'waiting',
      verified: 'waiting',
      registered: 'waiting',
    });
    expect(partsOfRun(issueRun({ kind: 'sim', at: 'read-back' }))).toMatchObject({
      seal: 'done',
      verified: 'waiting',
    });
    expect(plannedParts('sim')).not.toHaveProperty('client');
  });

  test('the usual time of a step comes from earlier runs with the same medium, else there is none', () => {
    const now = issueRun({ kind: 'sim', at: 'enrol' });
    const earlier = issueRun({ kind: 'sim', at: 'completed', runId: 'earlier' });
    expect(expectedMs([now], now, 'enrol')).toBeUndefined();
    expect(expectedMs([now, earlier], now, 'enrol')).toBe(180);
    expect(
      expectedMs([now, issueRun({ kind: 'sd-card', at: 'completed', runId: 'other' })], now, 'enrol'),
    ).toBeUndefined();
  });
});
const order = ['customer', 'secrets', 'medium', 'write', 'handOver'];

describe('secrets', () => {
  test.each(['111111', '123456', '654321', '121212', '123123', '000000'])('%s is too simple a PIN', (pin) => {
    expect(isSimplePin(pin)).toBe(true);
  });
  test.each(['529417', '135790', '20260312', '314159'])('%s is not', (pin) => {
    expect(isSimplePin(pin)).toBe(false);
  });

  test.each([
    ['short1', 'short'],
    ['password1234', 'weak'],
    ['lina.dew-2026', 'weak'],
    ['aaaaaaaaaaaa', 'weak'],
    ['lanterns42', 'fair'],
    ['River-lantern', 'strong'],
    ['riverlantern42', 'good'],
    ['plum blossoms in the rain', 'strong'],
  ])('%s is %s', (password, strength) => {
    expect(passwordStrength(password, 'lina.dew')).toBe(strength);
  });

  test('new secrets are asked twice, the card PIN last', () => {
    const asked = questionsFor(['card-pin', 'account-pin', 'login-password']).map(
      ({ field, round, number }) => `${number} ${field} ${round}`,
    );
    expect(asked).toEqual([
      '1 account-pin first',
      '2 login-password first',
      '2 login-password again',
      '3 card-pin first',
      '3 card-pin again',
    ]);
    expect(questionsFor(['account-pin'])).toEqual([{ field: 'account-pin', round: 'first', number: 1 }]);
  });
});

describe('numbers and times', () => {
  test('by language', () => {
    expect(formats('en').duration(640)).toBe('0.6 s');
    expect(formats('zh-CN').duration(84_300)).toBe('1 分 24 秒');
    expect(formats('en').bytes(31_914_983_424)).toBe('32 GB');
    expect(formats('en').bytes(900)).toBe('900 B');
    expect(formats('zh-CN').number(18_201)).toBe('18,201');
  });
  test('a birthday is the same day everywhere', () => {
    expect(formats('en').date('1990-03-12')).toBe('12 Mar 1990');
    expect(formats('zh-CN').date('1990-03-12')).toBe('1990年3月12日');
    expect(formats('en').date('长期')).toBe('长期');
  });
});
