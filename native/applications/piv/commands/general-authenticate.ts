import {
  encodeTlv,
  findTlv,
  parseTlvs,
  unwrapTlv,
  type CommandApdu,
} from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import {
  algorithmReference,
  modulusBytes,
  type KeyAlgorithm,
  type ManagementAlgorithm,
} from '../algorithms.ts';
import { keyReference, type PivSlot } from '../slots.ts';
import { statusFault } from '../status-fault.ts';
import type { PivCommand } from './piv-command.ts';

/*
 * GENERAL AUTHENTICATE, SP 800-73-4 part 2, 3.2.4. Dynamic authentication template:
 *   7C { 80 witness, 81 challenge, 82 response, 85 exponentiation }
 */

/** The block to be signed: the hash (P-256, P-384) or the padded block as long as the modulus (RSA). Gives the card's answer. */
export const signBlock = (
  slot: PivSlot,
  algorithm: KeyAlgorithm,
  block: Uint8Array,
): PivCommand<Uint8Array> => privateKeyOperation(slot, algorithm, 0x81, block);

/** RSA: the raw decryption of 256 or 384 bytes; the host removes the padding. */
export const decipherBlock = (slot: PivSlot, block: Uint8Array): PivCommand<Uint8Array> =>
  privateKeyOperation(slot, block.length > 256 ? 'rsa-3072' : 'rsa-2048', 0x81, block);

/** ECDH: the other side's uncompressed point in, the shared x coordinate out. */
export const agreeKey = (slot: PivSlot, point: Uint8Array): PivCommand<Uint8Array> =>
  privateKeyOperation(slot, point.length > 65 ? 'p-384' : 'p-256', 0x85, point);

/** Mutual authentication with 9B, first half: asks for a witness, which the card gives encrypted. */
export const askWitness = (algorithm: ManagementAlgorithm): PivCommand<Uint8Array> => ({
  apdu: authenticate(algorithm, MANAGEMENT_KEY, encodeTlv(0x80)),
  parse({ data, sw }) {
    if (sw !== 0x9000) return statusFault('GENERAL AUTHENTICATE', sw);
    return readField(data, 0x80);
  },
});

/**
 * Second half: the witness in the clear and a challenge; the card answers with the challenge encrypted.
 * Fault: card-management-key-refused, when the card does not take the witness for its own.
 */
export const answerWitness = (
  algorithm: ManagementAlgorithm,
  witness: Uint8Array,
  challenge: Uint8Array,
): PivCommand<Uint8Array> => ({
  apdu: authenticate(
    algorithm,
    MANAGEMENT_KEY,
    encodeTlv(0x80, witness),
    encodeTlv(0x81, challenge),
    encodeTlv(0x82),
  ),
  parse({ data, sw }) {
    // Not by one word: cards say 6982, 6300, 6A80 or 6985 here.
    if (sw !== 0x9000) return fail('card-management-key-refused');
    return readField(data, 0x82);
  },
});

/** Single authentication with 9B, first half: asks for a challenge in the clear (SP 800-73-4 part 2, appendix A.1). */
export const askChallenge = (algorithm: ManagementAlgorithm): PivCommand<Uint8Array> => ({
  apdu: authenticate(algorithm, MANAGEMENT_KEY, encodeTlv(0x81)),
  parse({ data, sw }) {
    if (sw !== 0x9000) return statusFault('GENERAL AUTHENTICATE', sw);
    return readField(data, 0x81);
  },
});

/** Second half: the challenge encrypted. Fault: card-management-key-refused. */
export const answerChallenge = (algorithm: ManagementAlgorithm, response: Uint8Array): PivCommand<void> => ({
  apdu: authenticate(algorithm, MANAGEMENT_KEY, encodeTlv(0x82, response)),
  parse: ({ sw }) => (sw === 0x9000 ? ok() : fail('card-management-key-refused')),
});

const privateKeyOperation = (
  slot: PivSlot,
  algorithm: KeyAlgorithm,
  tag: number,
  input: Uint8Array,
): PivCommand<Uint8Array> => ({
  apdu: authenticate(algorithm, keyReference(slot), encodeTlv(0x82), encodeTlv(tag, input)),
  timeoutMs: modulusBytes(algorithm) === 384 ? 60_000 : 30_000,
  parse({ data, sw }) {
    if (sw !== 0x9000) return statusFault('GENERAL AUTHENTICATE', sw);
    return readField(data, 0x82);
  },
});

const authenticate = (
  algorithm: KeyAlgorithm | ManagementAlgorithm,
  key: number,
  ...fields: readonly Uint8Array[]
): CommandApdu => ({
  cla: 0x00,
  ins: 0x87,
  p1: algorithmReference[algorithm],
  p2: key,
  data: encodeTlv(0x7c, ...fields),
  le: 256,
});

const readField = (data: Uint8Array, tag: number): Result<Uint8Array> => {
  const template = unwrapTlv(data, 0x7c);
  if (!template.ok) return template;
  const fields = parseTlvs(template.value);
  if (!fields.ok) return fields;
  const value = findTlv(fields.value, tag);
  return value === undefined || value.length === 0
    ? fail('card-bad-answer', { what: 'authentication template' })
    : ok(value);
};

const MANAGEMENT_KEY = 0x9b;
