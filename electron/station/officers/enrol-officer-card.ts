import { createHash, randomBytes, randomUUID, verify, X509Certificate } from 'node:crypto';
import type { CardAndPin } from '../../shared/contract/index.ts';
import type { Officer, OfficerCard, SignedAct } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import {
  cccObject,
  chuidObject,
  encodeCcc,
  encodeChuid,
  managementCommands,
  type PivSession,
} from '../../../native/applications/piv/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { makeCertificateRequest } from '../bank/certificate-request.ts';
import { mediumOf } from '../issuance/inspect-medium.ts';
import { cardGuid } from '../issuance/sim-steps/card-guid.ts';
import { replaceSecrets } from '../issuance/sim-steps/card-secrets.ts';
import { emptyCard, factoryPin } from '../issuance/sim-steps/empty-card.ts';
import { manageCard } from '../issuance/sim-steps/manage-card.ts';
import type { CardInUse, Readers, Recognised } from '../readers/readers.ts';
import { cardRefusals } from '../readers/recognise-card.ts';
import { ofOfficer, verifyOfficerPin } from './sign-with-card.ts';

export interface EnrolmentTools {
  readonly bank: BankClient;
  readonly readers: Readers;
  bankId(): string | undefined;
}

export interface EnrolmentWish {
  readonly officer: Officer;
  readonly branch: string;
  readonly orderedBy: Pick<Officer, 'officerId' | 'role'>;
  readonly signed?: SignedAct | undefined;
  /** Of the new card; without a PIN the officer types it at the reader, twice and once more. */
  readonly card: CardAndPin;
}

/**
 * A blank card becomes an officer's own: the bank's secrets on it, a key pair made on it, a certificate under the
 * profile `officer`, the officer's PIN. It is active at the bank when it has been read back after a power cycle and
 * its key has signed; until then nobody signs in with it, and the next enrolment begins anew on the same card.
 *
 *   bank's secrets → key → request under the factory's PIN → certificate, pending → officer's PIN → read back → active
 *
 * Faults: why the card cannot be taken (`cardRefusals`), card-key-weak, card-key-not-there, officer-card-in-use,
 * officer-pin-format, those of card and bank.
 */
export async function enrolOfficerCard(
  { bank, readers, bankId }: EnrolmentTools,
  { officer, branch, orderedBy, signed, card }: EnrolmentWish,
): Promise<Result<OfficerCard>> {
  const { reader, pin } = card;
  if (pin !== undefined && (!/^\d{6,8}$/.test(pin) || pin === factoryPin)) return fail('officer-pin-format');
  const ownBankId = bankId();
  if (ownBankId === undefined) return fail('bank-unreachable', {});
  const runId = `officer-card/${randomUUID()}`;
  const held = readers.hold(reader, runId);
  if (!held.ok) return held;
  try {
    const seen = await readers.recognise({ reader, runId });
    if (!seen.ok) return seen;
    if (seen.value.takes !== 'card')
      return fail('card-unsupported', { reason: 'kind', wanted: 'smart-card', found: 'sd-card' });
    const medium = mediumOf(seen.value);
    const place = { reader, identity: medium.identity, runId };
    const free = await makeFree(bank, seen.value);
    if (!free.ok) return free;
    const weak = seen.value.refusesKey('p-256');
    if (weak) return fail(weak.why === 'weak' ? 'card-key-weak' : 'card-key-not-there', { card: weak.name });

    const request = await readers.useCard(place, async (inUse) => {
      const emptied = free.value === 'empty-it' ? await emptyCard(inUse, bank, medium.identity) : ok();
      if (!emptied.ok) return emptied;
      const replaced = await replaceSecrets(inUse, bank, medium.identity);
      return replaced.ok ? makeKey(inUse, bank, medium.identity, officer.officerId) : replaced;
    });
    if (!request.ok) return request;

    const certified = await bank.call(
      'certifyOfficerCard',
      {},
      {
        officer,
        branch,
        medium: { identity: medium.identity, serial: medium.serial },
        request: Buffer.from(request.value).toString('base64'),
        orderedBy,
        ...(signed && { signed }),
      },
      { idempotencyKey: `${runId}/certify`, timeoutMs: 30_000 },
    );
    if (!certified.ok) return certified;
    const { certificateSha256, notAfter } = certified.value.card;
    const der = Buffer.from(certified.value.certificate, 'base64');

    const written = await readers.useCard(place, async (inUse) => {
      const { guid, cccIdentifier } = cardGuid(ownBankId, certificateSha256, medium);
      const { writeCertificate, putObject } = managementCommands;
      const managed = await manageCard(inUse, bank, medium.identity);
      if (!managed.ok) return managed;
      const sent = await managed.value.send(
        putObject(chuidObject, encodeChuid({ guid, expiration: notAfter.slice(0, 10) })),
        putObject(cccObject, encodeCcc(cccIdentifier)),
        writeCertificate('9a', der),
      );
      if (!sent.ok) return sent;
      const selected = await inUse.piv.selectPiv();
      if (!selected.ok) return selected;
      const set = await setOfficerPin(inUse.piv, pin);
      return set.ok ? readBack(inUse, der, pin) : set;
    });
    if (!written.ok) return { ok: false, fault: ofOfficer(written.fault) };

    const activated = await bank.call(
      'activateOfficerCard',
      { certificateSha256 },
      { orderedBy },
      { idempotencyKey: `${runId}/activate` },
    );
    return activated.ok ? ok(activated.value.card) : activated;
  } finally {
    readers.release(runId);
  }
}

/** A blank card is taken as it is; one whose enrolment was not finished, or which the bank has ended, is emptied first. */
async function makeFree(
  bank: BankClient,
  seen: Extract<Recognised, { takes: 'card' }>,
): Promise<Result<'blank' | 'empty-it'>> {
  const { officer } = seen.card;
  if (officer) {
    const { certificateSha256, officerId } = officer;
    const known = await bank.call('readOfficerCard', { certificateSha256 }, {});
    if (!known.ok && known.fault.code !== 'officer-card-unknown') return known;
    return known.ok && known.value.card.state === 'active'
      ? fail('officer-card-in-use', { officerId })
      : ok('empty-it');
  }
  const [refusal] = cardRefusals(seen.card);
  return refusal ? { ok: false, fault: refusal } : ok('blank');
}

/** The key, and its request; the bank writes the subject that it knows. DER. */
async function makeKey(
  inUse: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
  officerId: string,
): Promise<Result<Uint8Array>> {
  const selected = await inUse.piv.selectPiv();
  if (!selected.ok) return selected;
  const managed = await manageCard(inUse, bank, mediumIdentity);
  if (!managed.ok) return managed;
  const made = await managed.value.send(managementCommands.generateKey('9a', 'p-256'));
  if (!made.ok) return made;
  const again = await inUse.piv.selectPiv();
  if (!again.ok) return again;
  const verified = await inUse.piv.verifyPin(factoryPin);
  if (!verified.ok) return verified;
  return makeCertificateRequest({
    order: { profile: 'officer', algorithm: 'p-256', subject: `serialNumber=${officerId}` },
    publicKey: made.value[0],
    sign: (bytes) => inUse.piv.sign('9a', 'p-256', createHash('sha256').update(bytes).digest()),
  });
}

const setOfficerPin = async (piv: PivSession, pin: string | undefined): Promise<Result<void>> => {
  if (pin !== undefined) return piv.changePin(factoryPin, pin);
  return piv.atPad?.setPin ? piv.atPad.setPin(factoryPin) : fail('officer-pin-format');
};

/** After a power cycle: the certificate is there, and the key that it names signs under the officer's PIN. */
async function readBack(card: CardInUse, der: Buffer, pin: string | undefined): Promise<Result<void>> {
  const cycled = await card.powerCycle();
  if (!cycled.ok) return cycled;
  const piv = cycled.value;
  const there = await piv.readCertificate('9a');
  if (!there.ok) return there;
  if (there.value === undefined || !der.equals(there.value))
    return fail('card-read-back-differs', { what: 'certificate' });
  const verified = await verifyOfficerPin(piv, pin);
  if (!verified.ok) return verified;
  const nonce = randomBytes(32);
  const signature = await piv.sign('9a', 'p-256', createHash('sha256').update(nonce).digest());
  if (!signature.ok) return signature;
  return verify('sha256', nonce, new X509Certificate(der).publicKey, signature.value)
    ? ok()
    : fail('card-key-mismatch', { what: 'signature' });
}
