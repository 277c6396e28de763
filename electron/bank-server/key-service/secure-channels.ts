import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import {
  encodeCommand,
  encodeResponse,
  fromHex,
  parseBase64,
  parseCommand,
  parseResponse,
  toBase64,
  toHex,
  utf8,
  type CommandApdu,
} from '../../shared/codec/index.ts';
import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import {
  isConfidential,
  openSession,
  parseInitializeUpdate,
  provesKeys,
  putKey,
  securityLevels,
  type ChannelSession,
  type SessionOpening,
  type SessionState,
} from '../../shared/secure-channel/index.ts';
import { after, type Bank } from '../bank.ts';
import type { Caller } from '../http/api-call.ts';
import type { ManagedCardRow, SecureChannelRow } from '../store/tables.ts';
import { cardContent, isManipulation, type CardContent } from './card-content.ts';
import { recordCardEvent } from './card-events.ts';
import { noteChange, noteKey, usableCard } from './card-keys.ts';
import {
  channelCiphers,
  FACTORY_KEY_VERSION,
  FACTORY_PIN,
  ownKeyVersion,
  type ChannelKeyType,
  type Domain,
} from './card-secrets.ts';
import { originText, parseOrigin, type Origin, type SecretSource } from './origin.ts';
import { CARD_DATA_BYTES } from './diversification/emv.ts';
import { quarantine } from './quarantine.ts';
import { allowCommand } from './station-commands.ts';

/*
 * The keys' end of GlobalPlatform secure channels. Between two requests a channel is a row: what was said in the
 * open when it began, and where its MAC chain and counter stand. The keys are made anew each time, so any of the
 * bank's processes can go on with it and none of them holds a key.
 *
 *   card ── answer to INITIALIZE UPDATE ──▶ bank: are these the keys?
 *   card ◀── EXTERNAL AUTHENTICATE ── bank
 *   card ◀── wrapped commands ── bank          as many as the station has
 *   card ── answers ──▶ bank                   only where they carry a MAC
 */

type Open = BankApi['openSecureChannel'];
type Wrap = BankApi['wrapCommands'];
type Unwrap = BankApi['unwrapAnswers'];
type KeyChange = BankApi['changeChannelKeys'];
type ChangePivSecrets = BankApi['changePivSecrets'];
type Close = BankApi['closeSecureChannel'];

const VALID_SECONDS = 600;
const INS_CHANGE_REFERENCE_DATA = 0x24;

/**
 * Checks the card's cryptogram: a card that proves other keys than its record says goes into quarantine.
 * Faults: card-quarantined, card-management-key-refused, card-unsupported, card-bad-answer.
 */
export const openSecureChannel = async (
  bank: Bank,
  caller: Caller,
  body: RouteBody<Open>,
): Promise<Result<RouteReply<Open>>> => {
  const { mediumIdentity } = body;
  const card = await usableCard(bank.store.db, mediumIdentity);
  if (!card.ok) return card;
  const exchange = {
    hostChallenge: bytesOf(body.hostChallenge),
    initializeUpdateResponse: bytesOf(body.initializeUpdateResponse),
  };
  const answer = parseInitializeUpdate(exchange.initializeUpdateResponse);
  if (!answer.ok) return answer;
  const type: ChannelKeyType = answer.value.protocol === 'scp03' ? 'aes' : '3des';
  const { keyVersion } = answer.value;
  const domain = { type, mediumIdentity, cardData: cardDataOf(exchange.initializeUpdateResponse) };
  const source = await sourceOf(bank, card.value, keyVersion, domain);
  if (source === undefined) return fail('card-unsupported', { what: 'key-version', keyVersion });
  const version = source === 'factory' ? 'factory' : 'diversified';

  const row: SecureChannelRow = {
    channel_id: randomUUID(),
    station_id: caller.station.stationId,
    medium_identity: mediumIdentity,
    secret_version: version,
    origin: originText(source),
    key_type: type,
    host_challenge: toHex(exchange.hostChallenge),
    initialize_update: toHex(exchange.initializeUpdateResponse),
    level: body.level,
    domain_aid: body.domainAid === undefined ? null : toHex(bytesOf(body.domainAid)),
    announced_options: body.announcedOptions ?? null,
    state: '',
    loading: null,
    version: 1,
    expires_at: after(caller.now, VALID_SECONDS),
  };
  const opening = await sessionOf(bank, row);
  if (!opening.ok) {
    // Some cards count INITIALIZE UPDATE alone, so this was the attempt already.
    if (opening.fault.code !== 'card-management-key-refused') return opening;
    const refused = { what: 'channel-keys', version } as const;
    const aside = await quarantine(bank, caller, mediumIdentity, 'channel-keys', refused);
    return aside.ok ? opening : aside;
  }
  const { session, externalAuthenticate } = opening.value;
  const content = cardContent(bank.applets, version, null);
  const first = body.commands && (await wrapAll({ row, session, content }, body.commands));
  if (first?.ok === false) return refuseStation(bank, caller, mediumIdentity, first);
  await bank.store.db
    .insertInto('secure_channels')
    .values({ ...row, state: stateText(session.state()), loading: content.state() })
    .execute();
  await noteKey(bank.store.db, caller, mediumIdentity, 'channel_keys', source);
  const factory = await bank.cardSecrets.channelKeySet('factory', type);
  if (!factory.ok) return factory;
  return ok({
    channelId: row.channel_id,
    externalAuthenticate: toBase64(encodeCommand(externalAuthenticate)),
    ...(first && { commands: first.value }),
    maximumData: session.maximumData,
    keys: version,
    factoryRefused: source !== 'factory' && !provesKeys(factory.value, exchange),
    outdated: source !== 'factory' && (await bank.cardSecrets.isOutdated(source)),
  });
};

/** Faults: card-command-refused, applet-refused, and the channel is over. */
export const wrapCommands = (
  bank: Bank,
  caller: Caller,
  channelId: string,
  { commands }: RouteBody<Wrap>,
): Promise<Result<RouteReply<Wrap>>> =>
  withChannel(bank, caller, channelId, async (channel) => {
    const wrapped = await wrapAll(channel, commands);
    return wrapped.ok
      ? ok({ commands: wrapped.value })
      : refuseStation(bank, caller, channel.row.medium_identity, wrapped);
  });

/** What the station asks for itself: what `station-commands` allows, and all of it or nothing. */
const wrapAll = async (
  { session, content }: OpenChannel,
  commands: readonly string[],
): Promise<Result<string[]>> => {
  const wrapped: string[] = [];
  for (const text of commands) {
    const command = parseCommand(bytesOf(text));
    if (!command.ok) return fail('request-malformed', { field: 'commands' });
    const allowed = await allowCommand(content, command.value);
    if (!allowed.ok) return allowed;
    const one = wrapOne(session, command.value);
    if (!one.ok) return one;
    wrapped.push(one.value);
  }
  return ok(wrapped);
};

/**
 * Goes into the card's story, so that it is seen which station wanted what of which card. Bytes that no honest station
 * would send set the card aside: two people look at it before a key of the bank's is used on it again.
 */
const refuseStation = async (
  bank: Bank,
  caller: Caller,
  mediumIdentity: string,
  refusal: Failed,
): Promise<Failed> => {
  const { code, data } = refusal.fault;
  if (code !== 'applet-refused' && code !== 'card-command-refused') return refusal;
  const reason = [data.reason, data.packageAid, data.command].filter(Boolean).join(' ');
  await recordCardEvent(bank.store.db, caller, mediumIdentity, { kind: 'command-refused', reason });
  bank.log.warn({ mediumIdentity, reason, station: caller.station.stationId }, 'command for a card refused');
  if (!isManipulation(data.reason)) return refusal;
  const aside = await quarantine(bank, caller, mediumIdentity, 'applet-content');
  return aside.ok ? refusal : aside;
};

/** Fault: card-channel-broken, and the channel is over. */
export const unwrapAnswers = async (
  bank: Bank,
  caller: Caller,
  channelId: string,
  { answers, last = false }: RouteBody<Unwrap>,
): Promise<Result<RouteReply<Unwrap>>> => {
  const opened = await withChannel(bank, caller, channelId, ({ session }) => {
    const plain: string[] = [];
    for (const text of answers) {
      const response = parseResponse(bytesOf(text));
      if (!response.ok) return fail('request-malformed', { field: 'answers' });
      const one = session.unwrap(response.value);
      if (!one.ok) return one;
      plain.push(toBase64(encodeResponse(one.value)));
    }
    return ok({ answers: plain });
  });
  if (last) await closeSecureChannel(bank, caller, channelId);
  return opened;
};

/**
 * PUK of the card's own or the factory's, and with the latter the factory's PIN: as commands of an issuer, which
 * need no old value and so cost no try. The PIN of a card that somebody holds is never replaced.
 * Faults: bad-input (its own secrets under the keys that everybody knows), card-state-conflict.
 */
export const changePivSecrets = async (
  bank: Bank,
  caller: Caller,
  channelId: string,
  { to }: RouteBody<ChangePivSecrets>,
): Promise<Result<RouteReply<ChangePivSecrets>>> => {
  const changed = await withChannel(bank, caller, channelId, async ({ session, row }) => {
    const { medium_identity: mediumIdentity } = row;
    if (!isConfidential(session.level) || (to === 'diversified' && row.secret_version !== 'diversified'))
      return fail('bad-input', { field: 'channelId' });
    const held = to === 'factory' ? await heldCard(bank, mediumIdentity) : undefined;
    if (held !== undefined) return fail('card-state-conflict', { cardId: held.card_id, state: held.state });
    const next = to === 'factory' ? ok('factory' as const) : await bank.cardSecrets.newest(mediumIdentity);
    if (!next.ok) return next;
    const digits = await bank.cardSecrets.puk(next.value);
    if (!digits.ok) return digits;
    const puk = issuersChange(0x81, digits.value);
    const commands = to === 'factory' ? [puk, issuersChange(0x80, FACTORY_PIN)] : [puk];
    const wrapped: string[] = [];
    for (const command of commands) {
      const one = wrapOne(session, command);
      if (!one.ok) return one;
      wrapped.push(one.value);
    }
    return ok({ commands: wrapped, mediumIdentity, next: next.value });
  });
  if (!changed.ok) return changed;
  const { commands, mediumIdentity, next } = changed.value;
  await noteChange(bank.store.db, caller, mediumIdentity, 'puk', { to: next });
  return ok({ commands });
};

/**
 * Commands of the bank's own with a card's secrets in them, for the card on this medium and under keys that nobody
 * else has. Fault: bad-input, for another channel.
 */
export const wrapSecrets = (
  bank: Bank,
  caller: Caller,
  channelId: string,
  mediumIdentity: string,
  commands: readonly CommandApdu[],
): Promise<Result<readonly string[]>> =>
  withChannel(bank, caller, channelId, ({ session, row }) => {
    const fits = row.medium_identity === mediumIdentity && row.secret_version === 'diversified';
    if (!fits || !isConfidential(session.level)) return fail('bad-input', { field: 'channelId' });
    const wrapped: string[] = [];
    for (const command of commands) {
      const one = wrapOne(session, command);
      if (!one.ok) return one;
      wrapped.push(one.value);
    }
    return ok(wrapped);
  });

/** P1 = FF: by the issuer, inside a channel, without the old value (OpenFIPS201). Filled up with FF to eight bytes. */
const issuersChange = (reference: 0x80 | 0x81, digits: string): CommandApdu => {
  const data = new Uint8Array(8).fill(0xff);
  data.set(utf8(digits));
  return { cla: 0x00, ins: INS_CHANGE_REFERENCE_DATA, p1: 0xff, p2: reference, data };
};

/** A card on this medium that is in its customer's hands. */
const heldCard = (bank: Bank, mediumIdentity: string) =>
  bank.store.db
    .selectFrom('cards')
    .select(['card_id', 'state'])
    .where('medium_identity', '=', mediumIdentity)
    .where('state', 'in', ['active', 'suspended'])
    .executeTakeFirst();

/**
 * PUT KEY with the card's own keys instead of those it has, wrapped. A channel under keys of the newest master key has
 * nothing to change (bad-input).
 */
export const changeChannelKeys = async (
  bank: Bank,
  caller: Caller,
  channelId: string,
): Promise<Result<RouteReply<KeyChange>>> => {
  const changed = await withChannel(bank, caller, channelId, async ({ session, row }) => {
    const { key_type: type, medium_identity: mediumIdentity } = row;
    const from: SecretSource = parseOrigin(row.origin) ?? 'factory';
    if (from !== 'factory' && !(await bank.cardSecrets.isOutdated(from)))
      return fail('bad-input', { field: 'channelId' });
    const cardData = cardDataOf(fromHex(row.initialize_update));
    const to = await bank.cardSecrets.newestForDomain({ type, mediumIdentity, cardData });
    if (!to.ok) return to;
    const keys = await bank.cardSecrets.channelKeys(to.value, type);
    if (!keys.ok) return keys;
    const change = putKey(
      {
        // The keys of delivery go by themselves when others come (GPCS 2.3.1 11.8.2.3, table 11-67).
        replacedVersion: from === 'factory' ? 0 : ownKeyVersion(type, from),
        newVersion: ownKeyVersion(type, to.value),
      },
      type,
      keys.value,
      channelCiphers[type],
      session.dataEncryption,
    );
    const command = wrapOne(session, change.command);
    if (!command.ok) return command;
    const expectedAnswer = toBase64(change.expectedAnswer);
    return ok({ command: command.value, expectedAnswer, mediumIdentity, from, to: to.value });
  });
  if (!changed.ok) return changed;
  const { command, expectedAnswer, mediumIdentity, from, to } = changed.value;
  await noteChange(bank.store.db, caller, mediumIdentity, 'channel_keys', { from, to });
  return ok({ command, expectedAnswer });
};

export const closeSecureChannel = async (
  bank: Bank,
  caller: Caller,
  channelId: string,
): Promise<Result<RouteReply<Close>>> => {
  await bank.store.db
    .deleteFrom('secure_channels')
    .where('channel_id', '=', channelId)
    .where('station_id', '=', caller.station.stationId)
    .execute();
  return ok({});
};

interface OpenChannel {
  readonly row: SecureChannelRow;
  readonly session: ChannelSession;
  readonly content: CardContent;
}

/**
 * Goes on with a channel and keeps where it then stands. Whatever fails ends it: the card and the bank may no
 * longer agree. Two requests at once for one channel are not in an order anybody knows; the second is refused.
 */
const withChannel = async <Reply>(
  bank: Bank,
  caller: Caller,
  channelId: string,
  work: (channel: OpenChannel) => Result<Reply> | Promise<Result<Reply>>,
): Promise<Result<Reply>> => {
  const { db } = bank.store;
  const row = await db
    .selectFrom('secure_channels')
    .selectAll()
    .where('channel_id', '=', channelId)
    .where('station_id', '=', caller.station.stationId)
    .where('expires_at', '>', caller.now.toISOString())
    .executeTakeFirst();
  if (row === undefined) return closed();
  const opening = await sessionOf(bank, row);
  if (!opening.ok) return opening;
  const { session } = opening.value;
  const content = cardContent(bank.applets, row.secret_version, row.loading);
  const done = await work({ row, session, content });
  if (!done.ok) {
    await closeSecureChannel(bank, caller, channelId);
    return done;
  }
  const kept = await db
    .updateTable('secure_channels')
    .set({ state: stateText(session.state()), loading: content.state(), version: row.version + 1 })
    .where('channel_id', '=', channelId)
    .where('version', '=', row.version)
    .executeTakeFirst();
  return kept.numUpdatedRows === 1n ? done : closed();
};

const sessionOf = async (bank: Bank, row: SecureChannelRow): Promise<Result<SessionOpening>> => {
  const level = securityLevels.find((each) => each === row.level);
  if (level === undefined) return fail('request-malformed', { field: 'level' });
  const source = row.secret_version === 'factory' ? 'factory' : await ownOrigin(bank, row);
  if (source === undefined) return closed();
  const keySet = await bank.cardSecrets.channelKeySet(source, row.key_type);
  if (!keySet.ok) return keySet;
  return openSession(keySet.value, fromHex(row.initialize_update), {
    hostChallenge: fromHex(row.host_challenge),
    level,
    ...(row.domain_aid !== null && { domainAid: fromHex(row.domain_aid) }),
    ...(row.announced_options !== null && { announcedOptions: row.announced_options }),
    ...(row.state !== '' && { resumed: parseState(row.state) }),
  });
};

/** A channel that was opened by a process from before origins were written down goes on, too. */
const ownOrigin = async (bank: Bank, row: SecureChannelRow): Promise<Origin | undefined> => {
  const written = parseOrigin(row.origin);
  if (written) return written;
  const first = await bank.cardSecrets.first(row.medium_identity);
  return first.ok ? first.value : undefined;
};

/**
 * What the keys of this version come from: as the book says, or, where it knows nothing of them (a change whose
 * answer was lost), as they are made under the master key of that version. Undefined: none of the bank's.
 */
const sourceOf = async (
  bank: Bank,
  card: ManagedCardRow,
  keyVersion: number,
  domain: Domain,
): Promise<SecretSource | undefined> => {
  if (keyVersion === FACTORY_KEY_VERSION) return 'factory';
  const written = [card.channel_keys_origin, card.channel_keys_before].map(parseOrigin);
  return (
    written.find((each) => each && ownKeyVersion(domain.type, each) === keyVersion) ??
    (await bank.cardSecrets.forDomainWith(keyVersion, domain))
  );
};

/** The key diversification data, with which the answer begins (GPCS 2.3.1 E.5.1, Amendment D 7.1.1). */
const cardDataOf = (initializeUpdateResponse: Uint8Array): Uint8Array =>
  initializeUpdateResponse.subarray(0, CARD_DATA_BYTES);

const wrapOne = (session: ChannelSession, command: CommandApdu): Result<string> => {
  const wrapped = session.wrap(command);
  return wrapped.ok ? ok(toBase64(encodeCommand(wrapped.value))) : wrapped;
};

const storedState = z.object({
  chaining: z.string(),
  counter: z.number(),
  open: z.array(z.object({ chaining: z.string(), counter: z.number(), after: z.number().optional() })),
  broken: z.boolean(),
  added: z.number().default(0),
});

const stateText = ({ chaining, open, ...rest }: SessionState): string =>
  JSON.stringify({
    ...rest,
    chaining: toHex(chaining),
    open: open.map((one) => ({ ...one, chaining: toHex(one.chaining) })),
  });

const parseState = (text: string): SessionState => {
  const { chaining, open, ...rest } = storedState.parse(JSON.parse(text));
  return {
    ...rest,
    chaining: fromHex(chaining),
    open: open.map(({ after: protection, ...one }) => ({
      ...one,
      chaining: fromHex(one.chaining),
      ...(protection !== undefined && { after: protection }),
    })),
  };
};

/** The schema has let base64 only pass. */
const bytesOf = (base64: string): Uint8Array => {
  const bytes = parseBase64(base64);
  return bytes.ok ? bytes.value : new Uint8Array(0);
};

const closed = () => fail('card-channel-broken', { why: 'closed' });
