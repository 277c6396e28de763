import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  concatBytes,
  encodeTlv,
  findTlv,
  fromHex,
  parseTlvs,
  toHex,
  type CommandApdu,
  type ResponseApdu,
  type Tlv,
} from '../../../../electron/shared/codec/index.ts';
import { answer, status, type Applet } from '../applet.ts';
import { freshOath, type OathState, type StoredCredential } from './oath-state.ts';

/** One-time passwords on a card: the YKOATH protocol, version 5.4. Secrets go in and never come out. */
export const oathApplet = (state: OathState): Applet => {
  let unlocked = false;
  let challenge: Uint8Array = new Uint8Array(randomBytes(8));

  const isOpen = (): boolean => state.accessKey === '' || unlocked;
  const byName = (fields: readonly Tlv[]): StoredCredential | undefined => {
    const name = findTlv(fields, 0x71);
    return name && state.credentials.find((one) => one.name === toHex(name));
  };

  const put = (fields: readonly Tlv[]): ResponseApdu => {
    const name = findTlv(fields, 0x71);
    const [kind, digits, ...key] = findTlv(fields, 0x73) ?? [];
    const counter = findTlv(fields, 0x7a);
    if (name === undefined || kind === undefined || digits === undefined || !kinds.has(kind))
      return answer(status.wrongData);
    if (name.length < 1 || name.length > 64 || digits < 6 || digits > 8 || key.length < 14)
      return answer(status.wrongData);
    const others = state.credentials.filter((one) => one.name !== toHex(name));
    if (others.length >= state.mostCredentials) return answer(status.full);
    state.credentials = [
      ...others,
      {
        name: toHex(name),
        kind,
        digits,
        key: toHex(new Uint8Array(key)),
        counter: counter === undefined ? 0 : Number.parseInt(toHex(counter), 16),
      },
    ];
    return answer(status.done);
  };

  const remove = (fields: readonly Tlv[]): ResponseApdu => {
    const credential = byName(fields);
    if (credential === undefined) return answer(noSuchCredential);
    state.credentials = state.credentials.filter((one) => one !== credential);
    return answer(status.done);
  };

  const setCode = (fields: readonly Tlv[]): ResponseApdu => {
    const key = findTlv(fields, 0x73);
    const [asked, response] = [findTlv(fields, 0x74), findTlv(fields, 0x75)];
    if (key?.length === 0) {
      state.accessKey = '';
      return answer(status.done);
    }
    if (key?.length !== 17 || asked === undefined || response === undefined) return answer(status.wrongData);
    if (!same(hmac('sha1', key.subarray(1), asked), response)) return answer(noSuchCredential);
    state.accessKey = toHex(key.subarray(1));
    unlocked = false;
    return answer(status.done);
  };

  const list = (): ResponseApdu =>
    answer(
      status.done,
      concatBytes(
        ...state.credentials.map(({ kind, name }) => encodeTlv(0x72, new Uint8Array([kind]), fromHex(name))),
      ),
    );

  const calculate = (fields: readonly Tlv[], { p2 }: CommandApdu): ResponseApdu => {
    const credential = byName(fields);
    const asked = findTlv(fields, 0x74);
    if (credential === undefined) return answer(noSuchCredential);
    if (asked === undefined) return answer(status.wrongData);
    const counts = credential.kind >> 4 === 1;
    const message = counts ? fromHex(credential.counter.toString(16).padStart(16, '0')) : asked;
    if (counts) credential.counter++;
    const whole = hmac(kinds.get(credential.kind) ?? 'sha1', fromHex(credential.key), message);
    const digits = new Uint8Array([credential.digits]);
    if (p2 !== 0x01) return answer(status.done, encodeTlv(0x75, digits, whole));
    const offset = (whole.at(-1) ?? 0) & 0x0f;
    const part = whole.slice(offset, offset + 4);
    part[0] = (part[0] ?? 0) & 0x7f;
    return answer(status.done, encodeTlv(0x76, digits, part));
  };

  const validate = (fields: readonly Tlv[]): ResponseApdu => {
    const [response, asked] = [findTlv(fields, 0x75), findTlv(fields, 0x74)];
    if (response === undefined || asked === undefined || state.accessKey === '')
      return answer(status.wrongData);
    const key = fromHex(state.accessKey);
    const right = same(hmac('sha1', key, challenge), response);
    challenge = new Uint8Array(randomBytes(8));
    if (!right) return answer(status.wrongData);
    unlocked = true;
    return answer(status.done, encodeTlv(0x75, hmac('sha1', key, asked)));
  };

  const reset = ({ p1, p2 }: CommandApdu): ResponseApdu => {
    if (p1 !== 0xde || p2 !== 0xad) return answer(status.wrongParameters);
    Object.assign(state, { ...freshOath(state.mostCredentials) });
    unlocked = false;
    return answer(status.done);
  };

  const instructions: Readonly<
    Record<number, (fields: readonly Tlv[], command: CommandApdu) => ResponseApdu>
  > = { 0x01: put, 0x02: remove, 0x03: setCode, 0xa1: list, 0xa2: calculate };

  return {
    aid: fromHex('a0000005272101'),
    forget() {
      unlocked = false;
      challenge = new Uint8Array(randomBytes(8));
    },
    select: () =>
      answer(
        status.done,
        concatBytes(
          encodeTlv(0x79, new Uint8Array([5, 4, 3])),
          encodeTlv(0x71, fromHex(state.id)),
          state.accessKey === ''
            ? new Uint8Array(0)
            : concatBytes(encodeTlv(0x74, challenge), encodeTlv(0x7b, new Uint8Array([0x01]))),
        ),
      ),
    process(command) {
      if (command.cla !== 0x00) return answer(status.classUnknown);
      if (command.ins === 0x04) return reset(command);
      const fields = parseTlvs(command.data ?? new Uint8Array(0));
      if (!fields.ok) return answer(status.wrongData);
      if (command.ins === 0xa3) return validate(fields.value);
      const instruction = instructions[command.ins];
      if (instruction === undefined) return answer(status.instructionUnknown);
      return isOpen() ? instruction(fields.value, command) : answer(status.securityNotSatisfied);
    },
  };
};

const noSuchCredential = 0x6984;

const kinds: ReadonlyMap<number, string> = new Map([
  [0x11, 'sha1'],
  [0x12, 'sha256'],
  [0x13, 'sha512'],
  [0x21, 'sha1'],
  [0x22, 'sha256'],
  [0x23, 'sha512'],
]);

const hmac = (algorithm: string, key: Uint8Array, message: Uint8Array): Uint8Array =>
  new Uint8Array(createHmac(algorithm, key).update(message).digest());

const same = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
