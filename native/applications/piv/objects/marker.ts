import {
  concatBytes,
  encodeTlv,
  findTlv,
  fromHex,
  parseTlvs,
  parseUtf8,
  toHex,
  utf8,
} from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';

/**
 * "Issued": written last, so a card without it, or with one that does not fit its content, was left in the
 * middle. Not a proof of anything: the bank's signatures are in the certificate and the user info.
 */
export interface Marker {
  /** The bank's number of the card. */
  readonly cardId: string;
  /** SHA-256 of the certificate, DER; lower-case hex. */
  readonly certificateSha256: string;
  /** SHA-256 of the user info, CMS; lower-case hex. */
  readonly userInfoSha256: string;
}

/** 80 version, 81 card id, 82 hash of the certificate, 83 hash of the user info. Hashes that are none throw. */
export const encodeMarker = (marker: Marker): Uint8Array => {
  const certificate = fromHex(marker.certificateSha256);
  const userInfo = fromHex(marker.userInfoSha256);
  if (certificate.length !== 32 || userInfo.length !== 32) throw new Error('A SHA-256 has 32 bytes');
  return concatBytes(
    encodeTlv(0x80, new Uint8Array([version])),
    encodeTlv(0x81, utf8(marker.cardId)),
    encodeTlv(0x82, certificate),
    encodeTlv(0x83, userInfo),
  );
};

/** Fault: card-bad-answer, also for a version of the future. */
export const parseMarker = (content: Uint8Array): Result<Marker> => {
  const fields = parseTlvs(content);
  if (!fields.ok) return fields;
  const written = findTlv(fields.value, 0x80);
  const cardId = parseUtf8(findTlv(fields.value, 0x81) ?? new Uint8Array(0));
  const certificate = findTlv(fields.value, 0x82);
  const userInfo = findTlv(fields.value, 0x83);
  if (written?.length !== 1 || written[0] !== version) return damaged();
  if (!cardId || certificate?.length !== 32 || userInfo?.length !== 32) return damaged();
  return ok({ cardId, certificateSha256: toHex(certificate), userInfoSha256: toHex(userInfo) });
};

const version = 1;

const damaged = () => fail('card-bad-answer', { what: 'marker' });
