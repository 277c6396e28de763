import type graphene from 'graphene-pk11';

/** For what a key that others made is to be used. */
export type KeyUse = 'issuing' | 'master';

type Wanted = Readonly<Record<string, { readonly attribute: string; readonly value: boolean }>>;

/** PKCS#11 v3.1, 4.9 and 4.10: it has always been in the token alone and can never leave it, nor open other keys. */
const always: Wanted = {
  token: { attribute: 'CKA_TOKEN', value: true },
  private: { attribute: 'CKA_PRIVATE', value: true },
  sensitive: { attribute: 'CKA_SENSITIVE', value: true },
  alwaysSensitive: { attribute: 'CKA_ALWAYS_SENSITIVE', value: true },
  extractable: { attribute: 'CKA_EXTRACTABLE', value: false },
  neverExtractable: { attribute: 'CKA_NEVER_EXTRACTABLE', value: true },
  decrypt: { attribute: 'CKA_DECRYPT', value: false },
  unwrap: { attribute: 'CKA_UNWRAP', value: false },
  // A key that is derived in the token need not be as shut as the one it comes from.
  derive: { attribute: 'CKA_DERIVE', value: false },
};

const wanted: Readonly<Record<KeyUse, Wanted>> = {
  issuing: {
    ...always,
    sign: { attribute: 'CKA_SIGN', value: true },
    // Nobody is there to type a PIN for each signature.
    alwaysAuth: { attribute: 'CKA_ALWAYS_AUTHENTICATE', value: false },
  },
  // What cards' keys come from is computed as a MAC, or as an encryption.
  master: {
    ...always,
    sign: { attribute: 'CKA_SIGN', value: true },
    encrypt: { attribute: 'CKA_ENCRYPT', value: true },
    wrap: { attribute: 'CKA_WRAP', value: false },
  },
};

/** Names of the attributes that are not as they must be, or that the token does not tell; none: the key is fit. */
export const unfitAttributes = (key: graphene.Key, use: KeyUse): readonly string[] =>
  Object.entries(wanted[use])
    .filter(([name, { value }]) => valueOf(key, name) !== value)
    .map(([, { attribute }]) => attribute);

const valueOf = (key: graphene.Key, name: string): unknown => {
  try {
    return (key.getAttribute({ [name]: null }) as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined; // CKR_ATTRIBUTE_TYPE_INVALID
  }
};
