import { fail, ok, type Result } from '../result/index.ts';
import { concatBytes } from './bytes.ts';

/** A command to a card (ISO/IEC 7816-4 §5.1). */
export interface CommandApdu {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** Absent or empty: no data field. At most 65535 bytes. */
  readonly data?: Uint8Array;
  /** Most bytes expected back; 256 and 65536 mean "all you have". Absent: none expected. */
  readonly le?: number;
}

export interface ResponseApdu {
  readonly data: Uint8Array;
  /** Status word, SW1 SW2 as one number, e.g. 0x9000. */
  readonly sw: number;
}

/** Short form where it fits (data ≤ 255 and le ≤ 256), else extended. */
export const encodeCommand = (command: CommandApdu): Uint8Array => {
  const { cla, ins, p1, p2, data = new Uint8Array(0), le } = command;
  if (data.length > 0xffff || (le !== undefined && (le < 1 || le > 0x10000)))
    throw new Error('A command APDU longer than the standard knows');
  const extended = data.length > 255 || (le ?? 0) > 256;
  const parts: Uint8Array[] = [new Uint8Array([cla, ins, p1, p2])];
  if (extended) parts.push(new Uint8Array([0]));
  if (data.length > 0)
    parts.push(new Uint8Array(extended ? [data.length >> 8, data.length & 0xff] : [data.length]), data);
  if (le !== undefined) parts.push(new Uint8Array(extended ? [(le >> 8) & 0xff, le & 0xff] : [le & 0xff]));
  return concatBytes(...parts);
};

/** The other direction, for the card's side. Fault: card-bad-answer. */
export const parseCommand = (bytes: Uint8Array): Result<CommandApdu> => {
  const [cla, ins, p1, p2, first] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return malformed();
  const header = { cla, ins, p1, p2 };
  if (first === undefined) return ok(header);
  const body = bytes.subarray(4);
  if (body.length === 1) return ok({ ...header, le: first || 256 });
  if (first !== 0) return parseBody(header, body.subarray(1), first, 1);
  if (body.length === 3) return ok({ ...header, le: readUint16(body, 1) || 0x10000 });
  if (body.length < 4) return malformed();
  return parseBody(header, body.subarray(3), readUint16(body, 1), 2);
};

/** Fault: card-bad-answer, for fewer than 2 bytes. */
export const parseResponse = (bytes: Uint8Array): Result<ResponseApdu> => {
  if (bytes.length < 2) return malformed();
  const end = bytes.length - 2;
  return ok({ data: bytes.subarray(0, end), sw: readUint16(bytes, end) });
};

export const encodeResponse = ({ data, sw }: ResponseApdu): Uint8Array =>
  concatBytes(data, new Uint8Array([sw >> 8, sw & 0xff]));

const parseBody = (
  header: CommandApdu,
  rest: Uint8Array,
  length: number,
  leLength: 1 | 2,
): Result<CommandApdu> => {
  if (length === 0 || rest.length < length) return malformed();
  const data = rest.subarray(0, length);
  const tail = rest.subarray(length);
  if (tail.length === 0) return ok({ ...header, data });
  if (tail.length !== leLength) return malformed();
  const le = leLength === 1 ? (tail[0] ?? 0) || 256 : readUint16(tail, 0) || 0x10000;
  return ok({ ...header, data, le });
};

const readUint16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

const malformed = () => fail('card-bad-answer', { what: 'apdu' });
