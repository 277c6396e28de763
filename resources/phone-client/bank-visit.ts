import type { AskReply, OrderOutcome, TransferOrder } from '../../electron/shared/bank-api/card-messages.ts';
import type { ChainAnswer } from '../../electron/shared/codec/otp-chain/chain-schemas.ts';
import { transferText } from '../../electron/shared/domain/transfer-text.ts';
import { askBank, confirmAtBank } from './assertion/ask-bank.ts';
import { postLogin } from './assertion/post-login.ts';
import { randomNonce } from './assertion/random-nonce.ts';
import { signMessage, type Message } from './assertion/sign-message.ts';
import type { Chain } from './chain/open-chain.ts';
import type { Card } from './credential/load-card.ts';
import { confirmPage } from './pages/confirm-page.ts';
import { openingPage } from './pages/opening-page.ts';
import { saidPage, type Said } from './pages/said-page.ts';
import type { Screen } from './pages/screen.ts';
import { signOn } from './sign-on.ts';
import type { SigningKey } from './unlock/crypto-engine.ts';

export interface BankVisit {
  readonly card: Card;
  readonly key: SigningKey;
  /** Absent: this card signs in without one-time passwords. */
  readonly chain: Chain | undefined;
  readonly screen: Screen;
  readonly onStartAgain: () => void;
}

/**
 * What happens between the right PIN and the bank's own page.
 *
 *   ask ──▶ an order waits ──▶ shown ──yes──▶ signed, second OTP ──▶ outcome
 *    │                           └──no──▶ signed refusal ──▶ outcome
 *    ├──▶ none waits ──▶ login with OTP ──▶ the bank's page
 *    ├──▶ the bank wants name and password (S4) ──▶ random number, answer ──▶ the bank's page
 *    ├──▶ refused ──▶ login without: the bank's page says why
 *    └──▶ silence ──▶ ask again
 */
export const visitBank = async (visit: BankVisit, about?: string): Promise<void> => {
  const { card, chain } = visit;
  const message = await signed(visit, { type: 'cardwright-ask', ...(about !== undefined && { about }) });
  const asked = await askBank(card.userInfo.portalOrigin, message);
  if (asked.kind === 'refused') return login(visit, undefined);
  if (asked.kind === 'silent') {
    // Without a chain the login needs no answer, and the browser itself says what is wrong with the network.
    if (chain === undefined && about === undefined) return login(visit, undefined);
    return say(visit, {
      kind: about === undefined ? 'silent' : 'no-answer',
      again: () => visitBank(visit, about),
    });
  }
  const { order, challenge } = asked.reply;
  if (asked.reply.about !== undefined && asked.reply.about.state !== 'waiting')
    return tell(visit, asked.reply.about);
  if (order !== undefined) return show(visit, order, asked.reply);
  if (asked.reply.signOn !== undefined) {
    signOn(visit, asked.reply.signOn);
    return;
  }
  if (chain === undefined || challenge === undefined) return login(visit, undefined);
  // A challenge with a text would make this the confirmation of something nobody was shown.
  const answered = challenge.text === '' ? await chain.answer(challenge) : ({ kind: 'untrusted' } as const);
  if (answered.kind === 'untrusted') return say(visit, { kind: 'untrusted' });
  if (answered.kind === 'other-phone')
    return say(visit, { kind: 'other-phone', again: () => login(visit, answered.alarm) });
  return login(visit, answered.answer);
};

const signed = ({ card, key }: BankVisit, message: Message) =>
  signMessage(card, key, message, randomNonce(), Math.floor(Date.now() / 1000));

const login = async (visit: BankVisit, otp: ChainAnswer | undefined): Promise<void> => {
  const { card, key, screen, onStartAgain } = visit;
  const assertion = await signed(visit, { type: 'cardwright-login', ...(otp && { otp }) });
  key.forget();
  screen.show(card, (words) => openingPage(words, card, onStartAgain));
  postLogin(card.userInfo.portalOrigin, assertion);
};

/** What is shown here is what is signed: both come from this one order. */
const show = (visit: BankVisit, order: TransferOrder, { challenge }: AskReply): Promise<void> => {
  const { card, chain, screen } = visit;
  const decide = async (decision: 'confirm' | 'refuse'): Promise<void> => {
    const text = transferText(order);
    let otp: ChainAnswer | undefined;
    if (decision === 'confirm' && chain !== undefined && challenge !== undefined) {
      const answered =
        challenge.text === text ? await chain.answer(challenge) : ({ kind: 'untrusted' } as const);
      if (answered.kind === 'untrusted') return say(visit, { kind: 'untrusted' });
      if (answered.kind === 'other-phone')
        return say(visit, { kind: 'other-phone', again: () => login(visit, answered.alarm) });
      otp = answered.answer;
    }
    const { orderId } = order;
    const message = await signed(visit, {
      type: 'cardwright-confirmation',
      orderId,
      decision,
      text,
      ...(otp && { otp }),
    });
    const confirmed = await confirmAtBank(card.userInfo.portalOrigin, message);
    if (confirmed.kind === 'reply') return tell(visit, confirmed.reply);
    if (confirmed.kind === 'refused') return say(visit, { kind: 'not-taken', code: confirmed.code, orderId });
    // Whether the bank heard it is not known; asking is safe, confirming again would be too.
    return say(visit, { kind: 'no-answer', again: () => visitBank(visit, orderId) });
  };
  screen.show(card, (words) => confirmPage(words, order, decide));
  return Promise.resolve();
};

const tell = (visit: BankVisit, { orderId, state, receiptNumber }: OrderOutcome): Promise<void> => {
  const kind = state === 'booked' ? 'booked' : state === 'expired' ? 'expired' : 'refused';
  return say(visit, { kind, orderId, ...(receiptNumber !== undefined && { receiptNumber }) });
};

const say = ({ card, key, screen, onStartAgain }: BankVisit, said: Said): Promise<void> => {
  // Only what asks again still needs the key.
  if (said.again === undefined) key.forget();
  screen.show(card, (words) => saidPage(words, card, said, onStartAgain));
  return Promise.resolve();
};
