import type { Fault } from '../../electron/shared/result/index.ts';
import { useWords } from '../words/index.ts';
import { Notice } from './notice.tsx';

/** A refusal of something small: what happened, what it means, what to do. */
export function FaultNotice({ fault, testId = 'fault-notice' }: { fault: Fault; testId?: string }) {
  const words = useWords();
  const text = words.fault(fault);
  return (
    <Notice tone="stop" title={text.happened} testId={testId}>
      <p>{words.sentences(text.means, text.todo)}</p>
    </Notice>
  );
}
