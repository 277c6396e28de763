import { z } from 'zod';
import { route, sealedSecret, enrolmentOrder } from '../bank-api/index.ts';
import { keyAlgorithm, keySlot, mediumIdentity } from '../domain/index.ts';

/**
 * What a customer's own terminal asks of the bank with a SIM or smart card in its reader (S2, S4; SYSTEMS.md).
 * Certificates, requests and signatures are base64 of DER, times ISO 8601 UTC. Who asks is proven by what
 * stands beside each route: an application's own number (only who opened it knows it), or the client
 * certificate of the TLS connection. Failures are `application/problem+json`.
 *
 * ```
 *   S2  501 apply ─▶ 502 ◀─ "generate a key": the order   (503–509 between terminal and card)
 *       510 certify: the request with the public key ─▶ 511 ◀─ certificate ─▶ 512 stored, proven
 *       601–604 session: the certificate in TLS 1.3   605 askSignature ◀─ hash   608 giveSignature ─▶ verified
 *   S4  102–104 login: certificate, name, password ─▶ 105 ◀─ random number   106 answer ─▶ 110 or again, ten times
 * ```
 */

const base64 = z.base64().min(4).max(20_000);
const none = z.object({});
const application = z.object({ applicationId: z.string().min(16).max(64) });
const id = (name: string) => z.object({ [name]: z.string().min(16).max(64) });

/** 502: make a key pair like this, in this slot, and ask for a certificate with this subject. */
const order = z.object({
  applicationId: z.string(),
  cardId: z.string(),
  slot: keySlot,
  enrolment: enrolmentOrder,
  expiresAt: z.string(),
});
export type KeyOrderReply = z.infer<typeof order>;

/** The card of who signed in. */
const who = z.object({
  cardId: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  loginName: z.string(),
  certificateSerial: z.string(),
  algorithm: keyAlgorithm,
});

export const onlineApi = {
  bank: route({
    method: 'GET',
    path: '/online/v1/bank',
    summary: 'Which bank this is, the algorithm of its keys, and where secrets are sealed to',
    params: none,
    body: none,
    reply: z.object({
      bankId: z.string(),
      bankName: z.string(),
      bankNameLatin: z.string(),
      algorithm: keyAlgorithm,
      portalOrigin: z.string(),
      envelopeKey: z.object({ keyId: z.string(), publicKey: base64 }),
    }),
    idempotent: false,
  }),
  apply: route({
    method: 'POST',
    path: '/online/v1/applications',
    summary: 'S2 501: a customer with account PIN and document asks for a certificate',
    params: none,
    body: z.object({
      customerId: z.string().max(40),
      documentNumber: z.string().min(4).max(40),
      account: z.string().max(40),
      pin: sealedSecret,
      loginPassword: sealedSecret,
      medium: mediumIdentity,
      slot: keySlot,
    }),
    reply: order,
    idempotent: false,
  }),
  renew: route({
    method: 'POST',
    path: '/online/v1/renewals',
    summary: 'A new key and certificate for the card of this TLS connection; the old one is good until then',
    params: none,
    body: none,
    reply: order,
    idempotent: false,
  }),
  beginManagementAuthentication: route({
    method: 'POST',
    path: '/online/v1/applications/{applicationId}/management-authentications',
    summary: 'The bank opens the card for writing; its key (9B) stays at the bank',
    params: application,
    body: z.object({
      algorithm: z.enum(['3des', 'aes-128', 'aes-192', 'aes-256']),
      encryptedWitness: base64,
      /** Whether it still has the factory's key, where the card says so (GET METADATA). */
      isDefault: z.boolean().optional(),
    }),
    reply: z.object({ authenticationId: z.string(), witness: base64, challenge: base64 }),
    idempotent: false,
  }),
  finishManagementAuthentication: route({
    method: 'POST',
    path: '/online/v1/applications/{applicationId}/management-authentications/{authenticationId}/answer',
    summary: "Checks the card's answer",
    params: application.extend({ authenticationId: z.string() }),
    body: z.object({ response: base64 }),
    reply: z.object({ genuine: z.boolean() }),
    idempotent: false,
  }),
  certify: route({
    method: 'POST',
    path: '/online/v1/applications/{applicationId}/certificate',
    summary: 'S2 510, 511: the public key, in a request the card signed; the certificate',
    params: application,
    body: z.object({ request: base64 }),
    reply: z.object({ certificate: base64, userInfo: base64 }),
    idempotent: false,
  }),
  stored: route({
    method: 'POST',
    path: '/online/v1/applications/{applicationId}/content',
    summary: 'S2 512: everything is on the card; a nonce for it to sign',
    params: application,
    body: z.object({ contentSha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    reply: z.object({ challengeId: z.string(), nonce: base64 }),
    idempotent: false,
  }),
  prove: route({
    method: 'POST',
    path: '/online/v1/applications/{applicationId}/proof',
    summary: 'Signature over `challengeMessage` and the certificate read back: from now on the card is good',
    params: application,
    body: z.object({ challengeId: z.string(), signature: base64, certificate: base64 }),
    reply: z.object({ cardId: z.string(), certificateSerial: z.string() }),
    idempotent: false,
  }),
  session: route({
    method: 'GET',
    path: '/online/v1/session',
    summary: 'S2 601–604: who the client certificate of this TLS connection belongs to',
    params: none,
    body: none,
    reply: who,
    idempotent: false,
  }),
  askSignature: route({
    method: 'POST',
    path: '/online/v1/signatures',
    summary: 'S2 605: the bank asks for a signature over the hash of a statement; client certificate',
    params: none,
    body: z.object({ text: z.string().min(1).max(2_000) }),
    reply: z.object({
      signatureId: z.string(),
      /** The terminal shows the text in it, and hashes it itself. */
      statement: z.string(),
      /** Hex; SHA-256, with P-384 SHA-384. */
      hash: z.string(),
    }),
    idempotent: false,
  }),
  giveSignature: route({
    method: 'POST',
    path: '/online/v1/signatures/{signatureId}',
    summary: 'S2 608: the signature is verified with the certificate; client certificate',
    params: id('signatureId'),
    body: z.object({ signature: base64 }),
    reply: z.object({ statement: z.string(), verifiedAt: z.string() }),
    idempotent: false,
  }),
  sealedLetter: route({
    method: 'GET',
    path: '/online/v1/letter',
    summary: 'A message that only the card behind the client certificate can open (`letterInfo`)',
    params: none,
    body: none,
    reply: z.object({
      /** P-256, P-384: the ephemeral public key, uncompressed point. RSA-2048: the OAEP block (SHA-256). */
      key: base64,
      /** AES-256-GCM: nonce (12) | ciphertext | tag (16). */
      box: base64,
    }),
    idempotent: false,
  }),
  login: route({
    method: 'POST',
    path: '/online/v1/logins',
    summary: 'S4 102–105: certificate, login name and password; a random number when all are right',
    params: none,
    body: z.object({
      certificate: base64,
      loginName: z.string().max(80),
      password: z.string().min(1).max(256),
    }),
    reply: z.object({ loginId: z.string(), cardId: z.string(), random: base64 }),
    idempotent: false,
  }),
  answer: route({
    method: 'POST',
    path: '/online/v1/logins/{loginId}/answer',
    summary: 'S4 106–110: the random number under the card’s key; the tenth wrong one voids the certificate',
    params: id('loginId'),
    body: z.object({ answer: base64 }),
    reply: z.union([
      z.object({
        outcome: z.literal('signed-in'),
        /** Of the portal, `bank.portalOrigin`: the cookie of the session. */
        session: z.string(),
        who,
      }),
      z.object({
        outcome: z.literal('again'),
        loginId: z.string(),
        random: base64,
        triesLeft: z.number().int(),
      }),
    ]),
    idempotent: false,
  }),
} as const;

export type OnlineApi = typeof onlineApi;
export type OnlineCall = keyof OnlineApi;

export { loginMessage } from '../domain/index.ts';

/** HKDF-SHA256 info of a letter's key; salt empty, input the shared x coordinate. */
export const letterInfo = (bankId: string, cardId: string): string =>
  `cardwright-letter|v1|${bankId}|${cardId}`;
