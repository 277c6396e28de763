import {
  encodeTlv,
  fromHex,
  toHex,
  type CommandApdu,
  type ResponseApdu,
} from '../../../../electron/shared/codec/index.ts';
import { answer, status, type Applet } from '../applet.ts';
import { usimAid, type SimFile, type UiccState } from './uicc-state.ts';

/**
 * The file system of a SIM: TS 102 221 with class 00, or TS 51.011 with class A0. It is what a SIM answers
 * with after power-on; selected by its AID it stands in the folder of the USIM.
 */
export const uiccApplet = (state: UiccState): Applet => {
  let folder = top;
  let file: SimFile | undefined;
  let verified = false;
  /** What GET RESPONSE of a SIM brings. */
  let response: Uint8Array = new Uint8Array(0);

  const selectById = (id: string): 'folder' | 'file' | undefined => {
    const here = id === '3f00' ? top : `${folder}/${id}`;
    const beside = `${top}/${id}`;
    for (const path of [here, beside]) {
      if (path === top || Object.keys(state.files).some((name) => name.startsWith(`${path}/`))) {
        folder = path;
        file = undefined;
        return 'folder';
      }
      if (state.files[path] !== undefined) {
        file = state.files[path];
        return 'file';
      }
    }
    return undefined;
  };

  const allowed = (): boolean => file?.behindPin1 !== true || !state.pin1.enabled || verified;

  const read = ({ ins, p1, p2, le = 256 }: CommandApdu, denied: number): ResponseApdu => {
    if (file === undefined) return answer(status.conditionsNotSatisfied);
    if (!allowed()) return answer(denied);
    const { content } = file;
    const hex = ins === 0xb0 ? content : content[p1 - 1];
    if (typeof hex !== 'string' || (ins === 0xb0) !== (typeof content === 'string')) return answer(0x6981);
    const whole = fromHex(hex);
    const start = ins === 0xb0 ? p1 * 256 + p2 : 0;
    if (start >= whole.length) return answer(0x6b00);
    const data = whole.subarray(start);
    if (le !== 256 && le > data.length) return answer(0x6c00 | data.length);
    return answer(status.done, data.subarray(0, le));
  };

  const verify = (data: Uint8Array | undefined): 'right' | 'wrong' | 'blocked' => {
    const { pin1 } = state;
    if (pin1.left === 0) return 'blocked';
    if (toHex(data ?? new Uint8Array(0)) === pin1.value) {
      pin1.left = pin1.total;
      verified = true;
      return 'right';
    }
    pin1.left--;
    verified = false;
    return pin1.left === 0 ? 'blocked' : 'wrong';
  };

  const uicc = (command: CommandApdu): ResponseApdu => {
    const { ins, data } = command;
    switch (ins) {
      case 0xa4: {
        if (command.p1 !== 0x00 || data?.length !== 2) return answer(status.wrongParameters);
        return selectById(toHex(data)) === undefined
          ? answer(status.notFound)
          : answer(status.done, command.p2 === 0x0c ? new Uint8Array(0) : fileControl(state, file));
      }
      case 0xb0:
      case 0xb2:
        return read(command, status.securityNotSatisfied);
      case 0x20: {
        if (command.p2 !== 0x01) return answer(status.keyNotFound);
        const { pin1 } = state;
        if (data === undefined) {
          if (verified || !pin1.enabled) return answer(status.done);
          return answer(pin1.left === 0 ? status.blocked : 0x63c0 | pin1.left);
        }
        if (data.length !== 8) return answer(status.wrongLength);
        const result = verify(data);
        if (result === 'right') return answer(status.done);
        return answer(result === 'blocked' ? status.blocked : 0x63c0 | pin1.left);
      }
      default:
        return answer(status.instructionUnknown);
    }
  };

  const sim = (command: CommandApdu): ResponseApdu => {
    const { ins, data } = command;
    switch (ins) {
      case 0xa4: {
        if (data?.length !== 2) return answer(status.wrongLength);
        if (selectById(toHex(data)) === undefined) return answer(0x9404);
        response = simFileControl(state, file);
        return answer(0x9f00 | response.length);
      }
      case 0xc0:
        return answer(status.done, response.subarray(0, command.le));
      case 0xb0:
      case 0xb2:
        return read(command, 0x9804);
      case 0x20: {
        const result = verify(data);
        if (result === 'right') return answer(status.done);
        return answer(result === 'blocked' ? 0x9840 : 0x9804);
      }
      default:
        return answer(status.instructionUnknown);
    }
  };

  return {
    // A card of the second generation has no applications with names.
    aid: state.generation === 'uicc' ? fromHex(usimAid) : new Uint8Array(0),
    forget() {
      folder = top;
      file = undefined;
    },
    // PIN1 belongs to the card and not to one application (TS 102 221 §9.4).
    powerOff() {
      verified = false;
    },
    select() {
      folder = '3f00/7fff';
      return answer(status.done, fileControl(state, undefined));
    },
    process(command) {
      const own = state.generation === 'uicc' ? 0x00 : 0xa0;
      if (command.cla !== own) return answer(status.classUnknown);
      return own === 0x00 ? uicc(command) : sim(command);
    },
  };
};

const top = '3f00';

/** FCP template (TS 102 221 §11.1.1.3). */
const fileControl = ({ pin1 }: UiccState, file: SimFile | undefined): Uint8Array => {
  const states = encodeTlv(
    0xc6,
    encodeTlv(0x90, new Uint8Array([pin1.enabled ? 0x80 : 0x00])),
    encodeTlv(0x83, new Uint8Array([0x01])),
    encodeTlv(0x83, new Uint8Array([0x81])),
  );
  if (file === undefined) return encodeTlv(0x62, encodeTlv(0x82, fromHex('7821')), states);
  const records = typeof file.content === 'string' ? undefined : file.content;
  const length = (records === undefined ? file.content.length : records.join('').length) / 2;
  const recordLength = (records?.[0]?.length ?? 0) / 2;
  return encodeTlv(
    0x62,
    encodeTlv(
      0x82,
      records === undefined
        ? fromHex('4121')
        : new Uint8Array([0x42, 0x21, recordLength >> 8, recordLength & 0xff, records.length]),
    ),
    encodeTlv(0x80, new Uint8Array([length >> 8, length & 0xff])),
  );
};

/** TS 51.011 §9.2.1. */
const simFileControl = ({ pin1 }: UiccState, file: SimFile | undefined): Uint8Array => {
  if (file === undefined) {
    const control = new Uint8Array(22);
    control[6] = 0x01;
    control[12] = 9;
    control[13] = pin1.enabled ? 0x00 : 0x80;
    control[18] = 0x80 | pin1.left;
    return control;
  }
  const records = typeof file.content === 'string' ? undefined : file.content;
  const length = (records === undefined ? file.content.length : records.join('').length) / 2;
  const control = new Uint8Array(15);
  control.set([length >> 8, length & 0xff], 2);
  control[6] = 0x04;
  control[12] = 2;
  control[13] = records === undefined ? 0x00 : 0x01;
  control[14] = (records?.[0]?.length ?? 0) / 2;
  return control;
};
