import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readDerivationRules } from '../../../electron/bank-server/key-service/derivation-rules.ts';
import { fail, type Result } from '../../../electron/shared/result/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'cardwright-rules-'));
mkdirSync(join(folder, 'card-profiles'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (content: unknown) => {
  writeFileSync(
    join(folder, 'card-profiles', 'key-derivation.json'),
    typeof content === 'string' ? content : JSON.stringify(content),
  );
  return readDerivationRules(folder);
};
const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

const aes = { name: 'aes', protocol: 'scp03', cardData: '*', method: 'sp800-108', data: 'medium' };
const des = { name: 'des', protocol: 'scp02', cardData: '*', method: 'sp800-108', data: 'medium' };
const ofMaker = { ...aes, name: 'maker', cardData: '4321..0a*', method: 'kdf3', data: 'card', keyBytes: 32 };

describe('the rules by which the keys of a domain are derived', () => {
  it('are there as the program is delivered', () => {
    const rules = must(readDerivationRules('resources'));
    for (const type of ['aes', '3des'] as const)
      expect(rules.ruleFor(type, new Uint8Array(10))).toMatchObject({ method: 'sp800-108', data: 'medium' });
  });

  it('apply by what the card tells of itself, the first that fits', () => {
    const rules = must(read({ domainKeys: [ofMaker, aes, { ...des, method: 'emv', data: 'card' }] }));
    const told = (hex: string) => Buffer.from(hex, 'hex');
    expect(rules.ruleFor('aes', told('4321ff0a010203040506')).name).toBe('maker');
    expect(rules.ruleFor('aes', told('4321ff0b010203040506')).name).toBe('aes');
    expect(rules.ruleFor('3des', told('4321ff0a010203040506')).method).toBe('emv');
  });

  it.each([
    ['no file that can be read', '{'],
    ['KDF3 for an SCP02 domain', { domainKeys: [aes, { ...des, method: 'kdf3', data: 'card' }] }],
    ['EMV for an SCP03 domain', { domainKeys: [{ ...aes, method: 'emv', data: 'card' }, des] }],
    ['KDF3 from something else than the card', { domainKeys: [{ ...ofMaker, data: 'medium' }, aes, des] }],
    ['a length for 3DES keys', { domainKeys: [aes, { ...des, keyBytes: 24 }] }],
    ['a pattern that is no hex', { domainKeys: [{ ...aes, cardData: '4z*' }, aes, des] }],
    ['cards that nothing applies to', { domainKeys: [ofMaker, des] }],
    ['a word that it does not know', { domainKeys: [{ ...aes, salt: '00' }, des] }],
  ])('are refused: %s', (_, content) => {
    expect(read(content)).toEqual(fail('bank-setup-invalid', { file: 'card-profiles/key-derivation.json' }));
  });
});
