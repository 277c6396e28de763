import { z } from 'zod';
import { ok } from '../../../shared/result/index.ts';
import type { Step } from '../../../shared/workflow/index.ts';
import { placeOf } from '../inspect-medium.ts';
import type { ChosenMedium } from '../issued-card.ts';
import type { IssueTools } from '../issue-tools.ts';
import { replaceSecrets } from './card-secrets.ts';

export const replacedKeys = z.object({ domainKeys: z.enum(['own', 'not-ours', 'none']) });

/** The card's own keys and PUK instead of the factory's. Emptying the card, which is the undo of its PIN, takes them back. */
export function replaceKeys({
  readers,
  bank,
}: Pick<IssueTools, 'readers' | 'bank'>): Step<
  { readonly place: ChosenMedium },
  z.infer<typeof replacedKeys>
> {
  return {
    name: 'replace-keys',
    touches: 'card',
    record: replacedKeys,
    run: ({ place }, { runId }) =>
      readers.useCard(placeOf(place, runId), async (card) => {
        const domainKeys = await replaceSecrets(card, bank, place.medium.identity);
        return domainKeys.ok ? ok({ domainKeys: domainKeys.value }) : domainKeys;
      }),
    undo: 'nothing',
  };
}
