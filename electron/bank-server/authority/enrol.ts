import { sql } from 'kysely';
import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { CertificateProfile } from '../ca/certificate-profile.ts';
import { asWanted, partOf, type SubjectName } from '../ca/subject-name.ts';
import { actorOf, type Caller } from '../http/api-call.ts';
import { newestCertificate } from '../registry/card-record.ts';
import { certifyCards, type Step } from '../registry/moves.ts';
import { insertOrFail, runTogether, statement } from '../store/statement.ts';
import type { BankTransaction } from '../store/store.ts';
import type { BankTables, CardRow } from '../store/tables.ts';
import type { Prepared } from './authority.ts';
import type { CertificateRequest, RequestOnTrial } from './certificate-request.ts';
import { inBatches } from './in-batches.ts';

/** Why a request gets no certificate; `reason` in the data of 'csr-refused'. */
export type EnrolmentRefusal =
  | 'malformed'
  | 'profile'
  | 'proof-of-possession'
  /** What the maker of the card has made can be computed by anybody. */
  | 'weak-key'
  | 'algorithm'
  | 'card-unknown'
  | 'subject'
  | 'card-state'
  | 'key-differs'
  | 'key-in-use'
  | 'not-approved'
  /** The request belongs to another connection, or to none where the profile wants it to. */
  | 'channel-binding'
  /** A key made by the bank is nobody's own. */
  | 'policy';

/** Certifies a card's key; the certificate, DER. */
export type Enrol = (caller: Caller, profileName: string, request: RequestOnTrial) => Promise<Result<Buffer>>;

/**
 * Certifies cards' keys. Every check stands before the CA key is touched; a certificate says what the bank
 * ordered, never what the request says. The same key for the same card gets the same certificate again, so an
 * answer that was lost on the way can be fetched. Requests that come at the same time share a transaction.
 */
export const openEnrolment = (bank: Bank): Enrol => {
  const certifyTogether = inBatches<Enrolment, Buffer>({
    work: (enrolments, committing) => inOneTransaction(bank, enrolments, committing),
    clash: (one, other) =>
      one.cardId === other.cardId || one.request.publicKeySha256 === other.request.publicKeySha256,
    most: 16,
  });
  return async (caller, profileName, { request, flaw }) => {
    const refused = (reason: EnrolmentRefusal) => refuse(flaw() ?? reason);
    const profile = bank.authority.profiles.get(profileName);
    if (!profile?.enrollable) return refused('profile');
    const wrong = keyFlaw(request, profile);
    if (wrong !== undefined) return refused(wrong);
    const cardId = partOf(request.subject, 'serialNumber');
    if (cardId === undefined) return refused('subject');
    return certifyTogether({ caller, profile, cardId, request, flaw });
  };
};

interface Enrolment {
  readonly caller: Caller;
  readonly profile: CertificateProfile;
  readonly cardId: string;
  readonly request: CertificateRequest;
  readonly flaw: RequestOnTrial['flaw'];
}

/** Without answers where not all of them can be certified together. */
const inOneTransaction = async (
  bank: Bank,
  enrolments: readonly Enrolment[],
  committing: () => void,
): Promise<readonly Result<Buffer>[]> => {
  const [only] = enrolments;
  // One alone: while its signature is checked, nobody waits for its transaction.
  const flaw = enrolments.length === 1 ? only?.flaw() : undefined;
  if (flaw !== undefined) return [refuse(flaw)];
  // The card's row says whether it has a certificate, and is written; a key has one row for ever.
  const done = await bank.store.transaction(async (tx) => {
    const answers =
      only !== undefined && enrolments.length === 1
        ? await certifyOne(bank, tx, only)
        : await certifyAll(bank, tx, enrolments);
    committing();
    return answers;
  }, 'snapshot');
  if (done.ok) return done.value;
  return enrolments.length === 1 ? [done] : [];
};

/** What is refused has written nothing. */
const certifyOne = async (
  bank: Bank,
  tx: BankTransaction,
  enrolment: Enrolment,
): Promise<Result<readonly Result<Buffer>[]>> => {
  const { rows: cards } = await selectCards(tx, [wantedBy(enrolment)]);
  const checked = await check(tx, enrolment, cards[0]);
  if (!checked.ok) return checked;
  if (!('card' in checked.value)) return ok([ok(checked.value)]);
  const accepted = { ...enrolment, ...checked.value };
  const prepared = await bank.authority.prepare(tx, [orderOf(accepted, accepted.subject)]);
  await runTogether(tx, [insertKeys.with(tx, [keyRowOf(accepted)])], prepared.reserve);
  return signAll(tx, prepared, [accepted]);
};

/**
 * As if all of them were right, which they nearly always are: key and serial number of each are taken with the first
 * look at its card. Where one of them is wrong everything is undone, and each is looked at alone.
 */
const certifyAll = async (
  bank: Bank,
  tx: BankTransaction,
  enrolments: readonly Enrolment[],
): Promise<Result<readonly Result<Buffer>[]>> => {
  const prepared = await bank.authority.prepare(
    tx,
    enrolments.map((each) => orderOf(each, each.request.subject)),
  );
  const cards = await runTogether(
    tx,
    [insertKeys.with(tx, enrolments.map(keyRowOf)), prepared.reserve],
    selectCards.with(tx, enrolments.map(wantedBy)),
  );
  // From the last one on: the other core comes from the first.
  if (enrolments.findLast(({ flaw }) => flaw() !== undefined)) return refuse('proof-of-possession'); // as below
  const accepted: Accepted[] = [];
  for (const enrolment of enrolments) {
    const checked = await check(
      tx,
      enrolment,
      cards.find((each) => each.card_id === enrolment.cardId),
    );
    // The certificate is prepared with the name as the request has it; the bank's may be written in another order.
    if (!checked.ok || !('card' in checked.value) || checked.value.subject !== enrolment.request.subject)
      return refuse('card-state'); // nobody is told: each is answered for itself
    accepted.push({ ...enrolment, ...checked.value });
  }
  return signAll(tx, prepared, accepted);
};

const signAll = async (
  tx: BankTransaction,
  prepared: Prepared,
  accepted: readonly Accepted[],
): Promise<Result<readonly Result<Buffer>[]>> => {
  const { certificates, record } = await prepared.sign();
  const moved = await certifyCards(
    tx,
    accepted.map(({ card, request: { publicKeySha256 }, caller }) => ({
      card,
      publicKeySha256,
      actor: actorOf(caller, card.officer_id),
      steps: certificateSteps,
    })),
    [record],
  );
  return moved.ok ? ok(certificates.map(({ der }) => ok(Buffer.from(der, 'base64')))) : moved;
};

const wantedBy = ({ cardId, request: { publicKeySha256 } }: Enrolment) => ({ cardId, publicKeySha256 });

const keyRowOf = ({ cardId, request: { publicKeySha256 }, caller }: Enrolment) => ({
  public_key_sha256: publicKeySha256,
  card_id: cardId,
  since: caller.now.toISOString(),
});

const orderOf = (
  { profile, cardId, request: { spki, publicKeySha256 } }: Enrolment,
  subject: SubjectName,
) => ({
  profile,
  subject,
  spki,
  publicKeySha256,
  cardId,
});

/** Found good: what the card's certificate will say. */
interface Checked {
  readonly card: CardWithKey;
  readonly subject: SubjectName;
}
interface Accepted extends Enrolment, Checked {}

const check = async (
  tx: BankTransaction,
  { cardId, profile, request }: Enrolment,
  card: CardWithKey | undefined,
): Promise<Result<Checked | Buffer>> => {
  if (card === undefined) return refuse('card-unknown');
  const refused = (reason: EnrolmentRefusal) => refuse(reason, { cardId, state: card.state });

  const subject = asWanted(request.subject, card.subject);
  if (subject === undefined) return refused('subject');
  if (card.profile !== profile.name) return refused('profile');
  if (card.state !== 'reserved' && card.state !== 'keyed') {
    const certificate = await newestCertificate(tx, cardId);
    return certificate?.state === 'issued' && certificate.public_key_sha256 === request.publicKeySha256
      ? ok(Buffer.from(certificate.der, 'base64'))
      : refused('card-state');
  }
  if (card.state === 'keyed' && card.public_key_sha256 !== request.publicKeySha256)
    return refused('key-differs');
  // A key belongs to one card, for ever: the same key on a second card is a copy or a broken generator.
  return card.key_owner === null || card.key_owner === cardId
    ? ok({ card, subject })
    : refuse('key-in-use', { cardId });
};

const certificateSteps: readonly Step[] = [
  { machine: 'certificate', from: null, to: 'requested', why: 'enrolment' },
  { machine: 'certificate', from: 'requested', to: 'issued', why: 'enrolment' },
];

interface CardWithKey extends Pick<CardRow, (typeof cardColumns)[number]> {
  /** The card that has the key of the request already. */
  readonly key_owner: string | null;
}

/** What is decided on. */
const cardColumns = [
  'card_id',
  'state',
  'version',
  'profile',
  'subject',
  'public_key_sha256',
  'officer_id',
] as const;

const selectCards = statement<{ readonly cardId: string; readonly publicKeySha256: string }, CardWithKey>(
  (_db, wanted) => {
    const values = wanted.map(({ cardId, publicKeySha256 }) => sql`(${cardId}, ${publicKeySha256})`);
    const columns = cardColumns.map((each) => sql.ref(`cards.${each}`));
    return sql<CardWithKey>`
      with wanted (wanted_card, wanted_key) as (values ${sql.join(values)})
      select ${sql.join(columns)}, card_keys.card_id as key_owner from wanted
      join cards on cards.card_id = wanted_card
      left join card_keys on card_keys.public_key_sha256 = wanted_key`;
  },
);

/** One that another took since it was looked for is seen by the transaction's isolation, which runs it again. */
const insertKeys = statement<BankTables['card_keys']>((db, keys) =>
  insertOrFail(db, 'card_keys')
    .values(keys.map(({ public_key_sha256, card_id, since }) => ({ public_key_sha256, card_id, since })))
    .onConflict((conflict) => conflict.doNothing()),
);

export const keyFlaw = (
  request: CertificateRequest,
  profile: CertificateProfile,
): EnrolmentRefusal | undefined => {
  const allowed =
    request.keyAlgorithm === profile.algorithm &&
    profile.requestSignatures.includes(request.signatureAlgorithm);
  return allowed ? undefined : 'algorithm';
};

const refuse = (reason: EnrolmentRefusal, data: Readonly<Record<string, string>> = {}): Failed =>
  fail('csr-refused', { reason, ...data });
