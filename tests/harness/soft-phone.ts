import { createPublicKey, diffieHellman, sign, webcrypto } from 'node:crypto';
import {
  askPath,
  askReply,
  confirmPath,
  orderOutcome,
  problem,
  type AskReply,
  type OrderOutcome,
  type TransferOrder,
} from '../../electron/shared/bank-api/index.ts';
import type { ChainAnswer, ChainChallenge } from '../../electron/shared/codec/otp-chain/index.ts';
import { transferText } from '../../electron/shared/domain/index.ts';
import { openChain, type Chain } from '../../resources/phone-client/chain/open-chain.ts';
import type { Card } from '../../resources/phone-client/credential/load-card.ts';
import type { SigningKey } from '../../resources/phone-client/unlock/crypto-engine.ts';
import { webCryptoEngine } from '../../resources/phone-client/unlock/web-crypto-engine.ts';
import type { IssuedCard } from './issue-card.ts';
import { portalClient, signAssertion, type PortalAnswer, type PortalClient } from './portal-client.ts';
import type { TestBank } from './start-bank.ts';

/** A phone without a screen: the client's own chain, its storage in memory, a browser beside it. */
export interface SoftPhone {
  readonly browser: PortalClient;
  /** What the phone keeps; copied, it makes a second phone. */
  readonly storage: Map<string, string>;
  ask(about?: string): Promise<AskReply>;
  /** The one-time password for a challenge; undefined where the client would stop. */
  answer(challenge: ChainChallenge): Promise<ChainAnswer | undefined>;
  /** What the client reports when its chain was continued elsewhere. */
  alarm(challenge: ChainChallenge): Promise<ChainAnswer | undefined>;
  /** Asks, answers and posts the login; the page that comes. */
  openLogin(): Promise<PortalAnswer>;
  signIn(password: string): Promise<void>;
  /** Fills in the transfer form; where it leads to, or the page with the problem. */
  order(form: TransferInput): Promise<PortalAnswer>;
  confirm(order: TransferOrder, changes?: ConfirmChanges): Promise<OrderOutcome | string>;
  close(): void;
}

export interface TransferInput {
  readonly payee: string;
  readonly payeeName: string;
  readonly amount: string;
  readonly payer?: string;
  readonly memo?: string;
}

export interface ConfirmChanges {
  readonly challenge?: ChainChallenge | undefined;
  readonly otp?: ChainAnswer | undefined;
  readonly decision?: 'confirm' | 'refuse';
  readonly text?: string;
  /** Sent as it is. */
  readonly message?: string;
}

export const softPhone = async (
  bank: TestBank,
  card: IssuedCard,
  storage = new Map<string, string>(),
  at = bank.server.portalOrigin,
): Promise<SoftPhone> => {
  const browser = portalClient(bank, 'en', at);
  const chain = await chainOf(bank, card, storage);
  const say = (payload: Readonly<Record<string, unknown>>) =>
    JSON.stringify(signAssertion(bank, card, { payload }));
  const post = (path: string, message: string) => browser.raw(path, message);

  const phone: SoftPhone = {
    browser,
    storage,
    async ask(about) {
      const answer = await post(askPath, say({ type: 'cardwright-ask', ...(about && { about }) }));
      if (answer.status !== 200) throw new Error(problem.parse(JSON.parse(answer.text)).fault.code);
      return askReply.parse(JSON.parse(answer.text));
    },
    async answer(challenge) {
      const answered = await chain?.answer(challenge);
      return answered?.kind === 'answer' ? answered.answer : undefined;
    },
    async alarm(challenge) {
      const answered = await chain?.answer(challenge);
      return answered?.kind === 'other-phone' ? answered.alarm : undefined;
    },
    async openLogin() {
      const { challenge } = await phone.ask();
      const otp = challenge && (await phone.answer(challenge));
      return browser.login(signAssertion(bank, card, { payload: { ...(otp && { otp }) } }));
    },
    async signIn(password) {
      await phone.openLogin();
      const entered = await browser.password(password);
      if (entered.headers.location !== '/menu')
        throw new Error(/<h1>([^<]+)/.exec(entered.text)?.[1] ?? entered.text.slice(0, 200));
    },
    async order(form) {
      const page = await browser.get('/transfer');
      const orderId = /name="orderId"\s+value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const csrf = /name="csrf"\s+value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      const fields = { payer: '1', memo: '', ...form, orderId, csrf };
      return browser.post('/transfer', fields, { Origin: bank.server.portalOrigin });
    },
    async confirm(order, { challenge, otp, decision = 'confirm', text, message } = {}) {
      const given = otp ?? (challenge && (await phone.answer(challenge)));
      const answer = await post(
        confirmPath,
        message ??
          say({
            type: 'cardwright-confirmation',
            orderId: order.orderId,
            decision,
            text: text ?? transferText(order),
            ...(given && { otp: given }),
          }),
      );
      const body: unknown = JSON.parse(answer.text);
      return answer.status === 200 ? orderOutcome.parse(body) : problem.parse(body).fault.code;
    },
    close: () => browser.close(),
  };
  return phone;
};

const chainOf = async (
  bank: TestBank,
  card: IssuedCard,
  storage: Map<string, string>,
): Promise<Chain | undefined> => {
  if (card.seed === undefined) return undefined;
  const key: SigningKey = {
    sign: async (message) => sign('sha256', message, { key: card.privateKey, dsaEncoding: 'ieee-p1363' }),
    agree: async (point) => {
      // SubjectPublicKeyInfo of P-256 before its point
      const head = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
      const publicKey = createPublicKey({ key: Buffer.concat([head, point]), format: 'der', type: 'spki' });
      return new Uint8Array(diffieHellman({ privateKey: card.privateKey, publicKey }));
    },
    forget: () => undefined,
  };
  // What the chain reads of a card; the rest of it is for screens.
  const read = {
    credential: { certificate: card.certificate.toString('base64') },
    userInfo: { bankId: bank.server.bankId, cardId: card.cardId },
  } as Card;
  const engine = webCryptoEngine(webcrypto.subtle as SubtleCrypto);
  const store = {
    get: (name: string) => storage.get(name),
    set: (name: string, value: string) => void storage.set(name, value),
  };
  const chain = await openChain(read, new Uint8Array(card.seed), key, engine, store);
  if (chain === undefined) throw new Error('the seed is not for this card');
  return chain;
};
