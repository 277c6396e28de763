import { visitBank } from './bank-visit.ts';
import { openChain } from './chain/open-chain.ts';
import type { ClientProblem } from './client-problem.ts';
import { parseBankChoices } from './credential/bank-choices.ts';
import { loadCard, type Card } from './credential/load-card.ts';
import { chooseBankPage } from './pages/choose-bank-page.ts';
import { problemPage } from './pages/problem-page.ts';
import { openScreen } from './pages/screen.ts';
import { unlockPage, type UnlockNotice, type UnlockPage } from './pages/unlock-page.ts';
import { browserStore } from './unlock/browser-store.ts';
import type { CryptoEngine, SigningKey } from './unlock/crypto-engine.ts';
import { pickEngine } from './unlock/pick-engine.ts';
import { openPinDelay } from './unlock/pin-delay.ts';

/*
 * start page of a card ──choose──▶ the client of that bank
 *
 * PIN page ──right PIN──▶ visit to the bank ──form post──▶ the bank's page
 *    ▲  └──wrong PIN: wait──┘     │  └──a transfer waits──▶ shown, confirmed, outcome
 *    └──────────start again───────┘      damaged, expired, wrong clock: problem page
 */
const store = browserStore();
const screen = openScreen(store);

const start = async (): Promise<void> => {
  const engine = pickEngine(window);
  if (engine === undefined) {
    stopAt({ kind: 'no-crypto' });
    return;
  }
  const block = document.getElementById('cardwright-credential')?.textContent ?? '';
  const banks = parseBankChoices(block);
  if (banks !== undefined) {
    screen.show(undefined, (words) => chooseBankPage(words, banks));
    return;
  }
  const card = await loadCard(block, engine, new Date());
  if (!card.ok) {
    stopAt(card.problem);
    return;
  }
  openLogin(card.value, engine);
};

const stopAt = (problem: ClientProblem): void => {
  screen.show(undefined, (words) => problemPage(words, problem));
};

const openLogin = (card: Card, engine: CryptoEngine): void => {
  const delay = openPinDelay(store, `${card.userInfo.bankId}.${card.userInfo.cardId}`, Date.now);
  let notice: UnlockNotice = { kind: 'ready' };
  let page: UnlockPage | undefined;

  const askForPin = (): void => {
    notice = { kind: 'ready' };
    screen.show(card, (words) => {
      page = unlockPage(words, card, delay.remainingMs, (pin) => {
        login(pin).catch(() => {
          stopAt({ kind: 'no-crypto' });
        });
      });
      page.show(notice);
      return page;
    });
  };

  const say = (next: UnlockNotice): void => {
    notice = next;
    page?.show(next);
  };

  const login = async (pin: string): Promise<void> => {
    if (delay.remainingMs() > 0) return;
    delay.countTry();
    say({ kind: 'checking', share: undefined });
    const key = await engine.unlock(card.key, pin, card.algorithm, (share) => {
      say({ kind: 'checking', share });
    });
    if (key === 'wrong-pin') {
      say({ kind: 'wrong-pin' });
      return;
    }
    delay.clear();
    say({ kind: 'signing' });
    await goToBank(key);
  };

  const goToBank = async (key: SigningKey): Promise<void> => {
    const chain = card.seed && (await openChain(card, card.seed, key, engine, store));
    if (card.seed !== undefined && chain === undefined) {
      stopAt({ kind: 'damaged', part: 'seed' });
      return;
    }
    say({ kind: 'asking' });
    await visitBank({ card, key, chain, screen, onStartAgain: askForPin });
  };

  // Coming back from the bank's page: its assertion is used, so begin with the PIN again.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) askForPin();
  });
  askForPin();
};

start().catch(() => {
  stopAt({ kind: 'no-crypto' });
});
