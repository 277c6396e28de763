import {
  concatBytes,
  encodeTlv,
  findTlv,
  parseTlvs,
  parseUtf8,
  utf8,
} from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import { encodeFascn, nonFederalFascn } from './fascn.ts';

/** Card Holder Unique Identifier, SP 800-73-4 part 1, table 9. */
export interface Chuid {
  /** 16 bytes: the identity of the card. */
  readonly guid: Uint8Array;
  /** YYYY-MM-DD. */
  readonly expiration: string;
  /** 25 bytes, as read; not checked here, since old tokens carry odd ones (`parseFascn`). */
  readonly fascn: Uint8Array;
  /** CMS over all other fields; empty on cards of issuers outside the federal PKI. */
  readonly signature: Uint8Array;
}

/** A card of an issuer that is no United States agency, without signature. A wrong GUID or date throws. */
export const encodeChuid = (chuid: { guid: Uint8Array; expiration: string }): Uint8Array => {
  if (chuid.guid.length !== 16) throw new Error('A GUID has 16 bytes');
  if (!isDate(chuid.expiration)) throw new Error('A CHUID expires on a date');
  return concatBytes(
    encodeTlv(0x30, encodeFascn(nonFederalFascn)),
    encodeTlv(0x34, chuid.guid),
    encodeTlv(0x35, utf8(chuid.expiration.replaceAll('-', ''))),
    encodeTlv(0x3e),
    encodeTlv(0xfe),
  );
};

/** Strict in lengths, date and final code. Fault: card-bad-answer. */
export const parseChuid = (content: Uint8Array): Result<Chuid> => {
  const fields = parseTlvs(content);
  if (!fields.ok) return fields;
  const fascn = findTlv(fields.value, 0x30);
  const guid = findTlv(fields.value, 0x34);
  const date = parseUtf8(findTlv(fields.value, 0x35) ?? new Uint8Array(0)) ?? '';
  const signature = findTlv(fields.value, 0x3e);
  const end = findTlv(fields.value, 0xfe);
  const expiration = date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  if (fascn?.length !== 25 || guid?.length !== 16 || end?.length !== 0 || signature === undefined)
    return damaged();
  return isDate(expiration) ? ok({ guid, expiration, fascn, signature }) : damaged();
};

/** A date that exists, written YYYY-MM-DD. */
const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};

const damaged = () => fail('card-bad-answer', { what: 'CHUID' });
