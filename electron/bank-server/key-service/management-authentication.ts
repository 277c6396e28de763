import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { after, type Bank } from '../bank.ts';
import type { Caller } from '../http/api-call.ts';
import { blockBytesOf, decryptBlock, encryptBlock } from './block-cipher.ts';

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
  const encryptedWitness = Buffer.from(body.encryptedWitness, 'base64');
  if (encryptedWitness.length !== blockBytesOf(body.algorithm))
    return fail('request-malformed', { field: 'encryptedWitness' });
  const key = bank.managementKeys.keyFor(body.keyVersion, body.algorithm, body.mediumIdentity);
  const witness = decryptBlock(body.algorithm, key, encryptedWitness);
  const challenge = randomBytes(blockBytesOf(body.algorithm));
  const expected = encryptBlock(body.algorithm, key, challenge);
  key.fill(0);
  const authenticationId = randomUUID();
  await bank.store.db
    .insertInto('management_authentications')
    .values({
      authentication_id: authenticationId,
      station_id: caller.station.stationId,
      medium_identity: body.mediumIdentity,
      key_version: body.keyVersion,
      expected_sha256: sha256(expected).toString('hex'),
      expires_at: after(caller.now, VALID_SECONDS),
      used_at: null,
    })
    .execute();
  return ok({
    authenticationId,
    witness: witness.toString('base64'),
    challenge: challenge.toString('base64'),
  });
};

/** `genuine: false` when the card does not have the key; unknown, used or expired ids are refused. */
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
    .returning('expected_sha256')
    .executeTakeFirst();
  if (begun === undefined) return fail('challenge-unknown', { authenticationId });
  const response = sha256(Buffer.from(body.response, 'base64'));
  return ok({ genuine: timingSafeEqual(response, Buffer.from(begun.expected_sha256, 'hex')) });
};

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
