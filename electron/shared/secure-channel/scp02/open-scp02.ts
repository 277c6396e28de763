import { concatBytes, equalBytesConstantTime } from '../../codec/index.ts';
import { fail, ok, type Result } from '../../result/index.ts';
import type { BlockCipher } from '../block-cipher.ts';
import type { SessionOpening, SessionRequest } from '../channel-session.ts';
import type { InitializeUpdateAnswer } from '../initialize-update.ts';
import type { ChannelKeySet } from '../key-set.ts';
import { padded } from '../padding.ts';
import { macInput, securedCommand } from '../secured-header.ts';
import { RESPONSE_ENCRYPTION, RESPONSE_MAC } from '../security-level.ts';
import { retailMac } from './retail-mac.ts';
import { scp02Session } from './scp02-session.ts';

/**
 * SCP02 with three keys, explicit initiation, C-MAC on the modified APDU and encrypted MAC IV: i = 15, and
 * 55 whose card challenge is a MAC over its AID (GPCS 2.3.1 appendix E). Answers are not protected.
 * Faults: card-management-key-refused, card-unsupported (level), card-bad-answer (card challenge).
 */
export const openScp02 = (
  keys: ChannelKeySet,
  answer: InitializeUpdateAnswer,
  { hostChallenge, level, domainAid, announcedOptions = 0, resumed }: SessionRequest,
): Result<SessionOpening> => {
  if ((level & (RESPONSE_MAC | RESPONSE_ENCRYPTION)) !== 0)
    return fail('card-unsupported', { what: 'security-level', level });
  const counter = answer.sequenceCounter ?? new Uint8Array(2);
  const enc = keys.sessionCipher(sessionKey(keys.enc, SESSION_ENC, counter));
  const cardContext = concatBytes(counter, answer.cardChallenge);
  if (!equalBytesConstantTime(cryptogram(enc, hostChallenge, cardContext), answer.cardCryptogram))
    return fail('card-management-key-refused', { stage: 'card-cryptogram', keyVersion: answer.keyVersion });

  const mac = retailMac(sessionKey(keys.mac, SESSION_MAC, counter), keys.sessionCipher);
  if ((announcedOptions & CHALLENGE_OF_AID) !== 0 && domainAid !== undefined) {
    const expected = mac.compute(domainAid, new Uint8Array(8)).subarray(0, 6);
    if (!equalBytesConstantTime(expected, answer.cardChallenge))
      return fail('card-bad-answer', { what: 'card-challenge' });
  }

  const authenticate = { cla: 0x80, ins: INS_EXTERNAL_AUTHENTICATE, p1: level, p2: 0 };
  const hostCryptogram = cryptogram(enc, cardContext, hostChallenge);
  const lastMac = mac.compute(macInput(authenticate, hostCryptogram, 8), new Uint8Array(8));
  return ok({
    externalAuthenticate: securedCommand(authenticate, hostCryptogram, lastMac),
    session: scp02Session({
      level,
      enc,
      mac,
      lastMac,
      dataEncryption: ecb(keys.sessionCipher(sessionKey(keys.dek, SESSION_DEK, counter))),
      ...(resumed === undefined ? {} : { resumed }),
    }),
  });
};

const INS_EXTERNAL_AUTHENTICATE = 0x82;
/** b7 of i: the card challenge is computed from the AID (GPCS table E-1). */
const CHALLENGE_OF_AID = 0x40;

// GPCS E.4.1
const SESSION_MAC = [0x01, 0x01];
const SESSION_DEK = [0x01, 0x81];
const SESSION_ENC = [0x01, 0x82];

const sessionKey = (key: BlockCipher, constant: readonly number[], counter: Uint8Array): Uint8Array => {
  const data = new Uint8Array(16);
  data.set(constant);
  data.set(counter, 2);
  return key.encrypt(data);
};

/** The last block of a 3DES CBC over both contexts (GPCS E.4.2). */
const cryptogram = (enc: BlockCipher, first: Uint8Array, second: Uint8Array): Uint8Array =>
  enc.encrypt(padded(concatBytes(first, second), 8)).slice(-8);

/** Keys travel in ECB mode in SCP02 (GPCS E.4.7): block by block, each from a zero IV. */
const ecb = (cipher: BlockCipher): BlockCipher => {
  const eachBlock = (data: Uint8Array, one: (block: Uint8Array) => Uint8Array) =>
    concatBytes(
      ...Array.from({ length: data.length / cipher.blockLength }, (_, at) =>
        one(data.subarray(at * cipher.blockLength, (at + 1) * cipher.blockLength)),
      ),
    );
  return {
    blockLength: cipher.blockLength,
    encrypt: (data) => eachBlock(data, (block) => cipher.encrypt(block)),
    decrypt: (data) => eachBlock(data, (block) => cipher.decrypt(block)),
  };
};
