import {
  concatBytes,
  encodeResponse,
  equalBytes,
  parseCommand,
  type CommandApdu,
  type ResponseApdu,
} from '../../../electron/shared/codec/index.ts';
import { answer, status, type Applet } from '../applets/applet.ts';

/** A card as hardware: it gets bytes and gives bytes, and forgets what is not written when power goes. */
export interface VirtualCard {
  /** Answer to reset (ISO/IEC 7816-3). */
  readonly atr: Uint8Array;
  /** One APDU. What it changes is committed before this returns. */
  transmit(command: Uint8Array): Uint8Array;
  /** Power off and on: every authentication and half-sent command is gone. */
  powerCycle(): void;
  /** How long a real card of this kind would take for a command; at once when absent. */
  busyMs?(command: Uint8Array): number;
}

/**
 * Assembles a card from applications: SELECT, command chaining, extended lengths and GET RESPONSE are
 * the card's, everything else is the selected application's.
 * @param commit is called after each command, to make lasting what the applications changed.
 */
export const assembleCard = (parts: {
  atr: Uint8Array;
  /** A function where applications come and go. */
  applets: readonly Applet[] | (() => readonly Applet[]);
  commit: () => void;
  /** What answers before anything is selected: the files of a SIM. */
  first?: Applet;
  /** What SELECT without an AID selects: the issuer's domain. */
  issuerDomain?: Applet;
}): VirtualCard => {
  const { atr, applets, commit, first, issuerDomain } = parts;
  const present = (): readonly Applet[] => (typeof applets === 'function' ? applets() : applets);
  let selected: Applet | undefined = first;
  let chain: CommandApdu | undefined;
  let waiting: Uint8Array = new Uint8Array(0);
  let waitingSw: number = status.done;

  /** As much as the command has room for; 61xx for what is left. */
  const cut = (response: ResponseApdu, le: number | undefined): ResponseApdu => {
    const room = le ?? 256;
    if (response.data.length <= room) return response;
    waiting = response.data.subarray(room);
    waitingSw = response.sw;
    return { data: response.data.subarray(0, room), sw: moreData(waiting.length) };
  };

  const select = (command: CommandApdu): ResponseApdu => {
    const aid = command.data ?? new Uint8Array(0);
    const next =
      aid.length === 0
        ? issuerDomain
        : present().find((applet) => aid.length >= 5 && isPrefix(aid, applet.aid));
    if (next === undefined) return answer(status.notFound);
    selected?.forget();
    next.forget();
    selected = next;
    return next.select(command);
  };

  const process = (command: CommandApdu): ResponseApdu => {
    if (command.ins === INS_SELECT && command.p1 === 0x04 && (command.cla & 0x8c) === 0)
      return select(command);
    return selected?.process(command) ?? answer(status.instructionUnknown);
  };

  const receive = (command: CommandApdu): ResponseApdu => {
    if (command.ins === INS_GET_RESPONSE && waiting.length > 0) {
      const rest = waiting;
      waiting = new Uint8Array(0);
      return cut(answer(waitingSw, rest), command.le);
    }
    waiting = new Uint8Array(0);
    if ((command.cla & 0x80) === 0 && (command.cla & 0x03) !== 0) return answer(status.channelUnsupported);

    const chained = (command.cla & 0x10) !== 0;
    const header = { ...command, cla: command.cla & ~0x10 };
    const begun = chain !== undefined && sameCommand(chain, header) ? chain : undefined;
    chain = undefined;
    const data = concatBytes(begun?.data ?? new Uint8Array(0), command.data ?? new Uint8Array(0));
    if (data.length > longestCommand) return answer(status.wrongLength);
    const whole = data.length > 0 ? { ...header, data } : header;
    if (chained) {
      chain = whole;
      selected?.piece?.(whole);
      return answer(status.done);
    }
    return cut(process(whole), command.le);
  };

  return {
    atr,
    transmit(bytes) {
      const command = parseCommand(bytes);
      if (!command.ok) return encodeResponse(answer(status.wrongLength));
      const response = receive(command.value);
      commit();
      return encodeResponse(response);
    },
    powerCycle() {
      selected?.forget();
      for (const applet of [...present(), ...(first === undefined ? [] : [first])]) applet.powerOff?.();
      selected = first;
      chain = undefined;
      waiting = new Uint8Array(0);
    },
  };
};

const sameCommand = (one: CommandApdu, other: CommandApdu): boolean =>
  one.cla === other.cla && one.ins === other.ins && one.p1 === other.p1 && one.p2 === other.p2;

/** A shorter AID selects by its beginning, a longer one by the version behind it (ISO/IEC 7816-4 §12.2.3). */
const isPrefix = (aid: Uint8Array, own: Uint8Array): boolean => {
  const length = Math.min(aid.length, own.length);
  return equalBytes(aid.subarray(0, length), own.subarray(0, length));
};

const moreData = (left: number): number => 0x6100 | (left > 255 ? 0 : left);

const INS_SELECT = 0xa4;
const INS_GET_RESPONSE = 0xc0;
/** Room for one object of 3 kB, as on the tokens this card is modelled on. */
const longestCommand = 3_200;
