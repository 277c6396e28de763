import graphene from 'graphene-pk11';
import { randomBytes } from 'node:crypto';

/** What an issuing key may be. */
export const tokenAlgorithms = ['p-256', 'p-384', 'rsa-2048', 'rsa-3072'] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** A key pair on the token: private, sensitive, not extractable, for signing only. */
export const makeKeyPair = (session: graphene.Session, label: string, algorithm: TokenAlgorithm): void => {
  const id = randomBytes(16);
  const isPrivate = {
    token: true,
    private: true,
    sensitive: true,
    extractable: false,
    sign: true,
    decrypt: false,
    unwrap: false,
    derive: false,
    label,
    id,
  };
  const isPublic = { token: true, verify: true, encrypt: false, label, id };
  switch (algorithm) {
    case 'p-256':
    case 'p-384':
      session.generateKeyPair(
        graphene.KeyGenMechanism.EC,
        { ...isPublic, keyType: graphene.KeyType.EC, paramsEC: curveDer[algorithm] },
        { ...isPrivate, keyType: graphene.KeyType.EC },
      );
      return;
    case 'rsa-2048':
    case 'rsa-3072':
      session.generateKeyPair(
        graphene.KeyGenMechanism.RSA,
        {
          ...isPublic,
          keyType: graphene.KeyType.RSA,
          modulusBits: algorithm === 'rsa-2048' ? 2048 : 3072,
          publicExponent: Buffer.from('010001', 'hex'),
        },
        { ...isPrivate, keyType: graphene.KeyType.RSA },
      );
  }
};

/** Object identifiers of the curves, DER, as CKA_EC_PARAMS wants them. */
const curveDer = {
  'p-256': Buffer.from('06082a8648ce3d030107', 'hex'),
  'p-384': Buffer.from('06052b81040022', 'hex'),
} as const;
