import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { ChannelKeyType } from './card-secrets.ts';

/** How the keys of a card's security domain are derived, by what the card tells in INITIALIZE UPDATE. */
const domainRule = z
  .strictObject({
    name: z.string().min(1),
    protocol: z.enum(['scp02', 'scp03']),
    /** The 10 bytes of key diversification data, hex; `..` stands for any byte, and a `*` at the end for any rest. */
    cardData: z.string().regex(/^([0-9a-f]{2}|\.\.)*\*?$/),
    method: z.enum(['sp800-108', 'kdf3', 'emv', 'visa2']),
    /** `medium`: the identity of the medium; `card`: the 10 bytes that the card tells. */
    data: z.enum(['medium', 'card']),
    /** Of each key, with SCP03. */
    keyBytes: z.union([z.literal(16), z.literal(24), z.literal(32)]).optional(),
  })
  .refine(({ method, protocol }) => method === 'sp800-108' || fits[method] === protocol)
  .refine(({ method, data }) => method === 'sp800-108' || data === 'card')
  .refine(({ protocol, keyBytes }) => protocol === 'scp03' || keyBytes === undefined);
export type DomainRule = z.infer<typeof domainRule>;

const fits = { kdf3: 'scp03', emv: 'scp02', visa2: 'scp02' } as const;

const derivationRules = z.strictObject({ domainKeys: z.array(domainRule) }).refine(
  // Whatever comes, something applies.
  ({ domainKeys }) =>
    (['scp02', 'scp03'] as const).every(
      (protocol) => domainKeys.findLast((rule) => rule.protocol === protocol)?.cardData === '*',
    ),
);

export interface DerivationRules {
  /** The first that fits. */
  ruleFor(type: ChannelKeyType, cardData: Uint8Array): DomainRule;
}

/** `resources/card-profiles/key-derivation.json`. Fault: bank-setup-invalid {file}. */
export const readDerivationRules = (resources: string): Result<DerivationRules> => {
  const parsed = derivationRules.safeParse(readJson(join(resources, 'card-profiles', 'key-derivation.json')));
  return parsed.success
    ? ok(rulesOf(parsed.data.domainKeys))
    : fail('bank-setup-invalid', { file: 'card-profiles/key-derivation.json' });
};

const rulesOf = (rules: readonly DomainRule[]): DerivationRules => {
  const patterns = rules.map((rule) => ({
    rule,
    pattern: new RegExp(`^${rule.cardData.replace(/\*$/, '.*')}$`),
  }));
  return {
    ruleFor(type, cardData) {
      const protocol = type === 'aes' ? 'scp03' : 'scp02';
      const told = Buffer.from(cardData).toString('hex');
      const found = patterns.find(({ rule, pattern }) => rule.protocol === protocol && pattern.test(told));
      if (!found) throw new Error(`No rule for ${protocol}`); // the schema has let only whole tables pass
      return found.rule;
    },
  };
};

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
};
