import {
  concatBytes,
  findTlv,
  parseTlvs,
  statusClass,
  statusText,
  unwrapTlv,
  type CommandApdu,
  type ResponseApdu,
} from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Failed, type Result } from '../../../electron/shared/result/index.ts';
import type { ApduPipe } from '../../pipe/index.ts';
import { parseFileControl, parseSimFileControl, type FileControl } from './file-control.ts';

/** Where a file lies: at the top, in the folder of the subscription, or in the one of telephony. */
export type Place = 'top' | 'subscription' | 'telecom';

/** Files of a SIM in either generation. */
export interface SimFiles {
  /** `uicc`: TS 102 221, class 00. `sim`: TS 51.011, class A0. */
  readonly generation: 'uicc' | 'sim';
  /** Selects; `undefined` when there is no such file or folder. Faults: card-bad-answer, card-status. */
  select(place: Place, file?: number): Promise<Result<FileControl | undefined>>;
  /** Of the selected file. Faults: card-pin-needed, card-bad-answer, card-status. */
  readBinary(size: number): Promise<Result<Uint8Array>>;
  readRecord(number: number, length: number): Promise<Result<Uint8Array>>;
  /** VERIFY PIN1; with no PIN the question for its state, which costs nothing. The bare answer. */
  verifyPin1(pin: Uint8Array | undefined): Promise<Result<ResponseApdu>>;
}

/**
 * Finds out which generation the card is of. The USIM is selected by its AID, which works whatever was
 * selected before. Fault: card-unsupported, when it has no files of a SIM at all.
 */
export const openSimFiles = async (pipe: ApduPipe): Promise<Result<SimFiles>> => {
  const usim = await findUsim(pipe);
  if (!usim.ok) return usim;
  if (usim.value !== undefined) return ok(uiccFiles(pipe, usim.value));
  const old = simFiles(pipe);
  const top = await old.select('top');
  if (!top.ok) return top;
  return top.value === undefined ? fail('card-unsupported', { what: 'sim' }) : ok(old);
};

const usimAid = new Uint8Array([0xa0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02]);
const MASTER_FILE = 0x3f00;
const APPLICATION_LIST = 0x2f00;
const DF_GSM = 0x7f20;
const DF_TELECOM = 0x7f10;

const selectAid = (aid: Uint8Array): CommandApdu => ({
  cla: 0x00,
  ins: 0xa4,
  p1: 0x04,
  p2: 0x04, // give the FCP
  data: aid,
  le: 256,
});

/** The AID that selects the USIM: its beginning, or the whole one from EF DIR where the card wants that. */
const findUsim = async (pipe: ApduPipe): Promise<Result<Uint8Array | undefined>> => {
  const direct = await pipe.send(selectAid(usimAid));
  if (!direct.ok) return direct;
  if (direct.value.sw === 0x9000) return ok(usimAid);
  const files = uiccFiles(pipe, undefined);
  const list = await files.select('top', APPLICATION_LIST);
  if (!list.ok) return list.fault.code === 'card-status' ? ok(undefined) : list;
  const { records } = list.value ?? {};
  if (records === undefined) return ok(undefined);
  for (let number = 1; number <= records.count; number++) {
    const record = await files.readRecord(number, records.length);
    if (!record.ok) return record.fault.code === 'card-status' ? ok(undefined) : record;
    const aid = aidOf(record.value);
    if (aid === undefined || !usimAid.every((byte, at) => aid[at] === byte)) continue;
    const selected = await pipe.send(selectAid(aid));
    if (!selected.ok) return selected;
    if (selected.value.sw === 0x9000) return ok(aid);
  }
  return ok(undefined);
};

/** 61 { 4F AID, 50 label }, filled up with FF (TS 102 221 §13.1). */
const aidOf = (record: Uint8Array): Uint8Array | undefined => {
  const end = 2 + (record[1] ?? 0);
  const template = unwrapTlv(record.subarray(0, end), 0x61);
  const objects = template.ok ? parseTlvs(template.value) : template;
  return objects.ok ? findTlv(objects.value, 0x4f) : undefined;
};

const uiccFiles = (pipe: ApduPipe, usim: Uint8Array | undefined): SimFiles => {
  const one = async (command: CommandApdu): Promise<Result<FileControl | undefined>> => {
    const answer = await pipe.send(command);
    if (!answer.ok) return answer;
    const { sw, data } = answer.value;
    if (statusClass(sw) === 'not-found') return ok(undefined);
    return sw === 0x9000 ? parseFileControl(data) : statusFault('SELECT', sw);
  };
  const byId = (id: number) =>
    one({ cla: 0x00, ins: 0xa4, p1: 0x00, p2: 0x04, data: identifier(id), le: 256 });

  return {
    generation: 'uicc',
    async select(place, file) {
      let folder: Result<FileControl | undefined>;
      if (place === 'subscription') folder = usim === undefined ? ok(undefined) : await one(selectAid(usim));
      else {
        folder = await byId(MASTER_FILE);
        if (place === 'telecom' && folder.ok && folder.value !== undefined) folder = await byId(DF_TELECOM);
      }
      return file === undefined || !folder.ok || folder.value === undefined ? folder : byId(file);
    },
    ...reading(pipe, 0x00),
  };
};

const simFiles = (pipe: ApduPipe): SimFiles => {
  const byId = async (id: number): Promise<Result<FileControl | undefined>> => {
    const answer = await pipe.send({ cla: 0xa0, ins: 0xa4, p1: 0, p2: 0, data: identifier(id) });
    if (!answer.ok) return answer;
    const { sw } = answer.value;
    if (sw === 0x9404 || statusClass(sw) === 'not-found') return ok(undefined);
    // A card that does not know this class is no SIM.
    if (statusClass(sw) === 'unsupported') return ok(undefined);
    if (sw >> 8 !== 0x9f) return statusFault('SELECT', sw);
    const control = await pipe.send({ cla: 0xa0, ins: 0xc0, p1: 0, p2: 0, le: sw & 0xff || 256 });
    if (!control.ok) return control;
    return control.value.sw === 0x9000
      ? parseSimFileControl(control.value.data)
      : statusFault('GET RESPONSE', control.value.sw);
  };
  const folderOf = { top: undefined, subscription: DF_GSM, telecom: DF_TELECOM } as const;

  return {
    generation: 'sim',
    async select(place, file) {
      let folder = await byId(MASTER_FILE);
      const below = folderOf[place];
      if (below !== undefined && folder.ok && folder.value !== undefined) folder = await byId(below);
      return file === undefined || !folder.ok || folder.value === undefined ? folder : byId(file);
    },
    ...reading(pipe, 0xa0),
  };
};

const reading = (pipe: ApduPipe, cla: number): Pick<SimFiles, 'readBinary' | 'readRecord' | 'verifyPin1'> => {
  const read = async (name: string, command: CommandApdu): Promise<Result<Uint8Array>> => {
    const answer = await pipe.send(command);
    if (!answer.ok) return answer;
    const { sw, data } = answer.value;
    if (sw === 0x9804 || statusClass(sw) === 'not-authenticated') return fail('card-pin-needed');
    if (sw !== 0x9000) return statusFault(name, sw);
    return data.length === command.le ? ok(data) : fail('card-bad-answer', { what: name });
  };
  return {
    async readBinary(size) {
      const parts: Uint8Array[] = [];
      for (let at = 0; at < size; at += 255) {
        const le = Math.min(255, size - at);
        const part = await read('READ BINARY', { cla, ins: 0xb0, p1: at >> 8, p2: at & 0xff, le });
        if (!part.ok) return part;
        parts.push(part.value);
      }
      return ok(concatBytes(...parts));
    },
    readRecord: (number, length) => read('READ RECORD', { cla, ins: 0xb2, p1: number, p2: 0x04, le: length }),
    verifyPin1: (pin) =>
      pipe.send({ cla, ins: 0x20, p1: 0, p2: 0x01, ...(pin === undefined ? {} : { data: pin }) }),
  };
};

const identifier = (id: number): Uint8Array => new Uint8Array([id >> 8, id & 0xff]);

const statusFault = (command: string, sw: number): Failed =>
  fail('card-status', { command, sw: statusText(sw), meaning: statusClass(sw) });
