import { hash, verify, X509Certificate } from 'node:crypto';
import {
  officerActText,
  parseOfficerAct,
  type OfficerAct,
  type OfficerRole,
  type SignedAct,
} from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { findCertificate, isValidNow } from '../authority/certificates.ts';
import type { Bank } from '../bank.ts';
import type { Caller } from '../http/api-call.ts';
import type { Database } from '../store/store.ts';
import { managersHaveCards } from './reopen-set-up.ts';

/** What the bank is asked to do, in its own words, and who says so. */
export interface ClaimedAct extends Pick<OfficerAct, 'act' | 'about'> {
  readonly officer: { readonly officerId: string; readonly role: OfficerRole };
  readonly signed?: SignedAct | undefined;
}

/** Station and bank agree on the time up to this; a signature is good for as long. */
const LONGEST_MS = 10 * 60_000;

/**
 * An act is an officer's own when the officer's card has signed exactly it: the text is made anew here from what the
 * bank was asked, so a station cannot have another one signed. Without a signature the station's word counts only
 * where its managers never had cards, and in training.
 * Faults: officer-signature-needed, officer-signature-refused {reason}.
 */
export const checkSignedAct = async (
  bank: Bank,
  db: Database,
  caller: Caller,
  { act, about, officer, signed }: ClaimedAct,
): Promise<Result<void>> => {
  if (signed === undefined)
    return !bank.training && (await managersHaveCards(db, caller.station.stationId))
      ? fail('officer-signature-needed', { act })
      : ok();
  const refused = (reason: string) => fail('officer-signature-refused', { reason });
  const said = parseOfficerAct(signed.text);
  if (said === undefined) return refused('text');
  const wanted: OfficerAct = {
    act,
    bankId: bank.identity.bankId,
    stationId: caller.station.stationId,
    officerId: officer.officerId,
    at: said.at,
    about,
  };
  if (officerActText(wanted) !== signed.text) return refused('text');
  if (!(Math.abs(caller.now.getTime() - Date.parse(said.at)) <= LONGEST_MS)) return refused('time');

  const der = Buffer.from(signed.certificate, 'base64');
  const certificate = await findCertificate(db, der);
  if (certificate?.profile !== 'officer') return refused('certificate');
  if (!isValidNow(certificate, caller.now)) return refused('certificate-over');
  const card = await db
    .selectFrom('officer_cards')
    .selectAll()
    .where('certificate_sha256', '=', hash('sha256', der))
    .executeTakeFirst();
  if (card?.state !== 'active') return refused('card');
  if (card.officer_id !== officer.officerId || card.role !== officer.role) return refused('officer');
  return isSignedBy(der, signed) ? ok() : refused('signature');
};

const isSignedBy = (der: Buffer, { text, signature }: SignedAct): boolean => {
  try {
    const { publicKey } = new X509Certificate(der);
    return verify('sha256', Buffer.from(text, 'utf8'), publicKey, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
};
