import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { keyAlgorithm } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/** What the CA allows and writes for one kind of certificate; `resources/certificate-profiles/*.json`. */
export const certificateProfile = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/),
  /** Can be asked for by EST under this name. */
  enrollable: z.boolean(),
  /** Stations enrol themselves under this name; with `approval`, an officer of the bank lets them in first. */
  stationEnrolment: z.strictObject({ approval: z.boolean() }).optional(),
  algorithm: keyAlgorithm,
  /** `required`: a request has to be tied to its TLS connection (RFC 7030, 3.5). One that is gets checked always. */
  channelBinding: z.enum(['checked', 'required']).optional(),
  /** Object identifiers a request may be signed with. */
  requestSignatures: z.array(z.string()),
  keyUsage: z
    .array(z.enum(['digitalSignature', 'keyEncipherment', 'keyAgreement', 'keyCertSign', 'cRLSign']))
    .min(1),
  extendedKeyUsage: z.array(z.enum(['clientAuth', 'serverAuth', 'ocspSigning'])),
  certificateAuthority: z.boolean(),
  crlDistributionPoint: z.boolean(),
  /** Says where to ask about the certificate (OCSP) and where its issuer's is. */
  authorityInformation: z.boolean().optional(),
  /** Clocks are not exact: a card is valid at once, and a station whose clock is off still hears so from the bank. */
  backdatedMinutes: z.number().int().min(0).max(7_200),
  validityDays: z.number().int().min(1).max(7_400),
});
export type CertificateProfile = z.infer<typeof certificateProfile>;

export type CertificateProfiles = ReadonlyMap<string, CertificateProfile>;

/** The profiles every bank of this program needs. */
const needed = [
  'ca',
  'server',
  'station',
  'bank-signing',
  'card-p256',
  'card-rsa2048',
  'card-p384',
  'ocsp',
  'partner',
  'officer',
];

export const readCertificateProfiles = (folder: string): Result<CertificateProfiles> => {
  const profiles = new Map<string, CertificateProfile>();
  let files: string[];
  try {
    files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch {
    return fail('bank-setup-invalid', { file: 'certificate-profiles' });
  }
  for (const file of files) {
    const profile = parsed(join(folder, file));
    if (profile === undefined || `${profile.name}.json` !== file || !hasPurpose(profile))
      return fail('bank-setup-invalid', { file: `certificate-profiles/${file}` });
    profiles.set(profile.name, profile);
  }
  const missing = needed.find((name) => !profiles.has(name));
  return missing === undefined
    ? ok(profiles)
    : fail('bank-setup-invalid', { file: `certificate-profiles/${missing}.json` });
};

/**
 * What the bank signs is told from what others sign by this: its own signing certificate is the only one below the CA
 * that names no purpose.
 */
const hasPurpose = ({ name, certificateAuthority, extendedKeyUsage }: CertificateProfile): boolean =>
  certificateAuthority || name === 'bank-signing' || extendedKeyUsage.length > 0;

const parsed = (file: string): CertificateProfile | undefined => {
  try {
    return certificateProfile.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
};
