import { CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Name, SubjectPublicKeyInfo } from '@peculiar/asn1-x509';
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto';
import { ContentInfo, SignedData } from '@peculiar/asn1-cms';
import { challengeMessage, type EnrolmentOrder } from '../../electron/shared/bank-api/index.ts';
import type { CardRecord, KeyAlgorithm, MediumKind } from '../../electron/shared/domain/index.ts';
import type { BankClient, HttpAnswer } from './bank-client.ts';
import type { TestBank } from './start-bank.ts';

/** A card whose key is in memory: what a station and a medium do together, in a test. */
export interface SoftCard {
  readonly cardId: string;
  readonly customerId: string;
  readonly enrolment: EnrolmentOrder;
  readonly privateKey: KeyObject;
  readonly publicKeySha256: string;
  readonly mediumIdentity: string;
}

export const newKey = (algorithm: KeyAlgorithm | 'rsa-1024' | 'p-384'): KeyObject => {
  switch (algorithm) {
    case 'p-256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'p-384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    case 'rsa-1024':
      return generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    case 'rsa-2048':
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  }
};

export const spkiSha256 = (key: KeyObject): string =>
  createHash('sha256')
    .update(createPublicKey(key).export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** A PKCS#10 request over the name of an enrolment order; DER. */
export const certificateRequest = (key: KeyObject, subjectDer: Uint8Array): Buffer => {
  const info = new CertificationRequestInfo({
    subject: AsnConvert.parse(new Uint8Array(subjectDer), Name),
    subjectPKInfo: AsnConvert.parse(
      new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' })),
      SubjectPublicKeyInfo,
    ),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(info)), key);
  return Buffer.from(
    AsnConvert.serialize(
      new CertificationRequest({
        certificationRequestInfo: info,
        signatureAlgorithm:
          key.asymmetricKeyType === 'ec'
            ? new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' })
            : new AlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.11', parameters: null }),
        signature: new Uint8Array(signature).buffer,
      }),
    ),
  );
};

export const checkPin = async (bank: TestBank, client: BankClient, customerId: string): Promise<string> => {
  const customer = bank.customers.find((each) => each.customerId === customerId)!;
  const { pinCheckId } = await client.must(
    'checkAccountPin',
    { customerId },
    {
      account: customer.accounts[0]!.number,
      pin: await client.seal('account-pin', customerId, bank.trainingSecrets[customerId]!.accountPin),
      officerId: 'teller-1',
    },
  );
  return pinCheckId;
};

export interface ReserveOptions {
  readonly kind?: MediumKind;
  readonly algorithm?: KeyAlgorithm;
  readonly mediumIdentity?: string;
  readonly password?: string;
  /** With a chain of one-time passwords (S1). */
  readonly chained?: boolean;
}

/** The body of `reserveCard`, with the PIN just checked. */
export const reservation = async (
  bank: TestBank,
  client: BankClient,
  customerId: string,
  { kind = 'sd-card', algorithm = 'p-256', mediumIdentity, password }: ReserveOptions = {},
) => {
  const customer = bank.customers.find((each) => each.customerId === customerId)!;
  const pinCheckId = await checkPin(bank, client, customerId);
  return {
    customerId,
    pinCheckId,
    medium: { kind, identity: mediumIdentity ?? `test|${randomUUID()}`, serial: 'T-0001' },
    algorithm,
    loginPassword: await client.seal(
      'login-password',
      customerId,
      password ?? bank.trainingSecrets[customerId]!.suggestedLoginPassword,
    ),
    officerId: 'teller-1',
    identityDecision: {
      documentNumber: customer.document.number,
      differences: [],
      accepted: true as const,
    },
  };
};

export const reserve = async (
  bank: TestBank,
  client: BankClient,
  customerId: string,
  options: ReserveOptions = {},
): Promise<SoftCard> => {
  const body = await reservation(bank, client, customerId, options);
  const { card, enrolment } = await client.must('reserveCard', {}, body);
  const privateKey = newKey(enrolment.algorithm);
  return {
    cardId: card.cardId,
    customerId,
    enrolment,
    privateKey,
    publicKeySha256: spkiSha256(privateKey),
    mediumIdentity: body.medium.identity,
  };
};

export const simpleEnrol = (client: BankClient, profile: string, der: Uint8Array): Promise<HttpAnswer> =>
  client.send(
    'POST',
    `/.well-known/est/${profile}/simpleenroll`,
    Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n'),
    { 'Content-Type': 'application/pkcs10', 'Content-Transfer-Encoding': 'base64' },
  );

/** Certificates of a certs-only answer; DER. */
export const certificatesIn = (answer: HttpAnswer): Buffer[] => {
  const der = Buffer.from(answer.body.toString('ascii'), 'base64');
  const outer = AsnConvert.parse(new Uint8Array(der), ContentInfo);
  const data = AsnConvert.parse(outer.content, SignedData);
  return Array.from(data.certificates!, (each) => Buffer.from(AsnConvert.serialize(each.certificate)));
};

/** Reports the key and enrols; the certificate, DER. */
export const certify = async (client: BankClient, card: SoftCard): Promise<Buffer> => {
  const { cardId, enrolment, publicKeySha256 } = card;
  await client.must('reportKeyed', { cardId }, { publicKeySha256 });
  const request = certificateRequest(card.privateKey, Buffer.from(enrolment.subjectDer!, 'base64'));
  const answer = await simpleEnrol(client, enrolment.profile, request);
  if (answer.status !== 200) throw new Error(`enrolment was refused: ${answer.body.toString()}`);
  return certificatesIn(answer)[0]!;
};

export const prove = async (
  client: BankClient,
  card: SoftCard,
  certificate: Buffer,
  bankId: string,
): Promise<CardRecord> => {
  const { cardId } = card;
  const { challengeId, nonce } = await client.must('openChallenge', { cardId });
  const signature = sign('sha256', Buffer.from(challengeMessage(bankId, cardId, nonce)), card.privateKey);
  const proof = await client.must(
    'proveCard',
    { cardId },
    {
      challengeId,
      signature: signature.toString('base64'),
      certificate: certificate.toString('base64'),
    },
  );
  return proof.card;
};

export interface IssuedCard extends SoftCard {
  readonly certificate: Buffer;
  readonly userInfo: Buffer;
  /** Of its chain, sealed to its key. */
  readonly seed?: Buffer;
}

/** From the PIN to the active card, as the station does it. */
export const issueCard = async (
  bank: TestBank,
  client: BankClient,
  customerId: string,
  options: ReserveOptions = {},
): Promise<IssuedCard> => {
  const card = await reserve(bank, client, customerId, options);
  const { cardId } = card;
  const certificate = await certify(client, card);
  const { userInfo } = await client.must('signUserInfo', { cardId });
  const { seed } = options.chained === true ? await client.must('openOtpChain', { cardId }) : {};
  await client.must(
    'reportWritten',
    { cardId },
    { contentSha256: createHash('sha256').update(userInfo).digest('hex'), clientVersion: '1.0.0' },
  );
  await prove(client, card, certificate, bank.server.bankId);
  await client.must('registerCard', { cardId });
  await client.must('deliverCard', { cardId }, { receiptNumber: 'R-1' });
  await client.must('activateCard', { cardId });
  const issued = { ...card, certificate, userInfo: Buffer.from(userInfo, 'base64') };
  return seed === undefined ? issued : { ...issued, seed: Buffer.from(seed, 'base64') };
};
