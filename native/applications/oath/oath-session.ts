import { createHmac, randomBytes } from 'node:crypto';
import {
  concatBytes,
  encodeTlv,
  findTlv,
  fromHex,
  parseTlvs,
  parseUtf8,
  statusClass,
  statusText,
  toHex,
  type CommandApdu,
  type ResponseApdu,
  type Tlv,
} from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Failed, type Result } from '../../../electron/shared/result/index.ts';
import type { ApduPipe, CardApplication } from '../../pipe/index.ts';
import type { SecureChannelPipe } from '../globalplatform/channel/secure-channel-pipe.ts';
import type { OathAccess } from './access-key.ts';
import {
  encodeName,
  listingOf,
  putCommand,
  TAG_KEY,
  TAG_NAME,
  type OathCredential,
  type OathListing,
} from './credential.ts';
import { codeOf } from './one-time-code.ts';

/**
 * The OATH application of a card (YKOATH protocol): it computes one-time passwords and never gives a secret
 * back. Faults of every call: those of `CardLink.transmit`, card-bad-answer, card-full, card-object-missing
 * (no such credential), card-unsupported, card-status.
 */
export interface OathSession {
  readonly version: string;
  /** Hex identity of the application; a reset makes a new one. */
  readonly deviceId: string;
  /** An access key is set: nothing but `unlock` and `reset` works before it is shown. */
  readonly locked: boolean;
  /** The same session through a secure channel that was opened with this application selected. */
  over(channel: SecureChannelPipe): OathSession;
  /** Mutual proof of the access key. Fault: card-management-key-refused, by either side. */
  unlock(access: OathAccess): Promise<Result<void>>;
  /** A new access key, 16 bytes; without one the application is open again. Travels like a secret. */
  setAccessKey(key: Uint8Array | undefined, leave?: ImportLeave): Promise<Result<void>>;
  /**
   * Writes a credential; one of the same name is replaced. The secret goes out encrypted by the channel, or in
   * the clear only to a card that is being personalised on the bank's own desk. Fault: bad-input.
   */
  putCredential(credential: OathCredential, leave?: ImportLeave): Promise<Result<void>>;
  /** A credential that is nothing but its name, for what a holder wants to remember on the card: its key is drawn and forgotten. */
  putNote(name: string): Promise<Result<void>>;
  deleteCredential(name: string): Promise<Result<void>>;
  listCredentials(): Promise<Result<readonly OathListing[]>>;
  /** The whole HMAC over a challenge: 20, 32 or 64 bytes. */
  calculate(name: string, challenge: Uint8Array): Promise<Result<Uint8Array>>;
  /** The digits. TOTP takes the challenge of the time; HOTP counts for itself and takes an empty one. */
  calculateCode(name: string, challenge: Uint8Array): Promise<Result<string>>;
  /** Removes every credential and the access key. */
  reset(): Promise<Result<void>>;
}

export interface ImportLeave {
  /** The card lies on the bank's desk and has no holder yet. */
  readonly personalising: boolean;
}

const aid = fromHex('a0000005272101');

export const oath: CardApplication<OathSession> = {
  name: 'oath',
  aid,
  async open(pipe) {
    const answer = await pipe.send({ cla: 0, ins: 0xa4, p1: 0x04, p2: 0, data: aid, le: 256 });
    if (!answer.ok) return answer;
    const { sw } = answer.value;
    if (statusClass(sw) === 'not-found') return fail('card-unsupported', { what: 'oath' });
    if (sw !== 0x9000) return statusFault('SELECT', sw);
    const selected = parseSelection(answer.value.data);
    return selected.ok ? ok(sessionOn(pipe, selected.value, false)) : selected;
  },
};

interface Selection {
  readonly version: string;
  readonly deviceId: string;
  readonly challenge: Uint8Array | undefined;
}

const TAG_CHALLENGE = 0x74;
const TAG_RESPONSE = 0x75;
const TAG_TRUNCATED = 0x76;
const TAG_LISTING = 0x72;

/** 79 version 3 | 71 identity [| 74 challenge | 7B algorithm]. Fault: card-bad-answer. */
const parseSelection = (data: Uint8Array): Result<Selection> => {
  const objects = parseTlvs(data);
  if (!objects.ok) return objects;
  const version = findTlv(objects.value, 0x79);
  const identity = findTlv(objects.value, TAG_NAME);
  if (version === undefined || identity === undefined) return malformed('select');
  return ok({
    version: version.join('.'),
    deviceId: toHex(identity),
    challenge: findTlv(objects.value, TAG_CHALLENGE),
  });
};

const sessionOn = (pipe: ApduPipe, selection: Selection, confidential: boolean): OathSession => {
  const { version, deviceId, challenge: cardChallenge } = selection;

  const send = async (name: string, command: CommandApdu): Promise<Result<ResponseApdu>> => {
    const answer = await collected(pipe, command);
    if (!answer.ok) return answer;
    return answer.value.sw === 0x9000 ? answer : statusFault(name, answer.value.sw);
  };

  const objectsOf = async (name: string, command: CommandApdu): Promise<Result<readonly Tlv[]>> => {
    const answer = await send(name, command);
    return answer.ok ? parseTlvs(answer.value.data) : answer;
  };

  const done = async (name: string, command: CommandApdu): Promise<Result<void>> => {
    const answer = await send(name, command);
    return answer.ok ? ok() : answer;
  };

  /** A card that is in its holder's hands gets secrets through a channel or not at all. */
  const unprotected = (leave: ImportLeave | undefined): Failed | undefined =>
    confidential || leave?.personalising === true
      ? undefined
      : fail('bad-input', { field: 'unprotected-import' });

  const named = async (
    name: string,
    challenge: Uint8Array,
    truncate: boolean,
  ): Promise<Result<Uint8Array>> => {
    const encoded = encodeName(name);
    if (!encoded.ok) return encoded;
    const objects = await objectsOf('CALCULATE', {
      cla: 0,
      ins: 0xa2,
      p1: 0,
      p2: truncate ? 0x01 : 0x00,
      data: concatBytes(encoded.value, encodeTlv(TAG_CHALLENGE, challenge)),
      le: 256,
    });
    if (!objects.ok) return objects;
    const value = findTlv(objects.value, truncate ? TAG_TRUNCATED : TAG_RESPONSE);
    return value === undefined || value.length < 5 ? malformed('calculate') : ok(value);
  };

  return {
    version,
    deviceId,
    locked: cardChallenge !== undefined,
    over: (channel) => sessionOn(channel, selection, channel.confidential),

    async unlock(access) {
      if (cardChallenge === undefined) return ok();
      const response = await access.respond(cardChallenge);
      if (!response.ok) return response;
      const challenge = new Uint8Array(randomBytes(8));
      const answer = await collected(pipe, {
        cla: 0,
        ins: 0xa3,
        p1: 0,
        p2: 0,
        data: concatBytes(encodeTlv(TAG_RESPONSE, response.value), encodeTlv(TAG_CHALLENGE, challenge)),
        le: 256,
      });
      if (!answer.ok) return answer;
      if (answer.value.sw !== 0x9000)
        return fail('card-management-key-refused', { stage: 'oath', sw: statusText(answer.value.sw) });
      const objects = parseTlvs(answer.value.data);
      const proof = objects.ok ? findTlv(objects.value, TAG_RESPONSE) : undefined;
      if (proof === undefined) return malformed('validate');
      const genuine = await access.verify(challenge, proof);
      if (!genuine.ok) return genuine;
      return genuine.value ? ok() : fail('card-management-key-refused', { stage: 'oath-card' });
    },

    async setAccessKey(key, leave) {
      const refusal = key === undefined ? undefined : unprotected(leave);
      if (refusal !== undefined) return refusal;
      if (key !== undefined && key.length !== 16) return fail('bad-input', { field: 'access-key' });
      return done('SET CODE', { cla: 0, ins: 0x03, p1: 0, p2: 0, data: setCodeData(key) });
    },

    async putCredential(credential, leave) {
      const refusal = unprotected(leave);
      if (refusal !== undefined) return refusal;
      const command = putCommand(credential);
      return command.ok ? done('PUT', command.value) : command;
    },

    async putNote(name) {
      const secret = new Uint8Array(randomBytes(20));
      const command = putCommand({ name, kind: 'totp', algorithm: 'sha-1', digits: 6, secret });
      return command.ok ? done('PUT', command.value) : command;
    },

    async deleteCredential(name) {
      const data = encodeName(name);
      return data.ok ? done('DELETE', { cla: 0, ins: 0x02, p1: 0, p2: 0, data: data.value }) : data;
    },

    async listCredentials() {
      const objects = await objectsOf('LIST', { cla: 0, ins: 0xa1, p1: 0, p2: 0, le: 256 });
      if (!objects.ok) return objects;
      const listings: OathListing[] = [];
      for (const { tag, value } of objects.value) {
        const listing = listingOf(value[0] ?? 0);
        const name = parseUtf8(value.subarray(1));
        if (tag !== TAG_LISTING || listing === undefined || name === undefined) return malformed('list');
        listings.push({ name, ...listing });
      }
      return ok(listings);
    },

    async calculate(name, challenge) {
      const value = await named(name, challenge, false);
      return value.ok ? ok(value.value.subarray(1)) : value;
    },

    async calculateCode(name, challenge) {
      const value = await named(name, challenge, true);
      if (!value.ok) return value;
      const [digits = 0] = value.value;
      return digits < 6 || digits > 10 ? malformed('calculate') : ok(codeOf(value.value.subarray(1), digits));
    },

    reset: () => done('RESET', { cla: 0, ins: 0x04, p1: 0xde, p2: 0xad }),
  };
};

/** 73 { TOTP and SHA-1, key } | 74 challenge | 75 its HMAC, by which the card sees that the key came whole. */
const setCodeData = (key: Uint8Array | undefined): Uint8Array => {
  if (key === undefined) return encodeTlv(TAG_KEY);
  const challenge = new Uint8Array(randomBytes(8));
  const response = new Uint8Array(createHmac('sha1', key).update(challenge).digest());
  return concatBytes(
    encodeTlv(TAG_KEY, new Uint8Array([0x21]), key),
    encodeTlv(TAG_CHALLENGE, challenge),
    encodeTlv(TAG_RESPONSE, response),
  );
};

/**
 * This application goes on after 61xx with SEND REMAINING and not with GET RESPONSE, which it answers as
 * unknown: what came before is then still there, and the rest is asked for in its own words.
 */
const collected = async (pipe: ApduPipe, command: CommandApdu): Promise<Result<ResponseApdu>> => {
  const answer = await pipe.send(command);
  if (!answer.ok) return answer;
  const parts = [answer.value.data];
  let { sw } = answer.value;
  for (let round = 0; waitsForRest(sw, parts); round++) {
    if (round > maximumRounds) return malformed('send-remaining');
    const more = await pipe.send({ cla: 0, ins: 0xa5, p1: 0, p2: 0, le: 256 });
    if (!more.ok) return more;
    if (more.value.data.length === 0 && more.value.sw !== 0x9000) return more;
    parts.push(more.value.data);
    sw = more.value.sw;
  }
  return ok({ data: concatBytes(...parts), sw });
};

const maximumRounds = 64;

const waitsForRest = (sw: number, parts: readonly Uint8Array[]): boolean =>
  statusClass(sw) === 'more-data' ||
  (statusClass(sw) === 'unsupported' && parts.some(({ length }) => length > 0));

const statusFault = (command: string, sw: number): Failed => {
  const data = { command, sw: statusText(sw) };
  // 6984 is this application's "no such credential".
  if (sw === 0x6984 || statusClass(sw) === 'not-found') return fail('card-object-missing', data);
  if (statusClass(sw) === 'full') return fail('card-full', data);
  if (statusClass(sw) === 'unsupported') return fail('card-unsupported', data);
  return fail('card-status', { ...data, meaning: statusClass(sw) });
};

const malformed = (what: string) => fail('card-bad-answer', { what: `oath-${what}` });
