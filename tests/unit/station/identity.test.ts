import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  identityNumberBirthDate,
  identityNumberFlaw,
  mrzCheckDigit,
  mrzFlaws,
  type Customer,
  type IdentityDocument,
} from '../../../electron/shared/domain/index.ts';
import { checkIdentity } from '../../../electron/station/identity/check-identity.ts';

const today = '2026-11-20';

describe('resident identity numbers (GB 11643)', () => {
  /** The check character by its definition, a_1…a_17 times 2^(18−i) mod 11, not by the table of the code. */
  const complete = (first17: string): string => {
    let sum = 0;
    for (let at = 0; at < 17; at++) sum += Number(first17.charAt(at)) * (2 ** (17 - at) % 11);
    return first17 + '10X98765432'.charAt(sum % 11);
  };

  test.each(['11010519491231002', '44052419800101001'])('%s with its check character', (first17) => {
    const right = complete(first17);
    expect(identityNumberFlaw(right, today)).toBeUndefined();
  });
  test('the specimen of the standard passes', () => {
    expect(identityNumberFlaw('11010519491231002X', today)).toBeUndefined();
    expect(identityNumberBirthDate('11010519491231002X')).toBe('1949-12-31');
  });

  test.each([
    ['11010519491231002', 'form'],
    ['11010519491231002x', 'form'],
    ['110105194912310021', 'check-digit'],
    ['11010519491231003X', 'check-digit'],
    [complete('99010519491231002'), 'region'],
    [complete('11010519490231002'), 'birth-date'],
    [complete('11010519491331002'), 'birth-date'],
    [complete('11010520270101002'), 'birth-date'],
    [complete('11010518991231002'), 'birth-date'],
  ] as const)('%s: %s', (number, flaw) => expect(identityNumberFlaw(number, today)).toBe(flaw));

  test('each single wrong digit is noticed', () => {
    const right = '11010519491231002X';
    for (let at = 0; at < 17; at++)
      for (let add = 1; add < 10; add++) {
        const wrong = right.slice(0, at) + String((Number(right[at]) + add) % 10) + right.slice(at + 1);
        expect(identityNumberFlaw(wrong, today), wrong).toBeDefined();
      }
  });
});

describe('machine-readable zones (ICAO 9303)', () => {
  const vectors = JSON.parse(
    readFileSync(new URL('../../vectors/icao/icao-bac-pace-mrz.json', import.meta.url), 'utf8'),
  ) as { mrz: { valid: { mrz: string }[]; invalid: { mrz: string; errors: string[] }[] } };
  const named: Record<string, string> = {
    document_number: 'document-number',
    birth: 'birth-date',
    expiry: 'expiry-date',
    composite: 'composite',
    optional: 'optional-data',
    personal_number: 'optional-data',
    length: 'form',
  };

  test('the specimens', () => {
    for (const { mrz } of vectors.mrz.valid) expect(mrzFlaws(mrz), mrz).toEqual([]);
  });
  test('the spoiled ones, each at its digit', () => {
    expect(vectors.mrz.invalid.length).toBeGreaterThan(0);
    for (const { mrz, errors } of vectors.mrz.invalid)
      expect([...mrzFlaws(mrz)].sort(), mrz).toEqual(errors.map((error) => named[error] ?? error).sort());
  });
  test('what is none', () => {
    expect(mrzFlaws('P<UTO')).toEqual(['form']);
    expect(mrzFlaws('?'.repeat(88))).toEqual(['form']);
    expect(mrzCheckDigit('520727')).toBe('3'); // part 3, appendix A
  });
});

describe('the teller’s decision', () => {
  const onFile: IdentityDocument = {
    type: 'identity-card',
    number: '11010519491231002X',
    name: '李娜',
    birthDate: '1949-12-31',
    expires: '2030-01-01',
    issuedBy: '北京市公安局',
  };
  const customer = { document: onFile } as Customer;
  const now = new Date(`${today}T08:00:00Z`);
  const decide = (shown: Partial<IdentityDocument>, differences: string[] = []) => {
    const decision = { document: { ...onFile, ...shown }, differences, accepted: true } as const;
    const checked = checkIdentity(decision, customer, now);
    return checked.ok ? 'accepted' : `${checked.fault.code} ${Object.values(checked.fault.data).join()}`;
  };

  test('the document on file is accepted', () => {
    expect(decide({})).toBe('accepted');
    expect(decide({ name: ' 李 娜' })).toBe('accepted');
  });
  test('differences must be exactly those that there are', () => {
    expect(decide({ issuedBy: '上海市公安局' }, ['issuedBy'])).toBe('accepted');
    expect(decide({ issuedBy: '上海市公安局' })).toBe('bad-input identity.differences');
    expect(decide({}, ['issuedBy'])).toBe('bad-input identity.differences');
    expect(decide({ issuedBy: '上海市公安局' }, ['name'])).toBe('bad-input identity.differences');
    expect(decide({ issuedBy: '上海市公安局', name: '李纳' }, ['name'])).toBe(
      'bad-input identity.differences',
    );
  });
  test('what nobody may accept', () => {
    expect(decide({ expires: '2026-11-19' }, ['expires'])).toBe('identity-refused document-expired');
    expect(decide({ number: '110105194912310021' }, ['number'])).toBe('bad-input identity.document.number');
    expect(decide({ birthDate: '1949-12-30' }, ['birthDate'])).toBe('bad-input identity.document.birthDate');
    const another = { number: '110105194912310046', birthDate: '1949-12-31' };
    expect(decide(another, ['number'])).toBe('identity-refused document-number');
    expect(decide({ type: 'passport', number: 'E12345678' }, ['type', 'number'])).toBe(
      'identity-refused document-number',
    );
  });
});
