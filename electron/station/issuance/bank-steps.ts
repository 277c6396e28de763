import { z } from 'zod';
import { fileDigest, type FileDigest } from '../../shared/bank-api/index.ts';
import type { CardRecord, KeyAlgorithm } from '../../shared/domain/index.ts';
import { fail, ok, type FaultCode, type Result } from '../../shared/result/index.ts';
import type { Step, StepContext } from '../../shared/workflow/index.ts';
import type { IssueInput } from './issue-input.ts';
import { customerSecrets } from './issue-questions.ts';
import type { IssueTools } from './issue-tools.ts';
import {
  describeCertificate,
  fromBase64,
  issuedCertificate,
  nothing,
  reservedCard,
  type ChosenMedium,
  type IssuedCard,
  type IssuedCertificate,
  type MadeKey,
  type ReservedCard,
} from './issued-card.ts';
import { missingSecret } from './secrets-of-step.ts';
import { checkAccountPin } from './check-account-pin.ts';
import { compensateCard } from './compensate-card.ts';

interface Reservation extends IssueInput {
  readonly pinCheckId: string;
  readonly place: ChosenMedium;
  readonly algorithm: KeyAlgorithm;
}

const delivery = z.object({ receiptNumber: z.string(), deliveredAt: z.string() });
const signedManifest = z.object({ manifest: z.string() });

type BankStep<Input, Output> = Step<Input, Output>;

/** The half of an issuance that happens at the bank. Everything there is taken back at once, by `reserve-card`'s undo. */
export function bankSteps({ bank, isOfAnotherRun, now }: IssueTools) {
  const reserveCard: BankStep<Reservation, ReservedCard> = {
    name: 'reserve-card',
    touches: 'bank',
    record: reservedCard,
    async run(input, context) {
      const { loginPassword } = await context.secret(customerSecrets);
      if (!loginPassword) return missingSecret(context);
      const reserve = () =>
        bank.call(
          'reserveCard',
          {},
          {
            customerId: input.customerId,
            pinCheckId: input.pinCheckId,
            medium: input.place.medium,
            algorithm: input.algorithm,
            loginPassword,
            officerId: input.officerId,
            identityDecision: {
              documentNumber: input.documentNumber,
              differences: input.differences,
              accepted: true,
            },
          },
          { idempotencyKey: context.idempotencyKey },
        );
      let reserved = await reserve();
      if (!reserved.ok && takenByALostOne.includes(reserved.fault.code)) {
        const cleared = await clearLostReservation(input, context);
        if (!cleared.ok) return cleared;
        // A PIN check that the lost one has spent needs the customer again.
        if (cleared.value && reserved.fault.code !== 'pin-check-expired') reserved = await reserve();
      }
      if (!reserved.ok) return reserved;
      const { card, enrolment } = reserved.value;
      return ok({ cardId: card.cardId, enrolment });
    },
    async undo(input, output, context) {
      const lost = output ? ok(undefined) : await lostReservation(input, context.runId);
      if (!lost.ok) return lost;
      const cardId = output?.cardId ?? lost.value?.cardId;
      if (cardId === undefined) return ok();
      return compensateCard(bank, cardId, {
        reason: 'issuance undone',
        // The medium is emptied before this; where that failed, its step still stands.
        mediumWiped: !context.stands('set-card-pin') && !context.stands('write-key'),
        idempotencyKey: `${context.idempotencyKey}/undo`,
      });
    },
    asksAgain: {
      'pin-check-expired': 'customer-secrets',
      'login-password-weak': 'customer-secrets',
      'envelope-unreadable': 'customer-secrets',
      'medium-already-registered': 'choose-medium',
      'card-quarantined': 'choose-medium',
    },
  };

  /**
   * Makes room when the answer to an earlier attempt was lost and the secrets, typed again after a restart,
   * make it another request. Says whether there was anything to clear.
   */
  async function clearLostReservation(
    input: Reservation,
    { runId, idempotencyKey }: StepContext,
  ): Promise<Result<boolean>> {
    const lost = await lostReservation(input, runId);
    if (!lost.ok || !lost.value) return lost.ok ? ok(false) : lost;
    const cleared = await compensateCard(bank, lost.value.cardId, {
      reason: 'answer lost',
      mediumWiped: true,
      idempotencyKey: `${idempotencyKey}/lost`,
    });
    return cleared.ok ? ok(true) : cleared;
  }

  /**
   * A card that the bank reserved for this customer on this medium while the answer was lost on the way:
   * nobody knows its number, so no run can be making it.
   */
  async function lostReservation(
    { customerId, place }: Reservation,
    runId: string,
  ): Promise<Result<CardRecord | undefined>> {
    const found = await bank.call('findCards', { mediumIdentity: place.medium.identity }, {});
    if (!found.ok) return found;
    return ok(
      found.value.cards.find(
        (card) =>
          card.state === 'reserved' && card.customerId === customerId && !isOfAnotherRun(card.cardId, runId),
      ),
    );
  }

  const reportKeyed: BankStep<{ card: ReservedCard; key: MadeKey }, object> = {
    name: 'report-keyed',
    touches: 'bank',
    record: nothing,
    async run({ card: { cardId }, key: { publicKeySha256 } }, { idempotencyKey }) {
      return done(await bank.call('reportKeyed', { cardId }, { publicKeySha256 }, { idempotencyKey }));
    },
    undo: 'nothing',
  };

  const enrol: BankStep<{ card: ReservedCard; key: MadeKey; csr: string }, IssuedCertificate> = {
    name: 'enrol',
    touches: 'bank',
    record: issuedCertificate,
    async run({ card, csr }) {
      const certificate = await bank.enrol(card.enrolment.profile, fromBase64(csr));
      if (!certificate.ok) return certificate;
      try {
        return ok(describeCertificate(certificate.value));
      } catch {
        return fail('bank-bad-answer', { call: 'simpleenroll' });
      }
    },
    undo: 'nothing',
  };

  const signManifest: BankStep<
    IssuedCard & { files: readonly FileDigest[]; clientVersion: string },
    z.infer<typeof signedManifest>
  > = {
    name: 'sign-manifest',
    touches: 'bank',
    record: signedManifest,
    run: ({ card: { cardId }, place, files, clientVersion }, { idempotencyKey }) =>
      bank.call(
        'signManifest',
        { cardId },
        {
          files: z.array(fileDigest).parse(files),
          clientVersion,
          mediumIdentity: place.medium.identity,
        },
        { idempotencyKey },
      ),
    undo: 'nothing',
  };

  const reportWritten: BankStep<
    { card: ReservedCard; contentSha256: string; clientVersion?: string },
    object
  > = {
    name: 'report-written',
    touches: 'bank',
    record: nothing,
    async run({ card: { cardId }, ...content }, { idempotencyKey }) {
      return done(await bank.call('reportWritten', { cardId }, content, { idempotencyKey }));
    },
    undo: 'nothing',
  };

  const register: BankStep<IssuedCard, object> = {
    name: 'register',
    touches: 'bank',
    record: nothing,
    async run({ card: { cardId } }, { idempotencyKey }) {
      return done(await bank.call('registerCard', { cardId }, {}, { idempotencyKey }));
    },
    undo: 'nothing',
  };

  const deliver: BankStep<IssuedCard & { receiptNumber: string }, z.infer<typeof delivery>> = {
    name: 'deliver',
    touches: 'bank',
    record: delivery,
    async run({ card: { cardId }, receiptNumber }, { idempotencyKey }) {
      const delivered = await bank.call('deliverCard', { cardId }, { receiptNumber }, { idempotencyKey });
      return delivered.ok ? ok({ receiptNumber, deliveredAt: now().toISOString() }) : delivered;
    },
    undo: 'nothing',
  };

  const activate: BankStep<IssuedCard, object> = {
    name: 'activate',
    touches: 'bank',
    record: nothing,
    async run({ card: { cardId } }, { idempotencyKey }) {
      return done(await bank.call('activateCard', { cardId }, {}, { idempotencyKey }));
    },
    undo: 'nothing',
  };

  return {
    checkAccountPin: checkAccountPin(bank),
    reserveCard,
    reportKeyed,
    enrol,
    signManifest,
    reportWritten,
    register,
    deliver,
    activate,
  };
}

/** What the bank says when a reservation whose answer was lost stands in the way. */
const takenByALostOne: readonly FaultCode[] = [
  'customer-has-active-card',
  'medium-already-registered',
  'pin-check-expired',
];

const done = <T>(result: Result<T>): Result<object> => (result.ok ? ok({}) : result);
