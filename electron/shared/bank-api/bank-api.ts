import { z } from 'zod';
import { chainCheckValues } from '../codec/otp-chain/card-chain.ts';
import {
  aid,
  appletPackage,
  appletVersion,
  cardApplet,
  cardRecord,
  chainMoveReason,
  customer,
  customerSummary,
  keyAlgorithm,
  keySlot,
  mediumIdentity,
  officer,
  officerCard,
  officerCardEnd,
  officerName,
  officerNumber,
  otpChainView,
  quarantinedCard,
  quarantineFinding,
  signedAct,
  stockCard,
} from '../domain/index.ts';
import { route } from './route.ts';

/**
 * What a station (client certificate) can ask of the bank. Enrolment is not here: it is EST
 * (RFC 7030/8951) below `/.well-known/est/{profile}/`. Certificates, CMS and CSRs are base64 of DER
 * here, times ISO 8601 UTC. Failures are `application/problem+json` (see problem.ts).
 */

const none = z.object({});
const base64 = z.base64().min(4).max(200_000);
const cardParams = z.object({ cardId: z.string() });

/** A secret sealed on the customer's own screen or PIN pad to the bank's envelope key (HPKE, RFC 9180, base mode). */
export const sealedSecret = z.object({
  keyId: z.string(),
  /** Encapsulated key, base64 of the uncompressed P-256 point. */
  enc: base64,
  ciphertext: base64,
});
export type SealedSecret = z.infer<typeof sealedSecret>;

/** AAD of an envelope: binds the secret to its purpose and customer. `info` of the HPKE context is 'cardwright'. */
export const secretPurpose = z.enum(['account-pin', 'login-password']);
export type SecretPurpose = z.infer<typeof secretPurpose>;
export const envelopeAad = (purpose: SecretPurpose, customerId: string): string =>
  `cardwright|${purpose}|${customerId}`;
export const envelopeInfo = 'cardwright';

/** What the station enrols with: the bank says it, the CSR must repeat it exactly. */
export const enrolmentOrder = z.object({
  /** EST label: `/.well-known/est/{profile}/simpleenroll`. */
  profile: z.string(),
  algorithm: keyAlgorithm,
  /** Subject in RFC 4514 form, e.g. `CN=Li Na,serialNumber=CW-…,O=…,C=CN`. */
  subject: z.string(),
  /** The same as the DER of a Name, to be copied into the request as it is. */
  subjectDer: base64.optional(),
});
export type EnrolmentOrder = z.infer<typeof enrolmentOrder>;

export const cardReply = z.object({ card: cardRecord });

export const fileDigest = z.object({
  /** Relative to `BANKCARD/<bank>/`. */
  path: z.string(),
  sha256: z.string().length(64),
  size: z.number().int().nonnegative(),
});
export type FileDigest = z.infer<typeof fileDigest>;

/** A signed head of the tree over a station's audit chain (RFC 6962, 3.5). Hashes and signature are base64. */
export const signedTreeHead = z.object({
  size: z.number().int().nonnegative(),
  /** Milliseconds since 1970. */
  time: z.number().int(),
  root: base64,
  /** By the bank's signing key over `encodeTreeHead`, SHA-256; ECDSA as DER. */
  signature: base64,
  /** The bank's signing certificate, DER. */
  certificate: base64,
});
export type SignedTreeHead = z.infer<typeof signedTreeHead>;

const managementAlgorithm = z.enum(['3des', 'aes-128', 'aes-192', 'aes-256']);
/** `changing`: the answer to a change was lost, so the card may have either. */
const keyState = z.enum(['factory', 'changing', 'diversified']);
/** Key version number and check values of ENC, MAC and DEK, base64 of 3 bytes each. */
const channelKeyInfo = z.object({ version: z.number().int(), checkValues: z.array(base64) });
/** A command for the card with a secret in it, base64: carried as it is, and never kept. */
const preparedCommand = z.object({ command: base64 });
const managedCardParams = z.object({ mediumIdentity: z.string().min(1).max(100) });
const officerCardParams = z.object({ certificateSha256: z.string().regex(/^[0-9a-f]{64}$/) });
const channelParams = z.object({ channelId: z.string() });
/** A response APDU: at least its status word. */
const cardAnswer = z.base64().min(4).max(100_000);

const count = z.string().regex(/^\d{1,15}$/);

/** Of a list: where the page before ended (its `next`), and how many at most. */
const page = {
  cursor: z.string().min(1).max(1000).optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d?$/)
    .optional(),
};
/** Cursor of the next page; absent on the last one. */
const next = z.string().optional();

export const bankApi = {
  status: route({
    method: 'GET',
    path: '/api/v1/status',
    summary: 'Who the bank is, its clock and its envelope key',
    params: none,
    body: none,
    reply: z.object({
      bankId: z.string(),
      bankName: z.string(),
      bankNameLatin: z.string(),
      training: z.boolean(),
      time: z.string(),
      /** Origin of the portal the phone client opens. */
      portalOrigin: z.string(),
      /** SHA-256 of the CA certificate, hex. */
      caSha256: z.string(),
      envelopeKey: z.object({
        keyId: z.string(),
        /** base64 of the uncompressed P-256 point */ publicKey: base64,
      }),
      /** Oldest client version the bank still accepts. */
      clientVersion: z.string(),
    }),
    idempotent: false,
  }),
  findCustomers: route({
    method: 'GET',
    path: '/api/v1/customers',
    summary: 'Customers by name, number, phone or document number, in pages of 20',
    params: z.object({ query: z.string().min(1).max(80), ...page }),
    body: none,
    reply: z.object({ customers: z.array(customerSummary), next }),
    idempotent: false,
  }),
  readCustomer: route({
    method: 'GET',
    path: '/api/v1/customers/{customerId}',
    summary: 'One customer with document and cards',
    params: z.object({ customerId: z.string() }),
    body: none,
    reply: z.object({ customer, cards: z.array(cardRecord) }),
    idempotent: false,
  }),
  checkAccountPin: route({
    method: 'POST',
    path: '/api/v1/customers/{customerId}/account-pin-checks',
    summary: 'Checks the account PIN; wrong ones are counted, the third blocks',
    params: z.object({ customerId: z.string() }),
    body: z.object({ account: z.string(), pin: sealedSecret, officerId: z.string() }),
    reply: z.object({ pinCheckId: z.string(), expiresAt: z.string() }),
    idempotent: true,
  }),
  reserveCard: route({
    method: 'POST',
    path: '/api/v1/cards',
    summary: 'Reserves a card for a customer on a medium; the registration is pending',
    params: none,
    body: z.object({
      customerId: z.string(),
      pinCheckId: z.string(),
      medium: mediumIdentity,
      algorithm: keyAlgorithm,
      /** For a bank that is not the first on this card; absent: 9A on cards, the file on SD cards. */
      slot: keySlot.optional(),
      loginPassword: sealedSecret,
      officerId: z.string(),
      identityDecision: z.object({
        documentNumber: z.string(),
        differences: z.array(z.string()),
        accepted: z.literal(true),
      }),
    }),
    reply: z.object({ card: cardRecord, enrolment: enrolmentOrder }),
    idempotent: true,
  }),
  readCard: route({
    method: 'GET',
    path: '/api/v1/cards/{cardId}',
    summary: 'One card, its certificate and registration',
    params: cardParams,
    body: none,
    reply: cardReply,
    idempotent: false,
  }),
  findCards: route({
    method: 'GET',
    path: '/api/v1/cards',
    summary:
      'Cards by medium identity, certificate (its serial number, hex) or customer, the newest first, in pages of 50',
    params: z.object({
      mediumIdentity: z.string().optional(),
      certificateSerial: z.string().optional(),
      customerId: z.string().optional(),
      ...page,
    }),
    body: none,
    reply: z.object({ cards: z.array(cardRecord), next }),
    idempotent: false,
  }),
  reportKeyed: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/key',
    summary: 'The card has its key pair (before enrolment)',
    params: cardParams,
    body: z.object({ publicKeySha256: z.string().length(64) }),
    reply: cardReply,
    idempotent: true,
  }),
  readCertificate: route({
    method: 'GET',
    path: '/api/v1/cards/{cardId}/certificate',
    summary: "The card's certificate as the CA recorded it",
    params: cardParams,
    body: none,
    reply: z.object({ certificate: base64 }),
    idempotent: false,
  }),
  signUserInfo: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/user-info',
    summary: 'User information of the customer, signed by the bank (CMS, attached)',
    params: cardParams,
    body: none,
    reply: z.object({ userInfo: base64 }),
    idempotent: true,
  }),
  signSecurityObject: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/security-object',
    summary: 'The hashes of a card’s own objects, signed as an LDSSecurityObject (CMS, attached)',
    params: cardParams,
    body: z.object({
      hashes: z
        .array(
          z.object({
            dataGroup: z.number().int().min(1).max(16),
            sha256: z.string().regex(/^[0-9a-f]{64}$/),
          }),
        )
        .min(1)
        .max(16),
    }),
    reply: z.object({ signed: base64 }),
    idempotent: true,
  }),
  openOtpChain: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/otp-chain',
    summary: 'A fresh chain of one-time passwords for this card; its seed, sealed to the card’s key',
    params: cardParams,
    body: none,
    /** See chain-seed.ts. Absent: this card’s key cannot open one, and it signs in without. */
    reply: z.object({ seed: base64.optional() }),
    idempotent: true,
  }),
  importOtpChain: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/otp-chain/import',
    summary:
      'A fresh chain whose keys go onto the card: the commands that import them, wrapped in its channel',
    params: cardParams,
    /** A channel to the card's OATH application, under its own keys. */
    body: z.object({ channelId: z.string() }),
    reply: z.object({ commands: z.array(base64), checkValues: chainCheckValues }),
    idempotent: false,
  }),
  readOtpChain: route({
    method: 'GET',
    path: '/api/v1/cards/{cardId}/otp-chain',
    summary: 'How a card’s chain of one-time passwords stands; nothing of a card that has none',
    params: cardParams,
    body: none,
    reply: z.object({ chain: otpChainView.optional() }),
    idempotent: false,
  }),
  beginChainMove: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/otp-chain/move',
    summary:
      'One-time passwords begin anew, for another phone: a new seed, the chain in force goes on until it is finished',
    params: cardParams,
    body: z.object({
      /** Of this customer, just now: they are at the counter with the card. */
      pinCheckId: z.string(),
      reason: chainMoveReason,
      officerId: z.string(),
    }),
    /** `seed`: for an SD card, sealed to its key. A SIM gets its keys by `importMovedChain`. */
    reply: z.object({ seed: base64.optional(), epoch: z.number().int() }),
    idempotent: true,
  }),
  importMovedChain: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/otp-chain/move/import',
    summary:
      'Keys for the chain that was begun, beside those in force on the card: the commands, wrapped in its channel',
    params: cardParams,
    /** A channel to the card's OATH application, under its own keys. */
    body: z.object({ channelId: z.string(), epoch: z.number().int() }),
    reply: z.object({ commands: z.array(base64), checkValues: chainCheckValues }),
    idempotent: false,
  }),
  finishChainMove: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/otp-chain/move/finish',
    summary: 'The new seed is on the card: from now on only the new chain answers',
    params: cardParams,
    body: z.object({
      epoch: z.number().int(),
      /** Of an SD card, which was sealed anew. */
      contentSha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
      officerId: z.string(),
    }),
    reply: cardReply,
    idempotent: true,
  }),
  withdrawChainMove: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/otp-chain/move/withdraw',
    summary: 'A move that was not finished is over; says how it stands',
    params: cardParams,
    /** Without a number: the last one, by who cannot know which it was. */
    body: z.object({ epoch: z.number().int().optional() }),
    reply: z.object({ state: z.enum(['withdrawn', 'in-force']) }),
    idempotent: true,
  }),
  signManifest: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/manifest',
    summary: 'Manifest over the files on an SD card, signed by the bank (CMS, attached)',
    params: cardParams,
    body: z.object({
      files: z.array(fileDigest).min(1).max(100),
      clientVersion: z.string(),
      mediumIdentity: z.string(),
    }),
    reply: z.object({ manifest: base64 }),
    idempotent: true,
  }),
  reportWritten: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/content',
    summary: 'Everything is on the medium and its marker or manifest is written',
    params: cardParams,
    body: z.object({ contentSha256: z.string().length(64), clientVersion: z.string().optional() }),
    reply: cardReply,
    idempotent: true,
  }),
  openChallenge: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/challenges',
    summary: 'A fresh nonce for the card to sign',
    params: cardParams,
    body: none,
    reply: z.object({ challengeId: z.string(), nonce: base64, expiresAt: z.string() }),
    idempotent: true,
  }),
  proveCard: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/proofs',
    summary: 'Signature over `challengeMessage`, with what was read back from the medium',
    params: cardParams,
    body: z.object({
      challengeId: z.string(),
      /** ECDSA: DER; RSA: PKCS#1 v1.5; hash SHA-256, with P-384 SHA-384. */
      signature: base64,
      /** The certificate as read back from the medium after the power cycle. */
      certificate: base64,
    }),
    reply: cardReply,
    idempotent: true,
  }),
  registerCard: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/registration',
    summary: 'Registers a verified card; it can be handed over',
    params: cardParams,
    body: none,
    reply: cardReply,
    idempotent: true,
  }),
  deliverCard: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/delivery',
    summary: 'The customer has confirmed that they hold the card',
    params: cardParams,
    body: z.object({ receiptNumber: z.string() }),
    reply: cardReply,
    idempotent: true,
  }),
  activateCard: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/activation',
    summary: 'Activates card and registration after delivery',
    params: cardParams,
    body: none,
    reply: cardReply,
    idempotent: true,
  }),
  compensateCard: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/compensation',
    summary:
      'Undoes an issuance: certificate revoked, registration closed; says so also when nothing was left to undo',
    params: cardParams,
    body: z.object({ reason: z.string().max(200), mediumWiped: z.boolean() }),
    reply: cardReply,
    idempotent: true,
  }),
  revokeCard: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/revocation',
    summary: 'Revokes an issued card',
    params: cardParams,
    body: z.object({
      reason: z.enum(['key-compromise', 'superseded', 'cessation', 'lost', 'damaged']),
      officerId: z.string(),
    }),
    reply: cardReply,
    idempotent: true,
  }),
  reportWiped: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/wipe',
    summary: 'The medium of a revoked card was wiped by a technician',
    params: cardParams,
    body: z.object({ officerId: z.string() }),
    reply: cardReply,
    idempotent: true,
  }),
  holdCard: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/hold',
    summary: 'Suspends an active card: certificate on hold, no login until it is released',
    params: cardParams,
    body: z.object({ reason: z.string().min(1).max(200), officerId: z.string() }),
    reply: cardReply,
    idempotent: true,
  }),
  releaseCard: route({
    method: 'POST',
    path: '/api/v1/cards/{cardId}/release',
    summary: 'Ends a suspension: card, certificate and registration are as before',
    params: cardParams,
    body: z.object({ reason: z.string().min(1).max(200), officerId: z.string() }),
    reply: cardReply,
    idempotent: true,
  }),
  reportPrepared: route({
    method: 'POST',
    path: '/api/v1/stock/{mediumIdentity}/preparation',
    summary: 'A card of the stock has its own keys instead of the factory’s and waits for a customer',
    params: managedCardParams,
    body: z.object({ medium: mediumIdentity, officerId: z.string() }),
    reply: z.object({ stock: stockCard }),
    idempotent: true,
  }),
  withdrawPrepared: route({
    method: 'POST',
    path: '/api/v1/stock/{mediumIdentity}/withdrawal',
    summary: 'The preparation was taken back; says so also of a card that never was prepared',
    params: managedCardParams,
    body: z.object({ officerId: z.string(), reason: z.string().min(1).max(200) }),
    reply: none,
    idempotent: true,
  }),
  readStockCard: route({
    method: 'GET',
    path: '/api/v1/stock/{mediumIdentity}',
    summary: 'What the bank knows of a card before it is anybody’s; nothing of one it never prepared',
    params: managedCardParams,
    body: none,
    reply: z.object({ stock: stockCard.optional() }),
    idempotent: false,
  }),
  findAppletPackages: route({
    method: 'GET',
    path: '/api/v1/applets',
    summary: 'The applet packages that the bank supplies, every version that it keeps, and for which cards',
    params: none,
    body: none,
    reply: z.object({ packages: z.array(appletPackage) }),
    idempotent: false,
  }),
  readAppletFile: route({
    method: 'GET',
    path: '/api/v1/applets/{sha256}/cap-file',
    summary: 'The CAP file of one of them, by its SHA-256',
    params: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    body: none,
    reply: z.object({ capFile: z.base64().min(4).max(1_400_000) }),
    idempotent: false,
  }),
  readCardApplets: route({
    method: 'GET',
    path: '/api/v1/key-service/cards/{mediumIdentity}/applets',
    summary: 'Which packages a card has, as stations have read them back',
    params: managedCardParams,
    body: none,
    reply: z.object({ applets: z.array(cardApplet) }),
    idempotent: false,
  }),
  reportCardApplet: route({
    method: 'POST',
    path: '/api/v1/key-service/cards/{mediumIdentity}/applets',
    summary: 'A station has read back which version of a package a card has; none when it was taken off',
    params: managedCardParams,
    body: z.object({
      packageAid: aid,
      version: appletVersion.optional(),
      /** Packages that it took the place of. */
      replaced: z.array(aid).max(8).optional(),
      officerId: z.string(),
    }),
    reply: none,
    idempotent: true,
  }),
  /** The leaves of a station's tree are the hashes of its audit records, in their order. */
  anchorAudit: route({
    method: 'POST',
    path: '/api/v1/audit/anchors',
    summary: "Appends to the tree over the station's audit chain; leaves known already must be the same",
    params: none,
    body: z.object({
      /** Number of the first leaf given; the first of all is 0. */
      from: z.number().int().nonnegative(),
      /** base64 of 32 bytes each. */
      leaves: z.array(z.base64().length(44)).max(2000),
    }),
    reply: signedTreeHead,
    idempotent: true,
  }),
  readTreeHead: route({
    method: 'GET',
    path: '/api/v1/audit/tree-head',
    summary: "The newest signed head of the station's tree",
    params: none,
    body: none,
    reply: signedTreeHead,
    idempotent: false,
  }),
  proveInclusion: route({
    method: 'GET',
    path: '/api/v1/audit/inclusion-proofs',
    summary: 'That a leaf is in the tree of this size (RFC 6962, 2.1.1)',
    params: z.object({ index: count, size: count }),
    body: none,
    reply: z.object({ proof: z.array(base64) }),
    idempotent: false,
  }),
  proveConsistency: route({
    method: 'GET',
    path: '/api/v1/audit/consistency-proofs',
    summary: 'That the later tree is the earlier one with leaves appended (RFC 6962, 2.1.2)',
    params: z.object({ earlier: count, later: count }),
    body: none,
    reply: z.object({ proof: z.array(base64) }),
    idempotent: false,
  }),
  /**
   * What happened to the bank's own keys, newest page first. `size`: the head to prove it against, so that further
   * pages fit the first; `earlier`: the size of a head that the station has seen.
   */
  readKeyRecord: route({
    method: 'GET',
    path: '/api/v1/audit/key-record',
    summary:
      "A page of the record of the bank's keys, with the signed head of its tree and the proofs (RFC 6962)",
    params: z.object({
      /** The page ends before this record; the first of all is 0. */
      before: count.optional(),
      limit: page.limit,
      size: count.optional(),
      earlier: count.optional(),
    }),
    body: none,
    reply: z.object({
      head: signedTreeHead,
      /** Number of the first record given. */
      from: z.number().int().nonnegative(),
      /** The text whose UTF-8 is the leaf, and that it is in the tree of the head. */
      records: z.array(z.object({ text: z.string().max(10_000), proof: z.array(base64).max(60) })).max(100),
      /** That the tree is the one of size `earlier` with leaves appended; absent where that one is larger. */
      consistency: z.array(base64).max(120).optional(),
    }),
    idempotent: false,
  }),
  /**
   * The card-management key (PIV 9B) never leaves the bank. Mutual authentication,
   * SP 800-73-4 part 2, 3.2.4: the card's encrypted witness goes up, the decrypted witness,
   * a challenge and the expected answer's check come back.
   */
  beginManagementAuthentication: route({
    method: 'POST',
    path: '/api/v1/key-service/management-authentications',
    summary: 'Decrypts the witness of a card and gives a challenge for it',
    params: none,
    body: z.object({
      mediumIdentity: z.string(),
      /** `current`: the one the card has, which the bank knows best. */
      keyVersion: z.enum(['factory', 'diversified', 'current']),
      /** What the card says of its key, where it says anything. */
      isDefault: z.boolean().optional(),
      algorithm: managementAlgorithm,
      encryptedWitness: base64,
    }),
    reply: z.object({ authenticationId: z.string(), witness: base64, challenge: base64 }),
    idempotent: false,
  }),
  finishManagementAuthentication: route({
    method: 'POST',
    path: '/api/v1/key-service/management-authentications/{authenticationId}/answer',
    summary: "Checks the card's answer to the challenge",
    params: z.object({ authenticationId: z.string() }),
    body: z.object({ response: base64 }),
    /**
     * `key`: which one was tried. `outdated`: it comes from a master key that another has replaced. `tryAgain`: the
     * card has not taken the key that it was to get; begin again, with the one from before.
     */
    reply: z.object({
      genuine: z.boolean(),
      key: z.enum(['factory', 'diversified']),
      outdated: z.boolean(),
      tryAgain: z.boolean().optional(),
    }),
    idempotent: false,
  }),
  changeManagementKey: route({
    method: 'POST',
    path: '/api/v1/key-service/management-key-changes',
    summary: 'The command that sets another management key, after an authentication under the present one',
    params: none,
    body: z.object({
      mediumIdentity: z.string(),
      authenticationId: z.string(),
      algorithm: managementAlgorithm,
      to: z.enum(['factory', 'diversified']),
    }),
    reply: preparedCommand,
    idempotent: false,
  }),
  changePuk: route({
    method: 'POST',
    path: '/api/v1/key-service/puk-changes',
    summary: 'The command that sets another PUK, after an authentication with the management key',
    params: none,
    body: z.object({
      mediumIdentity: z.string(),
      authenticationId: z.string(),
      isDefault: z.boolean().optional(),
      to: z.enum(['factory', 'diversified']),
    }),
    reply: preparedCommand,
    idempotent: false,
  }),
  readCardKeys: route({
    method: 'GET',
    path: '/api/v1/key-service/cards/{mediumIdentity}',
    summary: 'Which secrets a card has, by what they can be told apart, and whether it is in quarantine',
    params: managedCardParams,
    body: none,
    reply: z.object({
      managementKey: keyState,
      puk: keyState,
      channelKeys: keyState,
      own: z.object({ aes: channelKeyInfo, '3des': channelKeyInfo }),
      /** While others of the bank's take their place. */
      before: z.object({ aes: channelKeyInfo, '3des': channelKeyInfo }).optional(),
      factory: z.object({ aes: channelKeyInfo, '3des': channelKeyInfo }),
      quarantine: z.object({ since: z.string(), reason: z.string() }).optional(),
    }),
    idempotent: false,
  }),
  reportCardKeys: route({
    method: 'POST',
    path: '/api/v1/key-service/cards/{mediumIdentity}/secrets',
    summary: 'What the card has after a change of its PUK or a reset',
    params: managedCardParams,
    body: z.object({
      managementKey: z.enum(['factory', 'diversified']).optional(),
      puk: z.enum(['factory', 'diversified']).optional(),
    }),
    reply: none,
    idempotent: false,
  }),
  quarantineCard: route({
    method: 'POST',
    path: '/api/v1/key-service/cards/{mediumIdentity}/quarantine',
    summary: 'The card refused a key: nobody tries another until a person has looked at it',
    params: managedCardParams,
    body: z.object({ reason: z.string().min(1).max(200) }),
    /** `tryAgain`: no quarantine; the card has the key from before the change that was under way. */
    reply: z.object({ tryAgain: z.boolean().optional() }),
    idempotent: false,
  }),
  findQuarantined: route({
    method: 'GET',
    path: '/api/v1/key-service/quarantine',
    summary: 'Cards in quarantine, the newest first (at most 200): why, what was tried, and who wants what',
    params: none,
    body: none,
    reply: z.object({ cards: z.array(quarantinedCard) }),
    idempotent: false,
  }),
  askQuarantineRelease: route({
    method: 'POST',
    path: '/api/v1/key-service/cards/{mediumIdentity}/quarantine-releases',
    summary: 'A technician has found out what the card has, and asks for its release',
    params: managedCardParams,
    body: z.object({
      finding: quarantineFinding,
      reason: z.string().min(1).max(200),
      officer: officer.pick({ officerId: true, role: true }),
    }),
    reply: z.object({ releaseId: z.string() }),
    idempotent: true,
  }),
  decideQuarantineRelease: route({
    method: 'POST',
    path: '/api/v1/key-service/quarantine-releases/{releaseId}/decision',
    summary:
      'A manager, who is not the one that asked, lets the card be tried again or leaves it where it is',
    params: z.object({ releaseId: z.string().min(1).max(100) }),
    body: z.object({
      approved: z.boolean(),
      reason: z.string().max(200),
      officer: officer.pick({ officerId: true, role: true }),
      /** By the officer's card; needed once this station's managers have cards. */
      signed: signedAct.optional(),
    }),
    reply: z.object({ mediumIdentity: z.string(), released: z.boolean(), askedBy: z.string() }),
    idempotent: true,
  }),
  /** The code never stands in a log, here or there. */
  admitFirstManager: route({
    method: 'POST',
    path: '/api/v1/first-manager',
    summary:
      "Whether the bank's own people let this station enter its first manager, by the code they gave out",
    params: none,
    body: z.object({ officerId: officerNumber, code: z.string().min(1).max(100) }),
    reply: none,
    idempotent: false,
  }),
  readmitManager: route({
    method: 'POST',
    path: '/api/v1/manager-readmission',
    summary:
      "Whether the bank's own people let this manager of the station choose a new password, or come in the place of the last one, by the code they gave out",
    params: none,
    /** `attempt`: the code serves for this one, which may ask again after an answer that was lost. */
    body: z.object({
      officerId: officerNumber,
      code: z.string().min(1).max(100),
      attempt: z.string().min(16).max(64),
    }),
    /** `successor`: a new manager of this name, and the one whose place it is, who is none any more. */
    reply: z.object({
      successor: z.object({ name: officerName, insteadOf: officerNumber }).optional(),
    }),
    idempotent: false,
  }),
  findOfficerCards: route({
    method: 'GET',
    path: '/api/v1/officer-cards',
    summary:
      'Cards of the officers named (their numbers, commas between), else those made at this station: those in use, then the newest (at most 500)',
    params: z.object({ officers: z.string().max(6_000).optional() }),
    body: none,
    /** `firstManager`: no manager of this station has a card yet, and the first may be ordered without a signature. */
    reply: z.object({ cards: z.array(officerCard), firstManager: z.boolean() }),
    idempotent: false,
  }),
  readOfficerCard: route({
    method: 'GET',
    path: '/api/v1/officer-cards/{certificateSha256}',
    summary: 'One of them, by its certificate: whether it is good now',
    params: officerCardParams,
    body: none,
    reply: z.object({ card: officerCard }),
    idempotent: false,
  }),
  certifyOfficerCard: route({
    method: 'POST',
    path: '/api/v1/officer-cards',
    summary:
      "Certifies the key of an officer's card, on another officer's signed order; pending until it is activated",
    params: none,
    body: z.object({
      officer: officer.extend({ officerId: officerNumber, name: z.string().min(1).max(64) }),
      branch: z.string().min(1).max(64),
      medium: z.object({ identity: z.string().min(1).max(100), serial: z.string().max(100) }),
      /** PKCS#10, signed by the card itself. What it says of its subject counts for nothing. */
      request: base64,
      orderedBy: officer.pick({ officerId: true, role: true }),
      signed: signedAct.optional(),
    }),
    reply: z.object({ certificate: base64, card: officerCard }),
    idempotent: true,
  }),
  activateOfficerCard: route({
    method: 'POST',
    path: '/api/v1/officer-cards/{certificateSha256}/activation',
    summary: "The certificate was read back and its key has signed; the officer's card before it ends",
    params: officerCardParams,
    body: z.object({ orderedBy: officer.pick({ officerId: true, role: true }) }),
    reply: z.object({ card: officerCard }),
    idempotent: true,
  }),
  revokeOfficerCard: route({
    method: 'POST',
    path: '/api/v1/officer-cards/{certificateSha256}/revocation',
    summary: "Ends an officer's card and its certificate, for ever",
    params: officerCardParams,
    body: z.object({
      reason: officerCardEnd,
      orderedBy: officer.pick({ officerId: true, role: true }),
      signed: signedAct.optional(),
    }),
    reply: z.object({ card: officerCard }),
    idempotent: true,
  }),
  /** GlobalPlatform secure channels: the keys stay at the bank, the station carries wrapped commands and answers. */
  openSecureChannel: route({
    method: 'POST',
    path: '/api/v1/key-service/secure-channels',
    summary: "Checks the card's cryptogram and gives EXTERNAL AUTHENTICATE",
    params: none,
    body: z.object({
      mediumIdentity: z.string(),
      hostChallenge: base64,
      initializeUpdateResponse: base64,
      level: z.number().int(),
      domainAid: base64.optional(),
      announcedOptions: z.number().int().optional(),
      /** The first commands of the channel, wrapped in the same round trip. */
      commands: z.array(base64).max(400).optional(),
    }),
    reply: z.object({
      channelId: z.string(),
      externalAuthenticate: base64,
      commands: z.array(base64).optional(),
      maximumData: z.number().int(),
      keys: z.enum(['factory', 'diversified']),
      /** The card proved the bank's keys, and the same answer disproves the factory's: no attempt was spent on it. */
      factoryRefused: z.boolean(),
      /** They come from a master key that another has replaced. */
      outdated: z.boolean(),
    }),
    idempotent: false,
  }),
  wrapCommands: route({
    method: 'POST',
    path: '/api/v1/key-service/secure-channels/{channelId}/commands',
    summary: 'Commands under MAC and encryption, in the order in which they will be sent',
    params: channelParams,
    body: z.object({ commands: z.array(base64).min(1).max(400) }),
    reply: z.object({ commands: z.array(base64) }),
    idempotent: false,
  }),
  unwrapAnswers: route({
    method: 'POST',
    path: '/api/v1/key-service/secure-channels/{channelId}/answers',
    summary: 'Checks and opens answers, in the order of their commands',
    params: channelParams,
    /** `last`: the channel ends with them. */
    body: z.object({ answers: z.array(cardAnswer).min(1).max(400), last: z.boolean().optional() }),
    reply: z.object({ answers: z.array(cardAnswer) }),
    idempotent: false,
  }),
  changeChannelKeys: route({
    method: 'POST',
    path: '/api/v1/key-service/secure-channels/{channelId}/key-change',
    summary: "PUT KEY with the card's own keys, wrapped, and the plain answer that proves them",
    params: channelParams,
    body: none,
    reply: z.object({ command: base64, expectedAnswer: base64 }),
    idempotent: false,
  }),
  changePivSecrets: route({
    method: 'POST',
    path: '/api/v1/key-service/secure-channels/{channelId}/piv-secrets',
    summary:
      'The commands that replace the PUK, and the PIN by the factory’s, wrapped; no old value is needed',
    params: channelParams,
    body: z.object({ to: z.enum(['factory', 'diversified']) }),
    /** To `factory` the PIN goes with the PUK: the card belongs to nobody any more. */
    reply: z.object({ commands: z.array(base64) }),
    idempotent: false,
  }),
  closeSecureChannel: route({
    method: 'POST',
    path: '/api/v1/key-service/secure-channels/{channelId}/end',
    summary: 'Forgets the channel',
    params: channelParams,
    body: none,
    reply: none,
    idempotent: false,
  }),
} as const;

export type BankApi = typeof bankApi;
export type BankCall = keyof BankApi;

/** What the card signs to prove itself: the bytes are UTF-8 of this. Domain-separated, bound to bank, card and nonce. */
export const challengeMessage = (bankId: string, cardId: string, nonceBase64: string): string =>
  `cardwright-proof|v1|${bankId}|${cardId}|${nonceBase64}`;
