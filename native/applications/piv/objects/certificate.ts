import { gunzipSync, gzipSync } from 'node:zlib';
import { concatBytes, encodeTlv, findTlv, parseTlvs } from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';

/**
 * Content of a certificate object (SP 800-73-4 part 1, table 10): 70 certificate, 71 whether it is gzipped, FE
 * empty. Packed only where the plain one does not fit: not every program unpacks.
 */
export const encodeCertificate = (
  der: Uint8Array,
  { gzip = false }: { readonly gzip?: boolean } = {},
): Uint8Array =>
  concatBytes(
    encodeTlv(0x70, gzip ? new Uint8Array(gzipSync(der, { level: 9 })) : der),
    encodeTlv(0x71, new Uint8Array([gzip ? 0x01 : 0x00])),
    encodeTlv(0xfe),
  );

/** The certificate, DER; unpacked where 71 says gzip. Fault: card-bad-answer. */
export const parseCertificate = (content: Uint8Array): Result<Uint8Array> => {
  const fields = parseTlvs(content);
  if (!fields.ok) return fields;
  const stored = findTlv(fields.value, 0x70);
  if (stored === undefined || stored.length === 0) return damaged();
  const info = findTlv(fields.value, 0x71)?.[0] ?? 0;
  return (info & 0x01) === 0 ? ok(stored) : unpack(stored);
};

const unpack = (stored: Uint8Array): Result<Uint8Array> => {
  try {
    return ok(new Uint8Array(gunzipSync(stored, { maxOutputLength: longestCertificate })));
  } catch {
    return damaged();
  }
};

/** Far above what fits on a card; stops a decompression bomb. */
const longestCertificate = 65_536;

const damaged = () => fail('card-bad-answer', { what: 'certificate object' });
