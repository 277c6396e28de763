import { createHash } from 'node:crypto';
import {
  concatBytes,
  encodeTlv,
  equalBytes,
  findTlv,
  parseTlvs,
  type DataGroupHash,
} from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';

/** Container identifiers (SP 800-73-4 part 1, table 2) of what a security object can vouch for. */
export const containers = {
  chuid: 0x3000,
  printedInformation: 0x3001,
  ccc: 0xdb00,
  discovery: 0x6050,
} as const;

/** The issuer's word for the objects on a card that carry no signature of their own (part 1, 3.1.7). */
export interface SecurityObject {
  /** Which container each data group number stands for. */
  readonly groups: readonly { readonly dataGroup: number; readonly container: number }[];
  /** CMS over the hashes; who signed it is for the reader to check. */
  readonly signed: Uint8Array;
}

/** BA { number, container } … | BB CMS | FE. */
export const encodeSecurityObject = ({ groups, signed }: SecurityObject): Uint8Array =>
  concatBytes(
    encodeTlv(
      0xba,
      ...groups.map(({ dataGroup, container }) => Uint8Array.of(dataGroup, container >> 8, container & 0xff)),
    ),
    encodeTlv(0xbb, signed),
    encodeTlv(0xfe),
  );

/** Fault: card-bad-answer. */
export const parseSecurityObject = (content: Uint8Array): Result<SecurityObject> => {
  const fields = parseTlvs(content);
  if (!fields.ok) return fields;
  const mapping = findTlv(fields.value, 0xba);
  const signed = findTlv(fields.value, 0xbb);
  if (mapping === undefined || mapping.length % 3 !== 0 || signed === undefined || signed.length === 0)
    return fail('card-bad-answer', { what: 'security-object' });
  const groups = Array.from({ length: mapping.length / 3 }, (_, at) => {
    const [dataGroup = 0, high = 0, low = 0] = mapping.subarray(3 * at);
    return { dataGroup, container: high * 256 + low };
  });
  return ok({ groups, signed });
};

/** SHA-256 over the whole content of an object, without its wrapping tag. */
export const objectHash = (content: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(content).digest());

/**
 * The containers whose content is not what was signed: another, gone, or not vouched for at all.
 * @param hashes what the signature holds, checked by the caller
 * @param objects content by container; `undefined` for one that is not on the card
 */
export const objectsThatDiffer = (
  { groups }: Pick<SecurityObject, 'groups'>,
  hashes: readonly DataGroupHash[],
  objects: ReadonlyMap<number, Uint8Array | undefined>,
): number[] =>
  [...objects].flatMap(([container, content]) => {
    const group = groups.find((one) => one.container === container);
    const signed = hashes.find(({ dataGroup }) => dataGroup === group?.dataGroup);
    const same =
      signed !== undefined && content !== undefined && equalBytes(objectHash(content), signed.sha256);
    return same ? [] : [container];
  });
