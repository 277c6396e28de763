/** Of the bank's keys on a card. */
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** Of the card management key, slot 9B. Names as in the bank's key service. */
export type ManagementAlgorithm = '3des' | 'aes-128' | 'aes-192' | 'aes-256';

/** Algorithm identifiers (SP 800-78-4, table 6-2; RSA-3072 since SP 800-78-5). */
export const algorithmReference: Record<KeyAlgorithm | ManagementAlgorithm, number> = {
  '3des': 0x03,
  'rsa-3072': 0x05,
  'rsa-2048': 0x07,
  'aes-128': 0x08,
  'aes-192': 0x0a,
  'aes-256': 0x0c,
  'p-256': 0x11,
  'p-384': 0x14,
};

export const managementAlgorithms = ['3des', 'aes-128', 'aes-192', 'aes-256'] as const;

export const managementAlgorithmOf = (reference: number): ManagementAlgorithm | undefined =>
  managementAlgorithms.find((algorithm) => algorithmReference[algorithm] === reference);

export const keyAlgorithms = ['p-256', 'p-384', 'rsa-2048', 'rsa-3072'] as const;

export const keyAlgorithmOf = (reference: number): KeyAlgorithm | undefined =>
  keyAlgorithms.find((algorithm) => algorithmReference[algorithm] === reference);

/** Bytes of an RSA modulus; `undefined` for keys on curves. */
export const modulusBytes = (algorithm: KeyAlgorithm): 256 | 384 | undefined =>
  algorithm === 'rsa-2048' ? 256 : algorithm === 'rsa-3072' ? 384 : undefined;
