import { createHash, randomBytes } from 'node:crypto';
import {
  askPath,
  askReply,
  confirmPath,
  orderOutcome,
  problem,
  type AskReply,
  type LoginAssertion,
  type OrderOutcome,
  type TransferOrder,
} from '../../shared/bank-api/index.ts';
import { findTlv, parseTlvs, toBase64, toBase64Url, utf8 } from '../../shared/codec/index.ts';
import type { ChainChallenge } from '../../shared/codec/otp-chain/index.ts';
import { transferText, type KeyAlgorithm } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { piv, type PivSession } from '../../../native/applications/piv/index.ts';
import type { ApduPipe } from '../../../native/pipe/index.ts';
import type { Transport } from '../online-bank.ts';
import { openCardChain } from './card-chain.ts';

/** The card for as long as the work takes, any of its applications. */
export type UsePipe = <T>(work: (pipe: ApduPipe) => Promise<Result<T>>) => Promise<Result<T>>;

export interface PortalCard {
  readonly bankId: string;
  /** Origin of the bank's portal: who a message is for. */
  readonly portalOrigin: string;
  readonly cardId: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** CMS, as it lies on the card. */
  readonly userInfo: Uint8Array;
  readonly algorithm: Exclude<KeyAlgorithm, 'p-384'>;
  readonly clientVersion: string;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/**
 * A card in the customer's own terminal, speaking with the bank's portal as the phone client does (S1): what is
 * waiting, a login with its one-time password, a transfer with a second one. The browser posts the login and shows
 * the pages; here the card says who asks. Faults: those of the card, of the transport, and the bank's.
 */
export const portalCard = (card: PortalCard, transport: Transport, useCard: UsePipe) => {
  const say = (
    cardPin: string,
    payload: Readonly<Record<string, unknown>>,
    challenge?: ChainChallenge,
  ): Promise<Result<LoginAssertion>> =>
    useCard(async (pipe) => {
      const otp = challenge === undefined ? ok(undefined) : await answered(pipe, card.cardId, challenge);
      if (!otp.ok) return otp;
      const session = await piv.open(pipe);
      if (!session.ok) return session;
      return signMessage(session.value, card, cardPin, { ...payload, ...(otp.value && { otp: otp.value }) });
    });

  const send = async <T>(
    path: string,
    message: LoginAssertion,
    parse: (body: unknown) => T | undefined,
  ): Promise<Result<T>> => {
    const answer = await transport.send('POST', path, JSON.stringify(message));
    if (!answer.ok) return answer;
    const body = fromJson(answer.value.body);
    if (answer.value.status !== 200) {
      const refused = problem.safeParse(body).data;
      return refused ? { ok: false, fault: refused.fault } : fail('bank-bad-answer', { call: path });
    }
    const reply = parse(body);
    return reply === undefined ? fail('bank-bad-answer', { call: path }) : ok(reply);
  };

  return {
    /** S1, 1 to 3: what waits for this card, and a challenge where it has a chain. */
    async ask(cardPin: string): Promise<Result<AskReply>> {
      const message = await say(cardPin, { type: 'cardwright-ask' });
      return message.ok ? send(askPath, message.value, (body) => askReply.safeParse(body).data) : message;
    },
    /** S1, 4: the login for the browser to post; with the one-time password for the challenge of `ask`. */
    logIn: (cardPin: string, challenge: ChainChallenge | undefined): Promise<Result<LoginAssertion>> =>
      say(cardPin, { type: 'cardwright-login' }, challenge),
    /** S1, claim 6: the customer's decision over exactly what was shown, with a second one-time password. */
    async confirm(
      cardPin: string,
      order: TransferOrder,
      challenge: ChainChallenge | undefined,
    ): Promise<Result<OrderOutcome>> {
      const message = await say(
        cardPin,
        {
          type: 'cardwright-confirmation',
          orderId: order.orderId,
          decision: 'confirm',
          text: transferText(order),
        },
        challenge,
      );
      return message.ok
        ? send(confirmPath, message.value, (body) => orderOutcome.safeParse(body).data)
        : message;
    },
  };
};

const answered = async (pipe: ApduPipe, cardId: string, challenge: ChainChallenge) => {
  const chain = await openCardChain(pipe, cardId);
  if (!chain.ok) return chain;
  return chain.value ? chain.value.answer(challenge) : fail('card-object-missing', { what: 'otp-chain' });
};

const signMessage = async (
  session: PivSession,
  card: PortalCard,
  cardPin: string,
  content: Readonly<Record<string, unknown>>,
): Promise<Result<LoginAssertion>> => {
  const verified = await session.verifyPin(cardPin);
  if (!verified.ok) return verified;
  const issuedAt = card.now();
  const payload = JSON.stringify({
    version: 1,
    audience: card.portalOrigin,
    bankId: card.bankId,
    cardId: card.cardId,
    nonce: randomBytes(32).toString('base64url'),
    issuedAt,
    expiresAt: issuedAt + validSeconds,
    clientVersion: card.clientVersion,
    certificateSha256: createHash('sha256').update(card.certificate).digest('hex'),
    ...content,
  });
  const digest = createHash('sha256').update(utf8(payload)).digest();
  const signature = await session.sign('9a', card.algorithm, digest);
  if (!signature.ok) return signature;
  return ok({
    payload,
    signature: toBase64Url(card.algorithm === 'p-256' ? plainSignature(signature.value) : signature.value),
    certificate: toBase64(card.certificate),
    userInfo: toBase64(card.userInfo),
  });
};

const validSeconds = 180;

/** ECDSA on P-256 from DER { r, s } to r | s (IEEE P1363), which the portal takes. */
const plainSignature = (der: Uint8Array): Uint8Array => {
  const sequence = parseTlvs(der);
  const numbers = sequence.ok ? parseTlvs(findTlv(sequence.value, 0x30) ?? new Uint8Array(0)) : sequence;
  const plain = new Uint8Array(64);
  if (!numbers.ok) return plain;
  numbers.value.slice(0, 2).forEach(({ value }, at) => {
    const number = value.length > 32 ? value.subarray(value.length - 32) : value;
    plain.set(number, at * 32 + 32 - number.length);
  });
  return plain;
};

const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
