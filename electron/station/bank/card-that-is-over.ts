import type { CardRecord, CardState } from '../../shared/domain/index.ts';
import type { BankClient } from './bank-client.ts';

const over: readonly CardState[] = ['revoked', 'expired', 'wiped', 'destroyed'];

/** The bank's record of a card that nothing can make good again; undefined for every other one, and while the bank is away. */
export const cardThatIsOver =
  (bank: BankClient) =>
  async (cardId: string): Promise<CardRecord | undefined> => {
    const read = await bank.call('readCard', { cardId }, {});
    return read.ok && over.includes(read.value.card.state) ? read.value.card : undefined;
  };
