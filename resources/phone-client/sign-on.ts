import type { AskReply, RandomReply } from '../../electron/shared/bank-api/card-messages.ts';
import { loginMessage } from '../../electron/shared/domain/login-message.ts';
import { toBase64Url, utf8 } from '../../electron/shared/codec/index.ts';
import { askForRandom, giveAnswer, type BankReply } from './assertion/ask-bank.ts';
import { postArrival } from './assertion/post-login.ts';
import type { BankVisit } from './bank-visit.ts';
import { openingPage } from './pages/opening-page.ts';
import { saidPage, type Said } from './pages/said-page.ts';
import { signOnPage, type SignOnNotice, type SignOnPage } from './pages/sign-on-page.ts';

/*
 * S4 in this client, once the bank has found the certificate good (102, 103):
 *
 *   name, password ──right──▶ random number ──▶ the card's answer ──right──▶ the bank's page
 *     ▲    └─wrong, wait─┘         ▲                    └─wrong─▶ said; again ─┘
 *     └── too late: from the PIN   └── at any step: void after ten failures
 */
type Invitation = NonNullable<AskReply['signOn']>;

export const signOn = (visit: BankVisit, invitation: Invitation): void => {
  const { card, screen } = visit;
  const origin = card.userInfo.portalOrigin;
  let page: SignOnPage | undefined;
  let notice: SignOnNotice = { kind: 'ready' };
  const say = (next: SignOnNotice): void => {
    notice = next;
    page?.show(next);
  };

  const submit = async (loginName: string, password: string): Promise<void> => {
    say({ kind: 'checking' });
    const asked = await askForRandom(origin, { loginId: invitation.loginId, loginName, password });
    if (asked.kind === 'reply') {
      say({ kind: 'answering' });
      await answer(visit, asked.reply);
    } else if (asked.kind === 'silent') say({ kind: 'silent' });
    else if (asked.triesLeft !== undefined) say({ kind: 'wrong', triesLeft: asked.triesLeft });
    else if (asked.seconds !== undefined) say({ kind: 'wait', until: Date.now() + asked.seconds * 1000 });
    else end(visit, asked);
  };

  screen.show(card, (words) => {
    page = signOnPage(words, card, invitation.previousLoginAt, submit, visit.onStartAgain);
    page.show(notice);
    return page;
  });
};

/** 106: the random number under the card's key. Each takes one answer, so a lost reply begins anew. */
const answer = async (visit: BankVisit, { loginId, random }: RandomReply): Promise<void> => {
  const { card, key, screen, onStartAgain } = visit;
  const { bankId, cardId, portalOrigin } = card.userInfo;
  const signature = await key.sign(utf8(loginMessage(bankId, cardId, random)));
  const given = await giveAnswer(portalOrigin, { loginId, answer: toBase64Url(signature) });
  if (given.kind === 'silent') {
    key.forget();
    tell(visit, { kind: 'silent' });
  } else if (given.kind === 'refused') end(visit, given);
  else if (given.reply.outcome === 'again') {
    const { reply } = given;
    tell(visit, {
      kind: 'answer-refused',
      triesLeft: reply.triesLeft,
      again: () => answer(visit, reply),
    });
  } else {
    key.forget();
    screen.show(card, (words) => openingPage(words, card, onStartAgain));
    postArrival(portalOrigin, given.reply.arrival);
  }
};

const end = (visit: BankVisit, { code }: Extract<BankReply<never>, { kind: 'refused' }>): void => {
  visit.key.forget();
  const kind =
    code === 'registration-void' ? 'void' : code === 'challenge-unknown' ? 'sign-on-late' : 'sign-on-refused';
  tell(visit, { kind, code });
};

const tell = ({ card, screen, onStartAgain }: BankVisit, said: Said): void => {
  screen.show(card, (words) => saidPage(words, card, said, onStartAgain));
};
