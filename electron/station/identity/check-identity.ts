import type { z } from 'zod';
import type { identityDecision } from '../../shared/contract/index.ts';
import {
  identityDifferences,
  identityNumberFlaw,
  type Customer,
  type IdentityDocument,
} from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';

export type IdentityDecision = z.infer<typeof identityDecision>;

/**
 * Checks the teller's decision about the document at the counter, whatever the screen showed.
 * Faults: bad-input {fields} for a number that cannot be (mistyped) and for accepted differences that are
 * not exactly those there are; identity-refused {reason} for a document nobody may accept.
 */
export function checkIdentity(
  { document, differences }: IdentityDecision,
  customer: Customer,
  now: Date,
): Result<void> {
  const today = now.toISOString().slice(0, 10);
  const mistyped = mistypedField(document, today);
  if (mistyped !== undefined) return fail('bad-input', { fields: `identity.document.${mistyped}` });
  // Residents' cards without end carry a word there.
  if (/^\d{4}-\d{2}-\d{2}$/.test(document.expires) && document.expires < today)
    return fail('identity-refused', { reason: 'document-expired' });
  const found = identityDifferences(document, customer.document);
  // Another number is another document than the bank has on file; the bank must take it on file first.
  if (found.includes('number')) return fail('identity-refused', { reason: 'document-number' });
  const accepted = new Set(differences);
  const same = found.length === accepted.size && found.every((field) => accepted.has(field));
  return same ? ok() : fail('bad-input', { fields: 'identity.differences' });
}

function mistypedField({ type, number, birthDate }: IdentityDocument, today: string): string | undefined {
  if (type !== 'identity-card') return undefined;
  if (identityNumberFlaw(number, today) !== undefined) return 'number';
  return number.slice(6, 14) === birthDate.replaceAll('-', '') ? undefined : 'birthDate';
}
