import { findTlv, parseTlvs, unwrapTlv, type Tlv } from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import { TAG_RECOGNITION_DATA } from './get-data.ts';

/** What kind of GlobalPlatform card it is. */
export interface RecognitionData {
  /** Of the card specification, e.g. 2.2.1; `undefined` when the card does not say. */
  readonly version: string | undefined;
  /** Secure channel protocols and their option bits "i", in the card's order. */
  readonly channels: readonly { readonly protocol: number; readonly options: number }[];
}

/** 66 { 73 { 06 card recognition, 60 { 06 version }, 64 { 06 protocol and i } … } } (GPCS 2.3.1 H.2). Fault: card-bad-answer. */
export const parseRecognitionData = (data: Uint8Array): Result<RecognitionData> => {
  const template = unwrapTlv(data, TAG_RECOGNITION_DATA);
  if (!template.ok) return template;
  const inner = unwrapTlv(template.value, 0x73);
  if (!inner.ok) return inner;
  const objects = parseTlvs(inner.value);
  if (!objects.ok) return objects;
  const version = findTlv(objects.value, 0x60);
  const channels = objects.value.filter(({ tag }) => tag === 0x64).map(({ value }) => arcsOf(value, CHANNEL));
  return channels.includes(undefined)
    ? fail('card-bad-answer', { what: 'recognition-data' })
    : ok({
        version: version === undefined ? undefined : arcsOf(version, VERSION)?.join('.'),
        channels: channels.flatMap((arcs) => {
          const [protocol, options] = arcs ?? [];
          return protocol === undefined || options === undefined ? [] : [{ protocol, options }];
        }),
      });
};

// 1.2.840.114283, the arc of GlobalPlatform, and below it 2 versions, 4 secure channels.
const GLOBALPLATFORM = [0x2a, 0x86, 0x48, 0x86, 0xfc, 0x6b];
const VERSION = [...GLOBALPLATFORM, 2];
const CHANNEL = [...GLOBALPLATFORM, 4];

/** The numbers of the object identifier in `value` that follow `prefix`. */
const arcsOf = (value: Uint8Array, prefix: readonly number[]): readonly number[] | undefined => {
  const objects = parseTlvs(value);
  const identifier: Tlv | undefined = objects.ok ? objects.value.find(({ tag }) => tag === 0x06) : undefined;
  if (identifier === undefined || !prefix.every((byte, at) => identifier.value[at] === byte))
    return undefined;
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of identifier.value.subarray(prefix.length)) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > 0xffff) return undefined;
    if ((byte & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0;
  }
  return arcs;
};
