import { AsnConvert } from '@peculiar/asn1-schema';
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { IssuingKey } from '../authority/issuing-keys.ts';
import type { Bank } from '../bank.ts';
import { crlReasonOf } from '../ca/sign-crl.ts';
import { signerOf, type Signer } from '../ca/signer.ts';
import { nameDer } from '../ca/subject-name.ts';
import { keyIdentifier, spkiOf } from '../ca/subject-public-key.ts';
import {
  readOcspRequest,
  responseData,
  successful,
  unsuccessful,
  type CertificateId,
  type CertificateStatus,
  type OcspAnswer,
} from './ocsp-messages.ts';

export interface OcspResponder {
  /** DER in, DER out (RFC 6960); never throws for what was asked. */
  answer(request: Uint8Array): Promise<Buffer>;
}

interface Responder {
  readonly signer: Signer;
  /** DER. */
  readonly certificate: Buffer;
  readonly until: Date;
}

const FRESH_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Says of one certificate whether it is good now, from the database and not from a list. The CA's key
 * does not sign the answers: each process has a responder's key for its run, certified for this alone.
 */
export const openOcspResponder = (bank: Bank): OcspResponder => {
  // RFC 6960, 4.2.2.2: whoever answers was certified by the key that signed what is asked about.
  const responders = new Map<string, Promise<Responder>>();
  const responderFor = async (key: IssuingKey): Promise<Responder> => {
    const known = await responders.get(key.keyId);
    if (known && known.until.getTime() - bank.clock().getTime() > DAY_MS) return known;
    const fresh = certifyResponder(bank, key);
    responders.set(key.keyId, fresh);
    return fresh;
  };
  return {
    async answer(der) {
      const request = readOcspRequest(der);
      if (request === undefined) return Buffer.from(unsuccessful(1));
      const { issuingKeys } = bank.authority;
      await issuingKeys.refresh(bank.store.db);
      // One key answers; what another has signed is unknown to it.
      const key = request.ids.map((id) => issuerOf(bank, id)).find((each) => each !== undefined);
      const answers: OcspAnswer[] = [];
      for (const id of request.ids) answers.push({ id, status: await statusOf(bank, id, key) });
      const { signer, certificate } = await responderFor(key ?? issuingKeys.current());
      const now = bank.clock();
      const data = responseData(
        answers,
        keyIdentifier(spkiOf(signer.publicKey)),
        now,
        new Date(now.getTime() + FRESH_MS),
        request.nonce,
      );
      const algorithm = new Uint8Array(AsnConvert.serialize(signer.algorithm));
      return Buffer.from(successful(data, algorithm, await signer.sign(data), certificate));
    },
  };
};

const statusOf = async (
  bank: Bank,
  id: CertificateId,
  key: IssuingKey | undefined,
): Promise<CertificateStatus> => {
  if (key === undefined || issuerOf(bank, id) !== key) return { kind: 'unknown' };
  const row = await bank.store.db
    .selectFrom('certificates')
    .select(['state', 'revoked_at', 'reason', 'issuer_key_id'])
    .where('serial', '=', id.serial)
    .executeTakeFirst();
  if (row !== undefined && row.issuer_key_id !== null && row.issuer_key_id !== key.keyId)
    return { kind: 'unknown' };
  switch (row?.state) {
    case 'issued':
    case 'expired':
      return { kind: 'good' };
    case 'revoked':
    case 'on-hold':
      return {
        kind: 'revoked',
        at: new Date(row.revoked_at ?? bank.clock()),
        reason: crlReasonOf(row.state === 'on-hold' ? 'on-hold' : (row.reason ?? '')),
      };
    default:
      return { kind: 'unknown' }; // never issued; also a serial that was taken and not signed
  }
};

/** Content bytes of the identifiers of SHA-1 (what nearly every client asks with) and SHA-256. */
const hashes: Readonly<Record<string, 'sha1' | 'sha256'>> = {
  '2b0e03021a': 'sha1',
  '608648016503040201': 'sha256',
};

const issuerOf = ({ authority }: Bank, id: CertificateId): IssuingKey | undefined => {
  const hash = hashes[id.hashOid];
  if (hash === undefined) return undefined;
  const digest = (bytes: Uint8Array) => createHash(hash).update(bytes).digest();
  if (!digest(nameDer(authority.name)).equals(id.issuerNameHash)) return undefined;
  return authority.issuingKeys
    .all()
    .find(({ signer }) => digest(publicKeyBits(signer)).equals(id.issuerKeyHash));
};

/** The bit string's bytes of the SPKI: an EC point, or an RSAPublicKey. */
const publicKeyBits = ({ publicKey }: Signer): Buffer => {
  if (publicKey.asymmetricKeyType === 'rsa') return publicKey.export({ type: 'pkcs1', format: 'der' });
  const spki = spkiOf(publicKey);
  return spki.subarray(publicKey.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? -97 : -65);
};

const certifyResponder = async (bank: Bank, by: IssuingKey): Promise<Responder> => {
  const profile = bank.authority.profiles.get('ocsp');
  if (profile === undefined) throw new Error('a profile that was checked at the start is gone');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { der, not_after } = await bank.authority.issue(bank.store.db, {
    profile,
    subject: [
      { type: 'CN', value: 'OCSP responder' },
      { type: 'O', value: bank.identity.bankNameLatin },
      { type: 'C', value: 'CN' },
    ],
    spki: spkiOf(createPublicKey(privateKey)),
    by,
  });
  return {
    signer: signerOf(privateKey),
    certificate: Buffer.from(der, 'base64'),
    until: new Date(not_after),
  };
};
