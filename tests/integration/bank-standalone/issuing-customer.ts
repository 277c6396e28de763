import { createHash, randomUUID, sign } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { TrainingCustomer } from '../../../electron/bank-server/index.ts';
import { challengeMessage, type BankCall } from '../../../electron/shared/bank-api/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import {
  certificateRequest,
  certificatesIn,
  newKey,
  simpleEnrol,
  spkiSha256,
} from '../../harness/issue-card.ts';

/** Something a bank said yes to: it may never be lost, and never be done twice. */
export interface Acknowledged {
  readonly call: BankCall | 'enrol';
  readonly cardId: string;
  readonly idempotencyKey?: string;
  /** What it answered; of an enrolment the SHA-256 of the certificate. */
  readonly answer: unknown;
}

export interface IssuingOptions {
  readonly bankId: string;
  /** Server processes; one that does not answer is followed by the next. */
  readonly clients: readonly BankClient[];
  readonly customer: TrainingCustomer;
  readonly accountPin: string;
  readonly password: string;
  readonly acknowledged: Acknowledged[];
  onRetry(): void;
}

/**
 * Issues cards to one customer, one after the other, as a station does: every request is asked again under the
 * same key until it is answered. Ends with a whole card when `goOn` says so.
 */
export const issueCards = async (options: IssuingOptions, goOn: () => boolean): Promise<void> => {
  const { clients, customer, acknowledged, bankId } = options;
  const { customerId } = customer;
  let turn = Math.floor(Math.random() * clients.length);
  const untilAnswered = async <T>(ask: (client: BankClient) => Promise<T>): Promise<T> => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask(clients[turn % clients.length]!);
      } catch (error) {
        // Only a lost connection, or a bank that says it is busy: both did nothing for certain, or can be asked again.
        if (!(error instanceof Busy) && !(error instanceof Error && 'code' in error)) throw error;
        if (tries > 2_000) throw error;
        options.onRetry();
        turn += 1;
        await wait(25 + Math.random() * 75);
      }
    }
  };
  const must = async (
    name: BankCall,
    cardId: string,
    params: Parameters<BankClient['call']>[1],
    body?: object,
  ): Promise<Record<string, unknown>> => {
    const idempotencyKey = randomUUID();
    const answer = await untilAnswered(async (client) => {
      const each = await client.call(name, params, body, idempotencyKey);
      if (!each.ok && ['bank-busy', 'bank-internal-error'].includes(each.problem.fault.code))
        throw new Busy();
      return each;
    });
    if (!answer.ok) throw new Refused(name, answer.problem.fault.code);
    const value = answer.value as Record<string, unknown>;
    const ofAnswer = (value.card as { cardId?: string } | undefined)?.cardId ?? '';
    const id = cardId === '' ? ofAnswer : cardId;
    if (id !== '') acknowledged.push({ call: name, cardId: id, idempotencyKey, answer: value });
    return value;
  };
  /** What was cut off in the middle is begun again with something fresh, as the station would ask the customer. */
  const again = async <T>(codes: readonly string[], work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Refused) || !codes.includes(error.fault)) throw error;
      }
    }
  };
  const { envelopeKey } = await must('status', '', {});
  const seal = async (purpose: 'account-pin' | 'login-password', secret: string) => {
    const { sealSecret } = await import('../../harness/seal-secret.ts');
    return sealSecret(envelopeKey as never, purpose, customerId, secret);
  };

  while (goOn()) {
    const { pinCheckId } = await again(['envelope-unreadable'], async () =>
      must(
        'checkAccountPin',
        '',
        { customerId },
        {
          account: customer.accounts[0]!.number,
          pin: await seal('account-pin', options.accountPin),
          officerId: 'teller-1',
        },
      ),
    );
    const { card, enrolment } = (await must(
      'reserveCard',
      '',
      {},
      {
        customerId,
        pinCheckId,
        medium: { kind: 'sd-card', identity: `load|${randomUUID()}`, serial: 'L' },
        algorithm: 'p-256',
        loginPassword: await seal('login-password', options.password),
        officerId: 'teller-1',
        identityDecision: { documentNumber: customer.document.number, differences: [], accepted: true },
      },
    )) as { card: { cardId: string }; enrolment: { profile: string; subjectDer: string } };
    const { cardId } = card;
    const key = newKey('p-256');
    await must('reportKeyed', cardId, { cardId }, { publicKeySha256: spkiSha256(key) });
    const request = certificateRequest(key, Buffer.from(enrolment.subjectDer, 'base64'));
    const enrolled = await untilAnswered(async (client) => {
      const answer = await simpleEnrol(client, enrolment.profile, request);
      if (answer.status === 503 || answer.status === 500) throw new Busy();
      if (answer.status !== 200) throw new Refused('enrol', answer.body.toString());
      return answer;
    });
    const certificate = certificatesIn(enrolled)[0]!;
    const sha256 = createHash('sha256').update(certificate).digest('hex');
    acknowledged.push({ call: 'enrol', cardId, answer: sha256 });
    const { userInfo } = await must('signUserInfo', cardId, { cardId });
    const contentSha256 = createHash('sha256').update(String(userInfo)).digest('hex');
    await must('reportWritten', cardId, { cardId }, { contentSha256 });
    await again(['challenge-unknown'], async () => {
      const { challengeId, nonce } = await must('openChallenge', cardId, { cardId });
      const signature = sign('sha256', Buffer.from(challengeMessage(bankId, cardId, String(nonce))), key);
      return must(
        'proveCard',
        cardId,
        { cardId },
        {
          challengeId,
          signature: signature.toString('base64'),
          certificate: certificate.toString('base64'),
        },
      );
    });
    await must('registerCard', cardId, { cardId });
    await must('deliverCard', cardId, { cardId }, { receiptNumber: `R-${cardId}` });
    await must('activateCard', cardId, { cardId });
    await must('revokeCard', cardId, { cardId }, { reason: 'superseded', officerId: 'manager-1' });
  }
};

class Busy extends Error {}

class Refused extends Error {
  readonly fault: string;
  constructor(call: string, fault: string) {
    super(`${call}: ${fault}`);
    this.fault = fault;
  }
}
