import { randomBytes, verify } from 'node:crypto';
import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import { recordKeyEvent } from '../audit/key-record.ts';
import type { Bank } from '../bank.ts';
import type { IssuingAlgorithm } from '../ca/issuing-key-store.ts';
import { signatureWith, type Signer } from '../ca/signer.ts';
import { spkiOf } from '../ca/subject-public-key.ts';
import { keyIdOf } from './issuing-keys.ts';

/*
 * How a new issuing key takes over, in two steps with as much time between them as the bank wants:
 *
 *   announce   the key is made, certified by itself, by the key before it and that one by it; cacerts gives all
 *              of them, stations and customers' programs come to trust it, TLS accepts what it will sign
 *   switch     from now on it signs; the one before it signs its list, and answers for its certificates, until
 *              the last of them has ended
 */

export interface RollOver {
  readonly keyId: string;
  /** Its label in the HSM, or its file. */
  readonly name: string;
  /** Id of the key it takes over from. */
  readonly before: string;
}

/** Where the next key comes from: made now, or by the HSM's own ceremony before. */
export type NextKey = { readonly make: IssuingAlgorithm } | { readonly adopt: string };

/** Faults: bank-key-conflict when a key is announced already or the bank has this one, those of the key's place. */
export const announceIssuingKey = async (
  bank: Bank,
  next: NextKey,
  officerId: string,
): Promise<Result<RollOver>> => {
  const { authority, store, clock } = bank;
  const profile = authority.profiles.get('ca');
  if (profile === undefined) return fail('bank-setup-invalid', { file: 'certificate-profiles/ca.json' });
  await authority.issuingKeys.refresh(store.db, 'now');
  const before = authority.issuingKeys.current();
  return store.transaction(async (tx) => {
    const rows = await tx.selectFrom('issuing_keys').select(['key_id', 'state']).execute();
    if (rows.some(({ state }) => state === 'announced')) return conflict('announced-already');
    if (!rows.some(({ key_id, state }) => key_id === before.keyId && state === 'current'))
      return conflict('current-key-missing');
    const name = 'adopt' in next ? next.adopt : authority.keyName(rows.length);
    const signer = 'adopt' in next ? authority.adoptKey(name) : authority.makeKey(name, next.make);
    if (!signer.ok) return signer;
    const by = { signer: signer.value, keyId: keyIdOf(signer.value) };
    if (rows.some(({ key_id }) => key_id === by.keyId)) return conflict('known-already');
    if (!(await isWhole(by.signer))) return fail('bank-key-unfit', { label: name, attributes: 'CKA_ID' });
    const common = { profile, subject: authority.name };
    const spki = spkiOf(signer.value.publicKey);
    const own = await authority.issue(tx, { ...common, spki, by });
    // RFC 4210, 4.4: a link is good for as long as the older of the two.
    const until = before.ends;
    const link = await authority.issue(tx, { ...common, spki, by: before, until });
    const old = spkiOf(before.signer.publicKey);
    const back = await authority.issue(tx, { ...common, spki: old, by, until });
    await tx
      .insertInto('issuing_keys')
      .values({
        key_id: by.keyId,
        name,
        state: 'announced',
        certificate: own.der,
        link: link.der,
        back_link: back.der,
        made_at: clock().toISOString(),
        made_by: officerId,
        current_since: null,
        switched_by: null,
        serves_until: null,
      })
      .execute();
    await recordKeyEvent(bank, tx, {
      subject: 'issuing-key',
      key: by.keyId,
      kind: 'adopt' in next ? 'adopted' : 'announced',
      name,
      officers: [officerId],
      before: before.keyId,
    });
    return ok({ keyId: by.keyId, name, before: before.keyId });
  });
};

/** Fault: bank-key-conflict when none is announced. */
export const switchIssuingKey = (bank: Bank, officerId: string): Promise<Result<RollOver>> =>
  bank.store.transaction(async (tx) => {
    const rows = await tx.selectFrom('issuing_keys').selectAll().execute();
    const next = rows.find(({ state }) => state === 'announced');
    const before = rows.find(({ state }) => state === 'current');
    if (next === undefined || before === undefined) return conflict('none-announced');
    const now = bank.clock();
    const last = new Date(now.getTime() + (longestValidity(bank) + 1) * 86_400_000);
    await tx
      .updateTable('issuing_keys')
      .set({ state: 'retired', serves_until: last.toISOString() })
      .where('key_id', '=', before.key_id)
      .execute();
    await tx
      .updateTable('issuing_keys')
      .set({ state: 'current', current_since: now.toISOString(), switched_by: officerId })
      .where('key_id', '=', next.key_id)
      .execute();
    await recordKeyEvent(bank, tx, {
      subject: 'issuing-key',
      key: next.key_id,
      kind: 'switched',
      name: next.name,
      officers: [officerId],
      before: before.key_id,
    });
    return ok({ keyId: next.key_id, name: next.name, before: before.key_id });
  });

/** In days, of what an issuing key certifies; a day more is for processes that hear of a switch late. */
const longestValidity = ({ authority }: Bank): number =>
  Math.max(
    ...[...authority.profiles.values()]
      .filter(({ certificateAuthority }) => !certificateAuthority)
      .map(({ validityDays }) => validityDays),
  );

/** Does the private key belong to the public one beside it? */
const isWhole = async ({ sign, publicKey }: Signer): Promise<boolean> => {
  const challenge = randomBytes(32);
  try {
    return verify(signatureWith(publicKey).hash, challenge, publicKey, await sign(challenge));
  } catch {
    return false;
  }
};

const conflict = (reason: string): Failed => fail('bank-key-conflict', { reason });
