import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { after, type Bank } from '../bank.ts';
import type { Caller } from '../http/api-call.ts';
import type { KeyState } from '../store/tables.ts';
import { blockBytesOf, blockCipher } from './block-cipher.ts';
import { hasKeyFromBefore, noteKey, originOf, usableCard } from './card-keys.ts';
import type { SecretVersion } from './card-secrets.ts';
import { originText, parseOrigin, type SecretSource } from './origin.ts';
import { quarantine } from './quarantine.ts';

type Begin = BankApi['beginManagementAuthentication'];
type Finish = BankApi['finishManagementAuthentication'];

const VALID_SECONDS = 120;

/*
 * Mutual authentication with the card-management key, SP 800-73-4 part 2, 3.2.4. The station only carries:
 *
 *   card ── encrypted witness ──▶ bank: witness = DEC(k, …), challenge = random
 *   card ◀── witness, challenge ── bank
 *   card ── response ──▶ bank: response = ENC(k, challenge)?
 */

export const beginManagementAuthentication = async (
  bank: Bank,
  caller: Caller,
  body: RouteBody<Begin>,
): Promise<Result<RouteReply<Begin>>> => {
  const { mediumIdentity, algorithm } = body;
  const encryptedWitness = Buffer.from(body.encryptedWitness, 'base64');
  if (encryptedWitness.length !== blockBytesOf(algorithm))
    return fail('request-malformed', { field: 'encryptedWitness' });
  const card = await usableCard(bank.store.db, mediumIdentity);
  if (!card.ok) return card;
  const version = versionToTry(card.value.management_key, body);
  if (!version.ok) return version;
  const own = await originOf(bank.cardSecrets, card.value, 'management_key');
  if (!own.ok) return own;
  const source: SecretSource = version.value === 'factory' ? 'factory' : own.value;
  const key = await bank.cardSecrets.managementKey(source, algorithm);
  if (!key.ok) return key;
  const cipher = blockCipher(algorithm, key.value);
  key.value.fill(0);
  const challenge = randomBytes(blockBytesOf(algorithm));
  const authenticationId = randomUUID();
  await bank.store.db
    .insertInto('management_authentications')
    .values({
      authentication_id: authenticationId,
      station_id: caller.station.stationId,
      medium_identity: mediumIdentity,
      key_version: version.value,
      origin: originText(source),
      expected_sha256: sha256(cipher.encrypt(challenge)).toString('hex'),
      expires_at: after(caller.now, VALID_SECONDS),
      used_at: null,
    })
    .execute();
  return ok({
    authenticationId,
    witness: Buffer.from(cipher.decrypt(encryptedWitness)).toString('base64'),
    challenge: challenge.toString('base64'),
  });
};

/**
 * What the card says of its key (GET METADATA) counts more than the bank's book, which may lack a change whose
 * answer was lost or a reset elsewhere. A key that is neither the factory's nor ours is not tried at all.
 */
const versionToTry = (
  state: KeyState,
  { keyVersion, isDefault }: RouteBody<Begin>,
): Result<SecretVersion> => {
  if (keyVersion !== 'current') return ok(keyVersion);
  if (isDefault === true) return ok('factory');
  if (isDefault === false && state === 'factory')
    return fail('card-management-key-refused', { stage: 'not-ours' });
  // In the middle of a change on a card that says nothing: the new key, once.
  return ok(state === 'factory' ? 'factory' : 'diversified');
};

/**
 * `genuine: false` when the card does not have the key, and then it is in quarantine, unless it was just to get
 * another of the bank's (`tryAgain`); unknown, used or expired ids are refused. What the card has proven goes into the
 * book. `outdated`: its key comes from a master key that another has replaced.
 */
export const finishManagementAuthentication = async (
  bank: Bank,
  caller: Caller,
  authenticationId: string,
  body: RouteBody<Finish>,
): Promise<Result<RouteReply<Finish>>> => {
  const begun = await bank.store.db
    .updateTable('management_authentications')
    .set({ used_at: caller.now.toISOString() })
    .where('authentication_id', '=', authenticationId)
    .where('station_id', '=', caller.station.stationId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', caller.now.toISOString())
    .returning(['expected_sha256', 'medium_identity', 'origin'])
    .executeTakeFirst();
  if (begun === undefined) return fail('challenge-unknown', { authenticationId });
  const response = sha256(Buffer.from(body.response, 'base64'));
  const genuine = timingSafeEqual(response, Buffer.from(begun.expected_sha256, 'hex'));
  const source: SecretSource = parseOrigin(begun.origin) ?? 'factory';
  const key: SecretVersion = source === 'factory' ? 'factory' : 'diversified';
  if (genuine) {
    await noteKey(bank.store.db, caller, begun.medium_identity, 'management_key', source);
    const outdated = source !== 'factory' && (await bank.cardSecrets.isOutdated(source));
    return ok({ genuine, key, outdated });
  }
  await bank.store.db
    .updateTable('management_authentications')
    .set({ expires_at: caller.now.toISOString() }) // it proves nothing to a later request
    .where('authentication_id', '=', authenticationId)
    .execute();
  if (await hasKeyFromBefore(bank.store, caller, begun.medium_identity))
    return ok({ genuine, key, outdated: true, tryAgain: true });
  const aside = await quarantine(bank, caller, begun.medium_identity, 'management-key');
  return aside.ok ? ok({ genuine, key, outdated: false }) : aside;
};

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
