import { concatBytes, utf8 } from '../bytes.ts';
import { toHex } from '../hex.ts';
import { hkdfSha256, type Hmac } from '../hkdf/index.ts';

/**
 * What the seed of a chain is made from, fixed at issuance (S1). Everything but `secret` is known to others
 * too (it is printed, public or on the medium), so it only binds: the strength is that of `secret`.
 */
export interface SeedMaterial {
  /** At least 32 random bytes from the bank's key service. */
  readonly secret: Uint8Array;
  readonly userId: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** Hardware data of the medium: ICCID, CID of the SD card, serial of the smart card. */
  readonly mediumIdentity: string;
  /** Hardware data of the phone, of an overlay, identification data; as many as the bank asks for. */
  readonly further?: Readonly<Record<string, string>>;
}

/** The keys of one chain; the same on the medium and at the bank. */
export interface ChainKeys {
  /** Key of the OTPs, 32 bytes. */
  readonly otp: Uint8Array;
  /** Key with which the bank vouches for its challenges, 32 bytes. */
  readonly bank: Uint8Array;
  /** What stands in for OTP(0), 32 bytes in hex. */
  readonly firstLink: string;
  /** Session information of an alarm (a medium that finds its chain continued by another), 32 bytes in hex. */
  readonly alarmLink: string;
}

/** HKDF-SHA256 over the seed material, one output for each purpose. A short secret is a bug and throws. */
export const deriveChainKeys = async (hmac: Hmac, material: SeedMaterial): Promise<ChainKeys> => {
  if (material.secret.length < 32) throw new Error('The secret of a seed has at least 32 bytes');
  const secret = encodeMaterial(material);
  const derive = (purpose: string) =>
    hkdfSha256(hmac, { secret, salt: utf8('cardwright/otp-chain/v1'), info: utf8(purpose), length: 32 });
  return {
    otp: await derive('otp'),
    bank: await derive('bank'),
    firstLink: toHex(await derive('first-link')),
    alarmLink: toHex(await derive('alarm-link')),
  };
};

/** Each value with its name, both with their lengths, so that no two materials give the same bytes. */
const encodeMaterial = (material: SeedMaterial): Uint8Array => {
  const further = Object.entries(material.further ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  return concatBytes(
    ...[
      ['secret', material.secret] as const,
      ['user-id', utf8(material.userId)] as const,
      ['certificate', material.certificate] as const,
      ['medium-identity', utf8(material.mediumIdentity)] as const,
      ...further.map(([name, value]) => [`further:${name}`, utf8(value)] as const),
    ].map(([name, value]) => concatBytes(withLength(utf8(name)), withLength(value))),
  );
};

const withLength = (bytes: Uint8Array): Uint8Array =>
  concatBytes(
    Uint8Array.of(
      bytes.length >>> 24,
      (bytes.length >>> 16) & 255,
      (bytes.length >>> 8) & 255,
      bytes.length & 255,
    ),
    bytes,
  );
