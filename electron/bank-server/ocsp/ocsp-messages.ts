import { encodeTlv, parseTlvs, unwrapTlv, type Tlv } from '../../shared/codec/index.ts';

// RFC 6960, 4.1 and 4.2, in DER

const OID_NONCE = Buffer.from('2b0601050507300102', 'hex');
const OID_BASIC = Buffer.from('2b0601050507300101', 'hex');
const [SEQUENCE, INTEGER, BIT_STRING, OCTETS, OID, ENUMERATED, TIME] = [0x30, 2, 3, 4, 6, 10, 0x18] as const;

/** Which certificate is asked about. */
export interface CertificateId {
  /** The whole CertID, given back as it came. */
  readonly der: Uint8Array;
  /** Object identifier of the hash, its content bytes in hex. */
  readonly hashOid: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Hex. */
  readonly serial: string;
}

export interface OcspRequest {
  readonly ids: readonly CertificateId[];
  /** The nonce's whole extension, to be given back. */
  readonly nonce: Uint8Array | undefined;
}

export const MOST_IDS = 20;

/** Undefined for anything that is not a request. A signature on it is not looked at: everybody may ask. */
export const readOcspRequest = (der: Uint8Array): OcspRequest | undefined => {
  const [tbs] = children(unwrap(der, SEQUENCE)) ?? [];
  const parts = tbs?.tag === SEQUENCE ? children(tbs.value) : undefined;
  const list = children(parts?.find(({ tag }) => tag === SEQUENCE)?.value);
  if (list === undefined || list.length === 0 || list.length > MOST_IDS) return undefined;
  const ids = list.map(({ value }) => readId(children(value)?.[0]));
  const known = ids.filter((each) => each !== undefined);
  if (known.length !== ids.length) return undefined;
  const extensions = children(unwrap(parts?.find(({ tag }) => tag === 0xa2)?.value, SEQUENCE)) ?? [];
  const nonce = extensions.find(({ value }) => {
    const oid = children(value)?.[0]?.value;
    return oid !== undefined && OID_NONCE.equals(oid) && value.length <= 80;
  });
  return { ids: known, nonce: nonce && encodeTlv(SEQUENCE, nonce.value) };
};

const readId = (id: Tlv | undefined): CertificateId | undefined => {
  const [algorithm, name, key, serial] = children(id?.value) ?? [];
  const hashOid = children(algorithm?.value)?.[0]?.value;
  if (id === undefined || hashOid === undefined || name?.tag !== OCTETS || key?.tag !== OCTETS)
    return undefined;
  if (serial?.tag !== INTEGER) return undefined;
  return {
    der: encodeTlv(SEQUENCE, id.value),
    hashOid: Buffer.from(hashOid).toString('hex'),
    issuerNameHash: name.value,
    issuerKeyHash: key.value,
    serial: Buffer.from(serial.value).toString('hex'),
  };
};

export type CertificateStatus =
  | { readonly kind: 'good' | 'unknown' }
  | { readonly kind: 'revoked'; readonly at: Date; readonly reason: number };

export interface OcspAnswer {
  readonly id: CertificateId;
  readonly status: CertificateStatus;
}

/** What is signed: ResponseData. `responderKeyHash`: SHA-1 of the responder's public key bits. */
export const responseData = (
  answers: readonly OcspAnswer[],
  responderKeyHash: Uint8Array,
  producedAt: Date,
  nextUpdate: Date,
  nonce: Uint8Array | undefined,
): Uint8Array =>
  encodeTlv(
    SEQUENCE,
    encodeTlv(0xa2, encodeTlv(OCTETS, responderKeyHash)),
    time(producedAt),
    encodeTlv(
      SEQUENCE,
      ...answers.map(({ id, status }) =>
        encodeTlv(SEQUENCE, id.der, statusOf(status), time(producedAt), encodeTlv(0xa0, time(nextUpdate))),
      ),
    ),
    ...(nonce === undefined ? [] : [encodeTlv(0xa1, encodeTlv(SEQUENCE, nonce))]),
  );

const statusOf = (status: CertificateStatus): Uint8Array => {
  switch (status.kind) {
    case 'good':
      return encodeTlv(0x80);
    case 'unknown':
      return encodeTlv(0x82);
    case 'revoked':
      return encodeTlv(
        0xa1,
        time(status.at),
        encodeTlv(0xa0, encodeTlv(ENUMERATED, Uint8Array.of(status.reason))),
      );
  }
};

/** The whole answer: status successful, a basic response with the responder's certificate. */
export const successful = (
  data: Uint8Array,
  algorithm: Uint8Array,
  signature: Uint8Array,
  responderCertificate: Uint8Array,
): Uint8Array => {
  const basic = encodeTlv(
    SEQUENCE,
    data,
    algorithm,
    encodeTlv(BIT_STRING, Uint8Array.of(0), signature),
    encodeTlv(0xa0, encodeTlv(SEQUENCE, responderCertificate)),
  );
  const bytes = encodeTlv(SEQUENCE, encodeTlv(OID, OID_BASIC), encodeTlv(OCTETS, basic));
  return encodeTlv(SEQUENCE, encodeTlv(ENUMERATED, Uint8Array.of(0)), encodeTlv(0xa0, bytes));
};

/** An answer without content: 1 malformed request, 2 internal error. Not signed. */
export const unsuccessful = (status: 1 | 2): Uint8Array =>
  encodeTlv(SEQUENCE, encodeTlv(ENUMERATED, Uint8Array.of(status)));

/** GeneralizedTime in whole seconds, UTC. */
const time = (at: Date): Uint8Array =>
  encodeTlv(TIME, Buffer.from(`${at.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`));

const children = (value: Uint8Array | undefined): readonly Tlv[] | undefined => {
  const parsed = value && parseTlvs(value);
  return parsed?.ok ? parsed.value : undefined;
};

const unwrap = (der: Uint8Array | undefined, tag: number): Uint8Array | undefined => {
  const unwrapped = der && unwrapTlv(der, tag);
  return unwrapped?.ok ? unwrapped.value : undefined;
};
