import { randomBytes } from 'node:crypto';
import {
  concatBytes,
  encodeCommand,
  equalBytes,
  fromHex,
  type CommandApdu,
  type ResponseApdu,
} from '../../../../electron/shared/codec/index.ts';
import { answer, status } from '../applet.ts';
import {
  aesCmac,
  checkValue,
  decryptCbc,
  desOnce,
  desRetailMac,
  encryptCbc,
  scp02Derive,
  scp03Derive,
  withoutPadding,
  withPadding,
} from './card-crypto.ts';
import type { DomainState } from './domain-state.ts';

/** The card's side of a secure channel, SCP02 or SCP03 by its state. Gone when the application is left. */
export interface CardChannel {
  /** Handles INITIALIZE UPDATE and EXTERNAL AUTHENTICATE; `undefined` for every other command. */
  begin(command: CommandApdu, domainAid: Uint8Array): ResponseApdu | undefined;
  /** Security level of the open channel; `undefined` when none is open. */
  level(): number | undefined;
  /** A secured command as plain; `undefined` and the channel is gone when its MAC is wrong. */
  open(command: CommandApdu): CommandApdu | undefined;
  /** R-MAC sessions: BEGIN and END, opened already; `undefined` for every other command. */
  session(command: CommandApdu): ResponseApdu | undefined;
  /** The answer to the last opened command, protected as the level wants. */
  close(response: ResponseApdu): ResponseApdu;
  /** A key that came under the DEK. */
  decryptKey(encrypted: Uint8Array): Uint8Array;
  forget(): void;
}

interface Session {
  readonly version: string;
  readonly macLength: number;
  readonly enc: Uint8Array;
  readonly mac: Uint8Array;
  readonly responseMac: Uint8Array;
  readonly dek: Uint8Array;
  readonly hostCryptogram: Uint8Array;
  level: number | undefined;
  /** What the level is after the answer that is on its way. */
  next?: number | undefined;
  /** That of EXTERNAL AUTHENTICATE. */
  opened?: number;
  /** SCP03 MAC chaining value, or the last C-MAC of SCP02. */
  chaining: Uint8Array;
  counter: number;
}

export const cardChannel = (state: DomainState): CardChannel => {
  let session: Session | undefined;

  const initializeUpdate = ({ p1, data }: CommandApdu, domainAid: Uint8Array): ResponseApdu => {
    session = undefined;
    const [version, keys] =
      Object.entries(state.keys).find(([number]) => p1 === 0 || number === String(p1)) ?? [];
    if (version === undefined || keys === undefined) return answer(status.keyNotFound);
    if (state.failures >= state.mostFailures) return answer(status.blocked);
    const sixteen = state.protocol === 'scp03' && (state.options & 0x01) !== 0;
    const host = data ?? new Uint8Array(0);
    if (host.length !== (sixteen ? 16 : 8)) return answer(status.wrongLength);
    state.sequence++;
    const [enc, mac, dek] = [fromHex(keys.enc), fromHex(keys.mac), fromHex(keys.dek)];
    const about = concatBytes(
      fromHex(state.diversificationData ?? '00'.repeat(10)),
      new Uint8Array([Number(version), state.protocol === 'scp03' ? 3 : 2]),
    );
    if (state.protocol === 'scp02') {
      const sequence = bigEndian(state.sequence, 2);
      const sessionMac = scp02Derive(mac, 0x0101, sequence);
      const sessionEnc = scp02Derive(enc, 0x0182, sequence);
      const challenge =
        (state.options & 0x40) !== 0
          ? desRetailMac(sessionMac, domainAid, new Uint8Array(8)).subarray(0, 6)
          : new Uint8Array(randomBytes(6));
      const cryptogram = (...contexts: Uint8Array[]) =>
        encryptCbc('3des', sessionEnc, withPadding(concatBytes(...contexts), 8)).subarray(-8);
      session = {
        version,
        macLength: 8,
        enc: sessionEnc,
        mac: sessionMac,
        responseMac: scp02Derive(mac, 0x0102, sequence),
        dek: scp02Derive(dek, 0x0181, sequence),
        hostCryptogram: cryptogram(sequence, challenge, host),
        level: undefined,
        chaining: new Uint8Array(8),
        counter: 0,
      };
      return answer(
        status.done,
        concatBytes(about, sequence, challenge, cryptogram(host, sequence, challenge)),
      );
    }
    const length = sixteen ? 16 : 8;
    const sequence = bigEndian(state.sequence, 3);
    const pseudoRandom = (state.options & 0x10) !== 0;
    const challenge = pseudoRandom
      ? scp03Derive(enc, 0x02, concatBytes(sequence, domainAid), length)
      : new Uint8Array(randomBytes(length));
    const context = concatBytes(host, challenge);
    const sessionMac = scp03Derive(mac, 0x06, context, mac.length);
    session = {
      version,
      macLength: length,
      enc: scp03Derive(enc, 0x04, context, enc.length),
      mac: sessionMac,
      responseMac: scp03Derive(mac, 0x07, context, mac.length),
      dek,
      hostCryptogram: scp03Derive(sessionMac, 0x01, context, length),
      level: undefined,
      chaining: new Uint8Array(16),
      counter: 0,
    };
    return answer(
      status.done,
      concatBytes(
        about,
        new Uint8Array([state.options]),
        challenge,
        scp03Derive(sessionMac, 0x00, context, length),
        pseudoRandom ? sequence : new Uint8Array(0),
      ),
    );
  };

  const externalAuthenticate = (command: CommandApdu): ResponseApdu => {
    const begun = session;
    if (begun === undefined || begun.level !== undefined) return answer(status.conditionsNotSatisfied);
    session = undefined;
    const { data = new Uint8Array(0), p1 } = command;
    if (data.length !== 2 * begun.macLength) return answer(status.wrongLength);
    if (!levelsOf(state).includes(p1)) return answer(status.wrongParameters);
    const cryptogram = data.subarray(0, begun.macLength);
    if (!macIsRight(state, begun, command, false) || !equalBytes(cryptogram, begun.hostCryptogram)) {
      state.failures++;
      return answer(0x6300);
    }
    state.failures = 0;
    begun.level = p1;
    begun.opened = p1;
    session = begun;
    return answer(status.done);
  };

  const open = (command: CommandApdu): CommandApdu | undefined => {
    const current = session;
    if (current?.level === undefined) return undefined;
    current.counter++;
    if (current.level === 0) return command;
    const { data = new Uint8Array(0) } = command;
    const body = data.subarray(0, Math.max(0, data.length - current.macLength));
    const plain = opened(state, current, body);
    // SCP02 checks what was encrypted, SCP03 what was sent.
    const covered = state.protocol === 'scp02' ? plain : body;
    if (
      data.length < current.macLength ||
      plain === undefined ||
      covered === undefined ||
      !macIsRight(
        state,
        current,
        { ...command, data: concatBytes(covered, data.subarray(body.length)) },
        true,
      )
    ) {
      session = undefined;
      return undefined;
    }
    const { data: _, ...header } = command;
    const cla = (command.cla & 0x40) !== 0 ? command.cla & ~0x20 : command.cla & ~0x04;
    return plain.length === 0 ? { ...header, cla } : { ...header, cla, data: plain };
  };

  return {
    begin(command, domainAid) {
      if (command.ins === 0x50 && command.cla === 0x80) return initializeUpdate(command, domainAid);
      if (command.ins === 0x82 && command.cla === 0x84) return externalAuthenticate(command);
      return undefined;
    },
    level: () => session?.level,
    open,
    session({ cla, ins, p1, p2 }) {
      if (session?.level === undefined || (cla & 0x80) === 0 || state.protocol === 'scp02') return undefined;
      const begun = session.opened ?? 0;
      if (ins === 0x7a) {
        if (p2 !== 0x01 || (p1 !== 0x10 && p1 !== 0x30)) return answer(status.wrongParameters);
        // Offered by the card, not begun already, and encrypted only where commands are.
        if ((begun | session.level) & 0x10 || !levelsOf(state).includes(begun === 0x01 ? 0x11 : p1 | begun))
          return answer(status.conditionsNotSatisfied);
        session.next = begun | p1;
        return answer(status.done);
      }
      if (ins !== 0x78) return undefined;
      if (p2 !== 0x03 || session.level === begun) return answer(status.conditionsNotSatisfied);
      session.next = begun;
      return answer(status.done);
    },
    close(response) {
      const current = session;
      const level = current?.level ?? 0;
      if (current?.next !== undefined) {
        current.level = current.next;
        current.next = undefined;
      }
      const isError = response.sw !== 0x9000 && response.sw >> 8 !== 0x62 && response.sw >> 8 !== 0x63;
      if (current === undefined || (level & 0x10) === 0) return response;
      if (isError) return answer(response.sw);
      const iv = new Uint8Array(16);
      iv.set(bigEndian(current.counter, 4), 12);
      iv[0] = 0x80;
      const data =
        (level & 0x20) !== 0 && response.data.length > 0
          ? encryptCbc('aes', current.enc, withPadding(response.data, 16), encryptCbc('aes', current.enc, iv))
          : response.data;
      const mac = aesCmac(
        current.responseMac,
        concatBytes(current.chaining, data, bigEndian(response.sw, 2)),
      ).subarray(0, current.macLength);
      return answer(response.sw, concatBytes(data, mac));
    },
    decryptKey(encrypted) {
      if (session === undefined) return encrypted;
      if (state.protocol === 'scp03') return decryptCbc('aes', session.dek, encrypted);
      const { dek } = session;
      return concatBytes(
        ...Array.from({ length: encrypted.length / 8 }, (_, at) =>
          decryptCbc('3des', dek, encrypted.subarray(8 * at, 8 * at + 8)),
        ),
      );
    },
    forget() {
      session = undefined;
    },
  };
};

export { checkValue };

const levelsOf = ({ protocol, options }: DomainState): readonly number[] => {
  const basic = [0x00, 0x01, 0x03];
  if (protocol === 'scp02' || (options & 0x20) === 0) return basic;
  return (options & 0x40) === 0 ? [...basic, 0x11, 0x13] : [...basic, 0x11, 0x13, 0x33];
};

/** Compares the MAC at the end of the command's data and moves the chaining value on. */
const macIsRight = (
  state: DomainState,
  session: Session,
  command: CommandApdu,
  chained: boolean,
): boolean => {
  const { data = new Uint8Array(0), ins, p1, p2 } = command;
  const cla = (command.cla & 0x80) | 0x04;
  const given = data.subarray(data.length - session.macLength);
  // The bytes as they came, with Lc in the length it had, but neither MAC nor Le.
  const sent = encodeCommand({ cla, ins, p1, p2, data, ...((command.le ?? 0) > 256 && { le: 65_536 }) });
  const covered = sent.subarray(0, sent.length - session.macLength - ((command.le ?? 0) > 256 ? 2 : 0));
  if (state.protocol === 'scp02') {
    const iv = chained ? desOnce(session.mac, session.chaining) : session.chaining;
    session.chaining = desRetailMac(session.mac, covered, iv);
  } else session.chaining = aesCmac(session.mac, concatBytes(session.chaining, covered));
  return equalBytes(session.chaining.subarray(0, session.macLength), given);
};

const opened = (state: DomainState, session: Session, body: Uint8Array): Uint8Array | undefined => {
  if (((session.level ?? 0) & 0x02) === 0 || body.length === 0) return body;
  if (body.length % (state.protocol === 'scp02' ? 8 : 16) !== 0) return undefined;
  if (state.protocol === 'scp02') return withoutPadding(decryptCbc('3des', session.enc, body));
  const counter = new Uint8Array(16);
  counter.set(bigEndian(session.counter, 4), 12);
  return withoutPadding(decryptCbc('aes', session.enc, body, encryptCbc('aes', session.enc, counter)));
};

const bigEndian = (value: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) % 256);
