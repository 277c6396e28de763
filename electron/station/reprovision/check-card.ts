import { z } from 'zod';
import type { Step, Workflow } from '../../shared/workflow/index.ts';
import { ok } from '../../shared/result/index.ts';
import { mediumOf } from '../issuance/inspect-medium.ts';
import { checkedCard, type CheckedCard } from './checked-card.ts';
import { inspectSeen, type InspectionTools } from './inspect-card.ts';
import { factsOf, noFacts } from './look-at-card.ts';

export const checkInput = z.object({
  reader: z.string(),
  officerId: z.string(),
  bankId: z.string(),
  batchId: z.string(),
});
export type CheckInput = z.infer<typeof checkInput>;

/** One look at a card, its bank record and the CA, kept in the journal. Changes nothing anywhere. */
export function checkCard(tools: InspectionTools): Workflow<CheckInput> {
  const inspect: Step<CheckInput, CheckedCard> = {
    name: 'inspect-card',
    touches: 'nothing',
    record: checkedCard,
    async run({ reader }, { runId }) {
      const seen = await tools.readers.recognise({ reader, runId });
      if (!seen.ok) return seen;
      const inspected = await inspectSeen(tools, seen.value, runId);
      if (!inspected.ok) return inspected;
      const { content, lines, bankRecord } = inspected.value;
      return ok({
        place: { reader, medium: mediumOf(seen.value) },
        ...(bankRecord ? factsOf(bankRecord) : noFacts),
        content,
        differing: lines.filter(({ verdict }) => verdict === 'differs' || verdict === 'missing').length,
      });
    },
    undo: 'nothing',
  };
  return {
    name: 'check-card',
    input: checkInput,
    async run(flow, input) {
      flow.plan([inspect]);
      await flow.step(inspect, input);
    },
  };
}
