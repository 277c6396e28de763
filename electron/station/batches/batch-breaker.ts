import type { BatchCard, BatchHold, BatchPolicy } from '../../shared/contract/index.ts';

/** The rule of this house; a branch may have another. */
export const defaultBatchPolicy: BatchPolicy = {
  sameFaultInARow: 3,
  quarantined: 2,
  // Of the station or of the way to the bank: the next card would meet it too.
  atOnce: [
    'bank-untrusted',
    'bank-refused-station',
    'station-certificate-ended',
    'clock-off',
    'storage-full',
    'database-damaged',
    'journal-damaged',
    'internal-error',
  ],
};

/**
 * Whether all lanes have to stop after the last of these endings, and why. A card that ends well breaks the row;
 * a card that a person took back is nobody's fault and neither breaks nor lengthens it.
 */
export function tripOf(policy: BatchPolicy, recent: readonly BatchCard[]): Omit<BatchHold, 'at'> | undefined {
  const judged = recent.filter(({ outcome }) => outcome !== 'undone');
  const last = judged.at(-1);
  if (last?.faultCode === undefined) return undefined;
  const { faultCode } = last;
  if (policy.atOnce.includes(faultCode)) return { why: 'at-once', faultCode, count: 1 };
  const quarantined = judged.filter(({ outcome }) => outcome === 'quarantined').length;
  if (last.outcome === 'quarantined' && quarantined >= policy.quarantined)
    return { why: 'quarantine', faultCode, count: quarantined };
  const inARow = judged.length - 1 - judged.findLastIndex((card) => card.faultCode !== faultCode);
  return inARow >= policy.sameFaultInARow ? { why: 'same-fault', faultCode, count: inARow } : undefined;
}
