import { utf8 } from '../bytes.ts';
import { hkdfSha256, type Hmac } from '../hkdf/index.ts';

/** Bank and operator that share keys; part of every derivation, so that two pairs never have one in common. */
export interface Partners {
  readonly bankId: string;
  readonly operatorId: string;
}

/** Tables of all labels and lengths: resources/docs/operator-keys.md. */
export type Label =
  | 'working'
  | 'working-pair'
  | 'working-check'
  | 'wrap'
  | 'wrap-psk'
  | 'control-proof'
  | 'initial-authentication'
  | 'dynamic-pin'
  | 'dynamic-data'
  | 'dynamic-mac'
  | 'dynamic-pair'
  | 'dynamic-psk'
  | 'at-rest';

/** HKDF-SHA256: salt = UTF-8 of `version`, info = `infoBytes`. */
export const derive = (
  hmac: Hmac,
  secret: Uint8Array,
  label: Label,
  context: readonly (string | number)[],
  length = 32,
): Promise<Uint8Array> =>
  hkdfSha256(hmac, { secret, salt: utf8(version), info: infoBytes(label, context), length });

/** `info` of an HPKE context: 32 bytes, because the text may be longer than HPKE's implementations take. */
export const hpkeInfo = async (
  hmac: Hmac,
  label: Label,
  context: readonly (string | number)[],
): Promise<Uint8Array> => hmac('sha256', utf8(version), infoBytes(label, context));

/** JSON of an array: every text quoted, so no two contexts are written alike. */
const infoBytes = (label: Label, context: readonly (string | number)[]): Uint8Array =>
  utf8(JSON.stringify([label, ...context]));

const version = 'cardwright/operator-keys/v1';
