import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { concatBytes, encodeTlv, fromHex, toHex, utf8 } from '../../../../electron/shared/codec/index.ts';

/** What a card needs to vouch for keys that it has made; the maker puts it there. Certificates are DER in hex. */
export interface AttestationKey {
  /** Of the maker, whose key is not on the card: who knows it believes the card. */
  readonly root: string;
  readonly certificate: string;
  /** PKCS#8, base64. */
  readonly pkcs8: string;
}

/** Of a maker that exists for this one card. */
export const newAttestationKey = (serial: number): AttestationKey => {
  const [maker, card] = [newKey(), newKey()];
  const root = certificate('Virtual Maker', 'Virtual Maker', maker.publicKey, maker.privateKey, [
    isAuthority,
  ]);
  const own = certificate('Virtual Maker', `Virtual Card ${serial}`, card.publicKey, maker.privateKey, [
    isAuthority,
  ]);
  return {
    root: toHex(root),
    certificate: toHex(own),
    pkcs8: card.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  };
};

/** A certificate over a key that the card has made, with its serial (Yubico's extension 41482.3.7). */
export const attestationOf = (key: AttestationKey, serial: number, pkcs8: string): Uint8Array =>
  certificate(
    `Virtual Card ${serial}`,
    'Key made on the card',
    createPublicKey(load(pkcs8)),
    load(key.pkcs8),
    [extension('2b0601040182c40a0307', encodeTlv(0x02, uint32(serial)))],
  );

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const load = (pkcs8: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });

/** X.509 version 3 (RFC 5280, 4.1), ECDSA with SHA-256. */
const certificate = (
  issuer: string,
  subject: string,
  publicKey: KeyObject,
  issuerKey: KeyObject,
  extensions: readonly Uint8Array[],
): Uint8Array => {
  const content = encodeTlv(
    0x30,
    encodeTlv(0xa0, fromHex('020102')),
    encodeTlv(0x02, concatBytes(fromHex('01'), randomBytes(8))),
    ecdsaWithSha256,
    nameOf(issuer),
    encodeTlv(0x30, encodeTlv(0x17, utf8('250101000000Z')), encodeTlv(0x17, utf8('491231235959Z'))),
    nameOf(subject),
    new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    encodeTlv(0xa3, encodeTlv(0x30, ...extensions)),
  );
  const signature = new Uint8Array(sign('sha256', content, issuerKey));
  return encodeTlv(0x30, content, ecdsaWithSha256, encodeTlv(0x03, fromHex('00'), signature));
};

const ecdsaWithSha256 = encodeTlv(0x30, encodeTlv(0x06, fromHex('2a8648ce3d040302')));
const nameOf = (common: string): Uint8Array =>
  encodeTlv(0x30, encodeTlv(0x31, encodeTlv(0x30, fromHex('0603550403'), encodeTlv(0x0c, utf8(common)))));
const extension = (oid: string, value: Uint8Array): Uint8Array =>
  encodeTlv(0x30, encodeTlv(0x06, fromHex(oid)), encodeTlv(0x04, value));
/** basicConstraints, critical: cA. */
const isAuthority = fromHex('300f0603551d130101ff040530030101ff');
const uint32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(5);
  new DataView(bytes.buffer).setUint32(1, value);
  return bytes;
};
