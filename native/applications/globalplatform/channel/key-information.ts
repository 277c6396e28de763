import { parseTlvs, unwrapTlv } from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';

/** One key that a security domain holds, without its value. */
export interface KeyInformation {
  /** 1 ENC, 2 MAC, 3 DEK for the keys of a channel. */
  readonly id: number;
  readonly version: number;
  /** `undefined`: a kind this house does not use (RSA, ECC, PSK …). */
  readonly type: '3des' | 'aes' | undefined;
  /** Bytes; `undefined` when the card does not say. */
  readonly length: number | undefined;
  /** Only some cards add it, behind the standard's fields. */
  readonly checkValue: Uint8Array | undefined;
}

/**
 * The key information template (GPCS 2.3.1 11.3.3.1): E0 { C0 { id, version, type, length [, type, length]
 * [, check value 3] } … }. Fault: card-bad-answer.
 */
export const parseKeyInformation = (data: Uint8Array): Result<readonly KeyInformation[]> => {
  const template = unwrapTlv(data, 0xe0);
  if (!template.ok) return template;
  const entries = parseTlvs(template.value);
  if (!entries.ok) return entries;
  const keys: KeyInformation[] = [];
  for (const { tag, value } of entries.value) {
    if (tag !== 0xc0) continue;
    const [id, version, type, length] = value;
    if (id === undefined || version === undefined || type === undefined)
      return fail('card-bad-answer', { what: 'key-information' });
    keys.push({
      id,
      version,
      type: typeOf(type),
      // FF begins the extended format, whose lengths have two bytes.
      length: type === 0xff ? undefined : length,
      checkValue: value.length === 7 && type !== 0xff ? value.slice(4) : undefined,
    });
  }
  return ok(keys);
};

/** GPCS 2.3.1 table 11-16; some cards name a 3DES key by its use in CBC or ECB. */
const typeOf = (type: number): KeyInformation['type'] => {
  if (type === 0x88) return 'aes';
  return type >= 0x80 && type <= 0x84 ? '3des' : undefined;
};
