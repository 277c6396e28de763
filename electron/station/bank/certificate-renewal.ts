import { Certificate } from '@peculiar/asn1-x509';
import { AsnConvert } from '@peculiar/asn1-schema';
import { createPublicKey, generateKeyPair, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Connection } from '../../shared/contract/index.ts';
import type { KeyAlgorithm } from '../../shared/domain/index.ts';
import { fail, ok, type Failed, type Fault, type Result } from '../../shared/result/index.ts';
import { hashOf, makeCertificateRequest } from './certificate-request.ts';
import { estClient } from './est-client.ts';
import { httpsBankClient } from './https-bank-client.ts';
import type { StationCredentials, StationIdentity } from './station-credentials.ts';

export interface RenewalOptions {
  readonly credentials: StationCredentials;
  readonly bankOrigin: string;
  /** PEM. */
  readonly bankCa: () => string;
  /** By the bank's clock, which is the one that counts; undefined while the bank is not reached. */
  readonly bankTime: () => Date | undefined;
  readonly now: () => Date;
  /** The bank accepts it: from now on it is the station's. */
  onRenewed(identity: StationIdentity, endsAt: string): void;
  /** Another fault than at the last try. */
  onRefused(fault: Fault, endsAt: string): void;
}

/** How long the station's own certificate is good, and its renewal over EST (RFC 7030, 4.2.2). */
export interface CertificateRenewal {
  view(): Connection['certificate'];
  /** Does nothing before two thirds of the certificate's life are over. One at a time. */
  renewWhenDue(): Promise<void>;
}

/**
 * The order in which nothing is lost, whatever is cut off:
 *
 *   new key kept ──▶ certified (asked again for the same key: the same certificate) ──▶ kept beside the old
 *                ──▶ a connection with it works ──▶ it takes the old one's place
 *
 * Until then the station is who it was. What the bank does not accept is dropped, and asked for anew later.
 */
export function certificateRenewal(options: RenewalOptions): CertificateRenewal {
  const { credentials, bankOrigin, bankCa, bankTime, now } = options;
  let fault: Fault | undefined;
  let renewing: Promise<void> | undefined;

  const renew = async (): Promise<Result<StationIdentity>> => {
    const current = credentials.current();
    const next = credentials.next() ?? { key: await newKey(current.certificate), certificate: undefined };
    if (next.certificate === undefined) {
      credentials.keepNextKey(next.key);
      const certified = await certify(current, next.key, { origin: bankOrigin, ca: bankCa() });
      if (!certified.ok) {
        if (certified.fault.code !== 'csr-refused') return certified;
        credentials.dropNext();
        return fail('station-certificate-not-renewed', certified.fault.data);
      }
      credentials.keepNextCertificate(certified.value);
    }
    const kept = credentials.next();
    if (kept?.certificate === undefined) return fail('bank-bad-answer', { call: 'simplereenroll' });
    const tried = await tryOut({ key: kept.key, certificate: kept.certificate });
    if (tried.ok) return ok(credentials.adoptNext());
    const { code } = tried.fault;
    if (code !== 'bank-refused-station' && code !== 'station-certificate-ended') return tried;
    credentials.dropNext();
    return fail('station-certificate-not-renewed', { reason: 'refused' });
  };

  /** Asked for with a connection of its own: the others go on with the old one. */
  const tryOut = async (identity: StationIdentity): Promise<Result<unknown>> => {
    const client = httpsBankClient({ origin: bankOrigin, ...identity, bankCa: bankCa(), now });
    const status = await client.call('status', {}, {});
    client.close();
    return status;
  };

  const renewOnce = async (): Promise<void> => {
    const before = lifeOf(credentials.current().certificate);
    const time = bankTime();
    if (time === undefined || time < before.renewsAt) return;
    const renewed = await renew().catch(storageFault);
    if (renewed.ok) {
      fault = undefined;
      options.onRenewed(renewed.value, lifeOf(renewed.value.certificate).endsAt.toISOString());
      return;
    }
    const isNew = renewed.fault.code !== fault?.code;
    fault = renewed.fault;
    if (isNew) options.onRefused(renewed.fault, before.endsAt.toISOString());
  };

  return {
    view() {
      const { endsAt, renewsAt } = lifeOf(credentials.current().certificate);
      const at = bankTime() ?? now();
      return {
        state: at > endsAt ? 'ended' : at >= renewsAt ? 'due' : 'good',
        endsAt: endsAt.toISOString(),
        renewsAt: renewsAt.toISOString(),
        ...(fault && { fault }),
      };
    },
    renewWhenDue() {
      renewing ??= renewOnce().finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
  };
}

/** The folder of the credentials is full or not to be written; anything else is a defect. */
function storageFault(error: unknown): Failed {
  if (error instanceof Error && 'syscall' in error) return fail('storage-full');
  throw error;
}

function lifeOf(certificate: string): { readonly endsAt: Date; readonly renewsAt: Date } {
  const { validFromDate: from, validToDate: endsAt } = new X509Certificate(certificate);
  return { endsAt, renewsAt: new Date(from.getTime() + ((endsAt.getTime() - from.getTime()) * 2) / 3) };
}

/** For the same name and a key of the same kind, on the old one's word. Gives PEM. Faults: those of `estClient`. */
async function certify(
  current: StationIdentity,
  key: string,
  { origin, ca }: { readonly origin: string; readonly ca: string },
): Promise<Result<string>> {
  const old = new X509Certificate(current.certificate);
  const algorithm = algorithmOf(old.publicKey);
  if (algorithm === undefined) return fail('csr-refused', { reason: 'algorithm' });
  const publicKey = createPublicKey(key);
  const client = estClient({ origin, ca, identity: current });
  const answer = await client.reenrol(
    (challengePassword) =>
      makeCertificateRequest({
        order: { profile: '', algorithm, subject: old.subject, subjectDer: subjectOf(old) },
        publicKey: publicKey.export({ type: 'spki', format: 'der' }),
        sign: async (bytes) => ok(sign(hashOf(algorithm), bytes, key)),
        ...(challengePassword !== undefined && { challengePassword }),
      }),
    0,
  );
  if (!answer.ok) return answer;
  try {
    const certificate = new X509Certificate(answer.value);
    if (certificate.publicKey.equals(publicKey) && certificate.subject === old.subject)
      return ok(certificate.toString());
  } catch {
    // Not a certificate: answered below.
  }
  return fail('bank-bad-answer', { call: 'simplereenroll' });
}

/** The name as it was written, DER in base64. */
const subjectOf = (certificate: X509Certificate): string =>
  Buffer.from(
    AsnConvert.serialize(AsnConvert.parse(certificate.raw, Certificate).tbsCertificate.subject),
  ).toString('base64');

const generate = promisify(generateKeyPair);

/** Of the same kind as the certificate's. PKCS#8, PEM. */
async function newKey(certificate: string): Promise<string> {
  const algorithm = algorithmOf(new X509Certificate(certificate).publicKey);
  const { privateKey } =
    algorithm === 'rsa-2048'
      ? await generate('rsa', { modulusLength: 2048 })
      : await generate('ec', { namedCurve: algorithm === 'p-384' ? 'P-384' : 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): KeyAlgorithm | undefined {
  if (asymmetricKeyType === 'rsa') return 'rsa-2048';
  if (asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'p-256';
  return asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'p-384' : undefined;
}
