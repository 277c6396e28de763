import { z } from 'zod';
import { chainCheckValues } from '../../../shared/codec/otp-chain/index.ts';
import { ok } from '../../../shared/result/index.ts';
import type { Step } from '../../../shared/workflow/index.ts';
import { placeOf } from '../inspect-medium.ts';
import type { IssueTools } from '../issue-tools.ts';
import type { IssuedCard } from '../issued-card.ts';
import { importChain } from './card-chain.ts';
import type { DomainKeys } from './card-secrets.ts';

/** `chain`: by what its keys can be told; absent on a card that has none, which signs in without. */
export const writtenChain = z.object({ chain: chainCheckValues.optional() });

/**
 * The chain of one-time passwords (S1), where the card can keep its keys to itself: it has an OATH application, and
 * a secure channel to it under keys that only the bank has.
 */
export const writeChain = ({
  readers,
  bank,
}: IssueTools): Step<IssuedCard & { readonly domainKeys: DomainKeys }, z.infer<typeof writtenChain>> => ({
  name: 'write-chain',
  touches: 'card',
  record: writtenChain,
  run: ({ place, card, domainKeys }, { runId }) =>
    domainKeys !== 'own'
      ? Promise.resolve(ok({}))
      : readers.useCard(placeOf(place, runId), async (inUse) => {
          const chain = await importChain(inUse, bank, place.medium.identity, card.cardId);
          return chain.ok ? ok({ ...(chain.value && { chain: chain.value }) }) : chain;
        }),
  undo: 'nothing',
});
