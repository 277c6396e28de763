import { fail, ok, type Result } from '../../../shared/result/index.ts';
import type { Step, StepContext } from '../../../shared/workflow/index.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import type { CardInUse } from '../../readers/readers.ts';
import { compensateCard } from '../compensate-card.ts';
import { placeOf } from '../inspect-medium.ts';
import type { IssueTools } from '../issue-tools.ts';
import { nothing, type ChosenMedium, type ReservedCard } from '../issued-card.ts';
import { customerSecrets } from '../issue-questions.ts';
import { cardPinOf } from '../secrets-of-step.ts';
import { replacePivSecrets } from './card-secrets.ts';
import { changePivSecretsInChannel } from './channel-to-application.ts';
import { emptyCard, factoryPin, factoryPuk } from './empty-card.ts';
import { hasNoManagementKey } from './management-access.ts';

export interface PinChange {
  readonly place: ChosenMedium;
  readonly card: ReservedCard;
  readonly officerId: string;
}

/**
 * The customer's card PIN instead of the factory's. The first thing done to a card, so its undo empties the whole card.
 * A card that is over goes first, its marker before everything else of it.
 */
export function setCardPin({ readers, bank }: IssueTools): Step<PinChange, object> {
  const empty = (place: ChosenMedium, { runId }: StepContext): Promise<Result<void>> =>
    readers.useCard(placeOf(place, runId), (inUse) => emptyCard(inUse, bank, place.medium.identity));

  /** Nothing of the card that was there is left, and the bank knows. */
  const replace = async (
    place: ChosenMedium,
    officerId: string,
    context: StepContext,
  ): Promise<Result<void>> => {
    const emptied = await empty(place, context);
    if (!emptied.ok || place.replaces === undefined) return emptied;
    const told = await bank.call(
      'reportWiped',
      { cardId: place.replaces },
      { officerId },
      { idempotencyKey: `${context.idempotencyKey}/replaced` },
    );
    return told.ok ? ok() : told;
  };

  return {
    name: 'set-card-pin',
    touches: 'card',
    record: nothing,
    async run({ place, officerId }, context) {
      const cardPin = await cardPinOf(context);
      if (cardPin === factoryPin) return fail('card-pin-format', { which: 'pin', reason: 'factory' });
      if (place.replaces !== undefined) {
        const gone = await replace(place, officerId, context);
        if (!gone.ok) return gone;
      }
      return readers.useCard(placeOf(place, context.runId), async (inUse) => {
        const set = await replaceFactoryPin(inUse, bank, place.medium.identity, cardPin);
        return set.ok ? ok({}) : set;
      });
    },
    asksSecretAgain: { 'card-pin-format': customerSecrets.name },
    async undo({ place, card, officerId }, _output, context) {
      let emptied = await replace(place, officerId, context);
      if (!emptied.ok && emptied.fault.code === 'card-state-conflict') {
        // Active at the bank, and the answer was lost: nobody gets the PIN of an active card replaced.
        const ended = await compensateCard(bank, card.cardId, {
          reason: 'issuance undone',
          mediumWiped: false,
          idempotencyKey: `${context.idempotencyKey}/ended`,
        });
        if (!ended.ok) return ended;
        emptied = await replace(place, officerId, context);
      }
      if (!emptied.ok || context.stands('reserve-card')) return emptied;
      // The bank was told before the card could be emptied: now it is.
      return compensateCard(bank, card.cardId, {
        reason: 'issuance undone',
        mediumWiped: true,
        idempotencyKey: `${context.idempotencyKey}/wiped`,
      });
    },
  };
}

/**
 * At most one try is spent on the factory PIN. When it is not the factory's any more, an earlier attempt of
 * this step has set it, perhaps to another PIN than the customer typed now: the PUK, still the factory's,
 * sets it whatever it is. A card of prepared stock has the bank's PUK; it gets the factory's for this moment, and
 * the next step changes it again. Fault: card-foreign, when that is refused too.
 */
async function replaceFactoryPin(
  card: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
  cardPin: string,
): Promise<Result<void>> {
  const { piv } = card;
  const metadata = await piv.readMetadata('pin');
  if (!metadata.ok) return metadata;
  if (metadata.value?.isDefault !== false) {
    const changed = await piv.changePin(factoryPin, cardPin);
    if (changed.ok || !isRefusal(changed.fault.code)) return changed;
  }
  const lent = await lendFactoryPuk(card, bank, mediumIdentity);
  if (!lent.ok) return lent;
  const set = await piv.unblockPin(factoryPuk, cardPin);
  return !set.ok && isRefusal(set.fault.code) ? fail('card-foreign', { reason: 'pin' }) : set;
}

async function lendFactoryPuk(
  card: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<void>> {
  const metadata = await card.piv.readMetadata('puk');
  if (!metadata.ok) return metadata;
  const known = await bank.call('readCardKeys', { mediumIdentity }, {});
  if (!known.ok) return known;
  const isFactory = metadata.value?.isDefault ?? known.value.puk === 'factory';
  if (isFactory) return ok();
  const lent = await replacePivSecrets(card.piv, bank, mediumIdentity, 'factory');
  return !lent.ok && hasNoManagementKey(lent.fault)
    ? changePivSecretsInChannel(card, bank, mediumIdentity, 'factory')
    : lent;
}

const isRefusal = (code: string): boolean =>
  code === 'card-pin-wrong' || code === 'card-pin-blocked' || code === 'card-pin-last-try';
