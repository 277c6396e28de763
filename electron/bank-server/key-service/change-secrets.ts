import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { concatBytes, encodeCommand, toBase64, utf8, type CommandApdu } from '../../shared/codec/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { Caller } from '../http/api-call.ts';
import type { ManagementAlgorithm } from './block-cipher.ts';
import { noteChange, originOf, usableCard } from './card-keys.ts';
import { parseOrigin, type SecretSource } from './origin.ts';

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
  const next = to === 'factory' ? ok('factory' as const) : await bank.cardSecrets.newest(mediumIdentity);
  if (!next.ok) return next;
  const made = await bank.cardSecrets.managementKey(next.value, algorithm);
  if (!made.ok) return made;
  const key = made.value;
  const command = encodedCommand({
    cla: 0x00,
    ins: 0xff,
    p1: 0xff,
    p2: 0xff,
    data: concatBytes(new Uint8Array([algorithmReference[algorithm], 0x9b, key.length]), key),
  });
  key.fill(0);
  await noteChange(db, caller, mediumIdentity, 'management_key', { from: proven.value, to: next.value });
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
  const { cardSecrets } = bank;
  // A wrong PUK costs a try: the bank's own makes room for a newer one by way of the factory's.
  const own =
    from === 'factory'
      ? await cardSecrets.newest(mediumIdentity)
      : await originOf(cardSecrets, card.value, 'puk');
  if (!own.ok) return own;
  const sources = { factory: 'factory', diversified: own.value } as const;
  const old = await cardSecrets.puk(sources[from]);
  if (!old.ok) return old;
  const next = await cardSecrets.puk(sources[to]);
  if (!next.ok) return next;
  await noteChange(db, caller, mediumIdentity, 'puk', { to: sources[to] });
  const data = utf8(old.value + next.value);
  return ok({ command: encodedCommand({ cla: 0x00, ins: 0x24, p1: 0x00, p2: 0x81, data }) });
};

/** What the management key comes from that the card has just shown this station. Fault: challenge-unknown. */
const provenBy = async (
  bank: Bank,
  caller: Caller,
  mediumIdentity: string,
  authenticationId: string,
): Promise<Result<SecretSource>> => {
  const proven = await bank.store.db
    .selectFrom('management_authentications')
    .select('origin')
    .where('authentication_id', '=', authenticationId)
    .where('station_id', '=', caller.station.stationId)
    .where('medium_identity', '=', mediumIdentity)
    .where('used_at', 'is not', null)
    .where('expires_at', '>', caller.now.toISOString())
    .executeTakeFirst();
  return proven === undefined
    ? fail('challenge-unknown', { authenticationId })
    : ok(parseOrigin(proven.origin) ?? 'factory');
};

const encodedCommand = (command: CommandApdu): string => toBase64(encodeCommand(command));

/** SP 800-78-4 table 6-2. */
const algorithmReference: Record<ManagementAlgorithm, number> = {
  '3des': 0x03,
  'aes-128': 0x08,
  'aes-192': 0x0a,
  'aes-256': 0x0c,
};
