import { concatBytes, equalBytesConstantTime } from '../../codec/index.ts';
import { fail, ok, type Result } from '../../result/index.ts';
import { cmac } from '../cmac.ts';
import type { SessionOpening, SessionRequest } from '../channel-session.ts';
import {
  OFFERS_RESPONSE_ENCRYPTION,
  OFFERS_RESPONSE_MAC,
  SIXTEEN_BYTES,
  type InitializeUpdateAnswer,
} from '../initialize-update.ts';
import type { ChannelKeySet } from '../key-set.ts';
import { macInput, securedCommand } from '../secured-header.ts';
import { RESPONSE_ENCRYPTION, RESPONSE_MAC, type SecurityLevel } from '../security-level.ts';
import { derivation, deriveKey } from './derive-key.ts';
import { scp03Session } from './scp03-session.ts';

/**
 * Checks the card's cryptogram and makes the session keys and EXTERNAL AUTHENTICATE (Amendment D 6.2).
 * Faults: card-management-key-refused (the card has other keys than these), card-unsupported (level that
 * the card does not offer), card-bad-answer (card challenge that is not the one its counter gives).
 */
export const openScp03 = (
  keys: ChannelKeySet,
  answer: InitializeUpdateAnswer,
  { hostChallenge, level, domainAid, resumed }: SessionRequest,
): Result<SessionOpening> => {
  const options = answer.options ?? 0;
  if (!offers(options, level)) return fail('card-unsupported', { what: 'security-level', level });
  const macLength = (options & SIXTEEN_BYTES) !== 0 ? 16 : 8;
  if (hostChallenge.length !== macLength)
    return fail('card-unsupported', { what: 'challenge-length', length: answer.cardChallenge.length });

  const context = concatBytes(hostChallenge, answer.cardChallenge);
  const sessionKey = (key: typeof keys.enc, constant: number) =>
    keys.sessionCipher(deriveKey(key, constant, context, keys.keyLength));
  const mac = sessionKey(keys.mac, derivation.sessionMac);
  const cryptogram = (constant: number) => deriveKey(mac, constant, context, macLength);
  if (!equalBytesConstantTime(cryptogram(derivation.cardCryptogram), answer.cardCryptogram))
    return fail('card-management-key-refused', { stage: 'card-cryptogram', keyVersion: answer.keyVersion });
  if (!challengeIsOfCounter(keys, answer, domainAid))
    return fail('card-bad-answer', { what: 'card-challenge' });

  const authenticate = { cla: 0x80, ins: INS_EXTERNAL_AUTHENTICATE, p1: level, p2: 0 };
  const hostCryptogram = cryptogram(derivation.hostCryptogram);
  const input = macInput(authenticate, hostCryptogram, macLength);
  // The chaining value begins as zeros.
  const chaining = cmac(mac, concatBytes(new Uint8Array(16), input));
  return ok({
    externalAuthenticate: securedCommand(authenticate, hostCryptogram, chaining.subarray(0, macLength)),
    session: scp03Session({
      level,
      macLength,
      chaining,
      mac,
      enc: sessionKey(keys.enc, derivation.sessionEnc),
      responseMac: sessionKey(keys.mac, derivation.sessionResponseMac),
      dataEncryption: keys.dek,
      ...(resumed === undefined ? {} : { resumed }),
    }),
  });
};

const INS_EXTERNAL_AUTHENTICATE = 0x82;

const offers = (options: number, level: SecurityLevel): boolean =>
  ((level & RESPONSE_MAC) === 0 || (options & OFFERS_RESPONSE_MAC) !== 0) &&
  ((level & RESPONSE_ENCRYPTION) === 0 || (options & OFFERS_RESPONSE_ENCRYPTION) !== 0);

/** A challenge from a counter proves itself (Amendment D 6.2.2.1); a random one, or an unknown AID, cannot. */
const challengeIsOfCounter = (
  keys: ChannelKeySet,
  { sequenceCounter, cardChallenge }: InitializeUpdateAnswer,
  domainAid: Uint8Array | undefined,
): boolean =>
  sequenceCounter === undefined ||
  domainAid === undefined ||
  equalBytesConstantTime(
    cardChallenge,
    deriveKey(
      keys.enc,
      derivation.cardChallenge,
      concatBytes(sequenceCounter, domainAid),
      cardChallenge.length,
    ),
  );
