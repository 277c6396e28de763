import { fail, ok, type Result } from '../result/index.ts';
import { concatBytes } from './bytes.ts';
import { fromHex } from './hex.ts';
import { encodeTlv, findTlv, parseTlvs, type Tlv } from './tlv.ts';

/** The hash of one data object on a card, under its data group number (1 to 16). */
export interface DataGroupHash {
  readonly dataGroup: number;
  /** 32 bytes. */
  readonly sha256: Uint8Array;
}

/** Content type of an LDSSecurityObject as PIV cards carry it (SP 800-73-4 part 1, 3.1.7). */
export const LDS_SECURITY_OBJECT = '1.3.27.1.1.1';

/**
 * LDSSecurityObject (ICAO 9303 part 10): SEQUENCE { version 0, SHA-256, SEQUENCE OF { number, hash } }; DER. It is what
 * an issuer signs for the security object of a card.
 */
export const encodeDataGroupHashes = (hashes: readonly DataGroupHash[]): Uint8Array =>
  encodeTlv(
    0x30,
    fromHex('020100'),
    sha256Algorithm,
    encodeTlv(
      0x30,
      ...hashes.map(({ dataGroup, sha256 }) =>
        encodeTlv(0x30, encodeTlv(0x02, Uint8Array.of(dataGroup)), encodeTlv(0x04, sha256)),
      ),
    ),
  );

/** Fault: card-bad-answer {what: security-object}. */
export const parseDataGroupHashes = (der: Uint8Array): Result<readonly DataGroupHash[]> => {
  const [, algorithm, list] = partsOf(partsOf(der)?.[0]?.value) ?? [];
  const groups = partsOf(list?.value);
  // SHA-256 with absent parameters or NULL.
  const hash = partsOf(algorithm?.value)?.[0];
  if (groups === undefined || hash === undefined || !isSha256(hash)) return damaged();
  const hashes: DataGroupHash[] = [];
  for (const { value } of groups) {
    const fields = partsOf(value) ?? [];
    const [number, sha256] = [findTlv(fields, 0x02), findTlv(fields, 0x04)];
    if (number?.length !== 1 || number[0] === undefined || sha256?.length !== 32) return damaged();
    hashes.push({ dataGroup: number[0], sha256 });
  }
  return ok(hashes);
};

const sha256Oid = fromHex('608648016503040201');
const sha256Algorithm = encodeTlv(0x30, concatBytes(encodeTlv(0x06, sha256Oid), fromHex('0500')));
const isSha256 = ({ tag, value }: Tlv): boolean =>
  tag === 0x06 && value.length === sha256Oid.length && value.every((byte, at) => byte === sha256Oid[at]);

const partsOf = (bytes: Uint8Array | undefined): readonly Tlv[] | undefined => {
  const parsed = bytes === undefined ? undefined : parseTlvs(bytes);
  return parsed?.ok === true ? parsed.value : undefined;
};

const damaged = () => fail('card-bad-answer', { what: 'security-object' });
