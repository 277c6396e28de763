import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { concatBytes, encodeCommand, toBase64, utf8, type CommandApdu } from '../../shared/codec/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { Caller } from '../http/api-call.ts';
import type { ManagementAlgorithm } from './block-cipher.ts';
import { noteKey, usableCard } from './card-keys.ts';

type ChangeManagementKey = BankApi['changeManagementKey'];
type ChangePuk = BankApi['changePuk'];

/*
 * Commands to the card with secrets in them, made here and carried by the station as they are. PIV itself knows
 * no encryption between host and card; where the card takes a secure channel, they are wrapped in one.
 */

/**
 * SET MANAGEMENT KEY (developers.yubico.com, PIV/Introduction/Yubico_extensions), only for a card that has just
 * proven the key it has now. The book says `changing` until the card proves the new one.
 */
export const changeManagementKey = async (
  bank: Bank,
  caller: Caller,
  { mediumIdentity, algorithm, authenticationId, to }: RouteBody<ChangeManagementKey>,
): Promise<Result<RouteReply<ChangeManagementKey>>> => {
  const { db } = bank.store;
  const card = await usableCard(db, mediumIdentity);
  if (!card.ok) return card;
  const proven = await provenBy(bank, caller, mediumIdentity, authenticationId);
  if (!proven.ok) return proven;
  const key = bank.cardSecrets.managementKey(to, algorithm, mediumIdentity);
  const command = encodedCommand({
    cla: 0x00,
    ins: 0xff,
    p1: 0xff,
    p2: 0xff,
    data: concatBytes(new Uint8Array([algorithmReference[algorithm], 0x9b, key.length]), key),
  });
  key.fill(0);
  await noteKey(db, caller, mediumIdentity, 'management_key', 'changing');
  return ok({ command });
};

/** CHANGE REFERENCE DATA of the PUK (SP 800-73-4 part 2, 3.2.2), from the one the card has to the one it shall have. */
export const changePuk = async (
  bank: Bank,
  caller: Caller,
  { mediumIdentity, authenticationId, isDefault, to }: RouteBody<ChangePuk>,
): Promise<Result<RouteReply<ChangePuk>>> => {
  const { db } = bank.store;
  const card = await usableCard(db, mediumIdentity);
  if (!card.ok) return card;
  const proven = await provenBy(bank, caller, mediumIdentity, authenticationId);
  if (!proven.ok) return proven;
  const state = card.value.puk;
  if (isDefault === false && state === 'factory') return fail('card-foreign', { reason: 'puk' });
  const from =
    isDefault === true || (isDefault === undefined && state === 'factory') ? 'factory' : 'diversified';
  const old = bank.cardSecrets.puk(from, mediumIdentity);
  const next = bank.cardSecrets.puk(to, mediumIdentity);
  await noteKey(db, caller, mediumIdentity, 'puk', 'changing');
  return ok({
    command: encodedCommand({ cla: 0x00, ins: 0x24, p1: 0x00, p2: 0x81, data: utf8(old + next) }),
  });
};

/** The card has just shown this station the management key that the bank knows. Fault: challenge-unknown. */
const provenBy = async (
  bank: Bank,
  caller: Caller,
  mediumIdentity: string,
  authenticationId: string,
): Promise<Result<void>> => {
  const proven = await bank.store.db
    .selectFrom('management_authentications')
    .select('authentication_id')
    .where('authentication_id', '=', authenticationId)
    .where('station_id', '=', caller.station.stationId)
    .where('medium_identity', '=', mediumIdentity)
    .where('used_at', 'is not', null)
    .where('expires_at', '>', caller.now.toISOString())
    .executeTakeFirst();
  return proven === undefined ? fail('challenge-unknown', { authenticationId }) : ok();
};

const encodedCommand = (command: CommandApdu): string => toBase64(encodeCommand(command));

/** SP 800-78-4 table 6-2. */
const algorithmReference: Record<ManagementAlgorithm, number> = {
  '3des': 0x03,
  'aes-128': 0x08,
  'aes-192': 0x0a,
  'aes-256': 0x0c,
};
