import { encodeTlv, fromHex } from '../../shared/codec/index.ts';
import type { CertificateProfile } from '../ca/certificate-profile.ts';

// Object identifiers, DER.
const [EC_PUBLIC_KEY, RSA_ENCRYPTION] = [fromHex('06072a8648ce3d0201'), fromHex('06092a864886f70d010101')];
const CHALLENGE_PASSWORD = fromHex('06092a864886f70d010907');
const SIGNATURE_OIDS: Readonly<Record<CertificateProfile['algorithm'], Uint8Array>> = {
  'p-256': fromHex('06082a8648ce3d040302'), // ecdsa-with-SHA256
  'p-384': fromHex('06082a8648ce3d040303'), // ecdsa-with-SHA384
  'rsa-2048': fromHex('06092a864886f70d01010b'), // sha256WithRSAEncryption
};
const [SEQUENCE, SET] = [0x30, 0x31] as const;

/**
 * What a request under this profile needs (RFC 7030, 4.5.2 as RFC 9908, 3.2 reads it): the key's kind with its
 * curve or length, the hash to sign with, and challengePassword where the profile wants the request tied to its
 * connection. Of the name nothing is said: it comes with the enrolment order, another one for each card. DER.
 */
export const requestAttributes = ({ algorithm, channelBinding }: CertificateProfile): Buffer =>
  Buffer.from(
    encodeTlv(
      SEQUENCE,
      ...(channelBinding === 'required' ? [CHALLENGE_PASSWORD] : []),
      keyKind(algorithm),
      SIGNATURE_OIDS[algorithm],
    ),
  );

const keyKind = (algorithm: CertificateProfile['algorithm']): Uint8Array => {
  switch (algorithm) {
    case 'p-256':
      return encodeTlv(SEQUENCE, EC_PUBLIC_KEY, encodeTlv(SET, fromHex('06082a8648ce3d030107')));
    case 'p-384':
      return encodeTlv(SEQUENCE, EC_PUBLIC_KEY, encodeTlv(SET, fromHex('06052b81040022')));
    case 'rsa-2048':
      return encodeTlv(SEQUENCE, RSA_ENCRYPTION, encodeTlv(SET, fromHex('02020800')));
  }
};
