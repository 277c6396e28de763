import { findTlv, parseTlvs, unwrapTlv, type Tlv } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';

/** What a card says of a file or folder when it is selected. */
export interface FileControl {
  /** Bytes of a transparent file. */
  readonly size: number | undefined;
  /** A file of records of one length. */
  readonly records: { readonly length: number; readonly count: number } | undefined;
  /** PIN1 has to be shown; `undefined` when the card does not say. */
  readonly pin1Enabled: boolean | undefined;
  /** Tries left for PIN1; only cards of the second generation say it here. */
  readonly pin1TriesLeft: number | undefined;
}

/**
 * FCP template of a UICC (TS 102 221 §11.1.1.3): 62 { 82 descriptor, 80 size, C6 { 90 states, 83 key … } }.
 * Fault: card-bad-answer.
 */
export const parseFileControl = (data: Uint8Array): Result<FileControl> => {
  const template = unwrapTlv(data, 0x62);
  if (!template.ok) return template;
  const objects = parseTlvs(template.value);
  if (!objects.ok) return objects;
  // type | coding | record length 2 | count
  const descriptor = findTlv(objects.value, 0x82);
  const [, , high = 0, low = 0, count = 0] = descriptor ?? [];
  const size = findTlv(objects.value, 0x80);
  const states = findTlv(objects.value, 0xc6);
  return ok({
    size: size?.reduce((sum, byte) => sum * 256 + byte, 0),
    records: descriptor?.length === 5 ? { length: high * 256 + low, count } : undefined,
    pin1Enabled: states === undefined ? undefined : pin1State(states),
    pin1TriesLeft: undefined,
  });
};

/** 90 a bit for each key, the first in b8; then 83 its reference, in that order (TS 102 221 §9.5.2). */
const pin1State = (states: Uint8Array): boolean | undefined => {
  const objects = parseTlvs(states);
  if (!objects.ok) return undefined;
  const bits = findTlv(objects.value, 0x90);
  const keys = objects.value.filter(({ tag }: Tlv) => tag === 0x83);
  const at = keys.findIndex(({ value }) => value[0] === PIN1);
  const byte = bits?.[at >> 3];
  return at < 0 || byte === undefined ? undefined : (byte & (0x80 >> (at & 7))) !== 0;
};

const PIN1 = 0x01;

/**
 * Answer to SELECT of a SIM (TS 51.011 §9.2.1): size at 2, type of file at 6; of an EF structure at 13 and
 * record length at 14; of a folder the state of CHV1 at 13 and its counter at 18. Fault: card-bad-answer.
 */
export const parseSimFileControl = (data: Uint8Array): Result<FileControl> => {
  const [, , high, low, , , type] = data;
  if (high === undefined || low === undefined || type === undefined) return malformed();
  const size = high * 256 + low;
  if (type === ELEMENTARY) {
    const recordLength = data[14] ?? 0;
    const linear = data[13] === 0x01 || data[13] === 0x03;
    return linear && recordLength === 0
      ? malformed()
      : ok({
          size: linear ? undefined : size,
          records: linear ? { length: recordLength, count: Math.floor(size / recordLength) } : undefined,
          pin1Enabled: undefined,
          pin1TriesLeft: undefined,
        });
  }
  const characteristics = data[13];
  const counter = data[18];
  return ok({
    size: undefined,
    records: undefined,
    pin1Enabled: characteristics === undefined ? undefined : (characteristics & 0x80) === 0,
    pin1TriesLeft: counter === undefined ? undefined : counter & 0x0f,
  });
};

const ELEMENTARY = 0x04;

const malformed = () => fail('card-bad-answer', { what: 'file-control' });
