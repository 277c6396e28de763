import type { IdentityDocument } from './customer.ts';

export const identityFields = ['type', 'number', 'name', 'birthDate', 'expires', 'issuedBy'] as const;
export type IdentityField = (typeof identityFields)[number];

/**
 * Fields in which the document at the counter differs from the one on file, in the order of the form.
 * The screen shows them and the station computes them again, so both must compare alike: width of
 * characters, letter case and spaces do not count, everything else does.
 */
export function identityDifferences(
  shown: IdentityDocument,
  onFile: IdentityDocument,
): readonly IdentityField[] {
  return identityFields.filter((field) => comparable(shown[field]) !== comparable(onFile[field]));
}

const comparable = (value: string): string => value.normalize('NFKC').replace(/\s+/gu, '').toUpperCase();
