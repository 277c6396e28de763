import type { TransferState } from '../../electron/shared/workflow/index.ts';
import { useWords } from '../words/index.ts';

/** How much of a copy is done, how fast it goes, how long it still takes. */
export function TransferFigures({ transfer }: { transfer: TransferState }) {
  const { t, bytes, wholeSeconds } = useWords();
  const { doing, doneBytes, ofBytes, bytesPerSecond, leftMs } = transfer;
  const figures = [
    t(`issue.write.${doing}`, { done: bytes(doneBytes), whole: bytes(ofBytes) }),
    bytesPerSecond === undefined ? '' : t('issue.write.rate', { amount: bytes(bytesPerSecond) }),
    leftMs === undefined ? '' : t('issue.write.left', { time: wholeSeconds(leftMs) }),
  ];
  return <span data-testid="transfer">{figures.filter((figure) => figure !== '').join(' · ')}</span>;
}
