import { parseTlvs, unwrapTlv, type Tlv } from '../../../electron/shared/codec/index.ts';

export const derTag = {
  integer: 0x02,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const;

/** What a constructed value holds; `undefined` when it is damaged. */
export const partsOf = (value: Uint8Array | undefined): readonly Tlv[] | undefined => {
  const parsed = value === undefined ? undefined : parseTlvs(value);
  return parsed?.ok === true ? parsed.value : undefined;
};

/** The parts of the one SEQUENCE that is the whole of these bytes. */
export const sequenceOf = (bytes: Uint8Array): readonly Tlv[] | undefined => {
  const value = unwrapTlv(bytes, derTag.sequence);
  return value.ok ? partsOf(value.value) : undefined;
};

/** The value of one part, when it has the tag that belongs there. */
export const valueAt = (
  parts: readonly Tlv[] | undefined,
  place: number,
  tag: number,
): Uint8Array | undefined => {
  const part = parts?.[place];
  return part?.tag === tag ? part.value : undefined;
};
