import type { CommandApdu } from '../codec/index.ts';
import { fail, ok, type Result } from '../result/index.ts';

/** What the card says of itself and of its keys when a channel begins. */
export interface InitializeUpdateAnswer {
  /** 10 bytes by which the bank finds or derives this card's keys. */
  readonly diversificationData: Uint8Array;
  readonly keyVersion: number;
  readonly protocol: 'scp02' | 'scp03';
  /** The "i" parameter: bits of options (Amendment D table 5-1); `undefined` for SCP02, which does not say. */
  readonly options: number | undefined;
  /** SCP03: 8 or 16 bytes. SCP02: 6 bytes. */
  readonly cardChallenge: Uint8Array;
  readonly cardCryptogram: Uint8Array;
  /** SCP02: 2 bytes. SCP03: 3 bytes, only with a pseudo-random challenge. */
  readonly sequenceCounter: Uint8Array | undefined;
}

/** INITIALIZE UPDATE (GPCS D.4.1, E.5.1; Amendment D 7.1.1). The challenge has 8 bytes, in S16 mode 16. */
export const initializeUpdate = (keyVersion: number, hostChallenge: Uint8Array): CommandApdu => ({
  cla: 0x80,
  ins: INS_INITIALIZE_UPDATE,
  p1: keyVersion,
  p2: 0,
  data: hostChallenge,
  le: 256,
});

/**
 *     SCP02   KDD 10 | KVN 02 | counter 2 | challenge 6 | cryptogram 8
 *     SCP03   KDD 10 | KVN 03 i | challenge 8 | cryptogram 8 | counter 3 with i b5   (S16: 16 and 16)
 *
 * Faults: card-bad-answer (length), card-unsupported (another protocol, options nobody knows).
 */
export const parseInitializeUpdate = (data: Uint8Array): Result<InitializeUpdateAnswer> => {
  const diversificationData = data.slice(0, 10);
  const [keyVersion, protocol, options] = data.subarray(10);
  if (keyVersion === undefined || protocol === undefined || options === undefined) return malformed();
  if (protocol === 0x02) {
    if (data.length !== 28) return malformed();
    return ok({
      diversificationData,
      keyVersion,
      protocol: 'scp02',
      options: undefined,
      sequenceCounter: data.slice(12, 14),
      cardChallenge: data.slice(14, 20),
      cardCryptogram: data.slice(20, 28),
    });
  }
  if (protocol !== 0x03) return fail('card-unsupported', { what: 'secure-channel-protocol', protocol });
  if (!knownOptions.has(options & ~SIXTEEN_BYTES))
    return fail('card-unsupported', { what: 'secure-channel-options', options });
  const size = (options & SIXTEEN_BYTES) !== 0 ? 16 : 8;
  const counterLength = (options & PSEUDO_RANDOM) !== 0 ? 3 : 0;
  const counterAt = 13 + 2 * size;
  if (data.length !== counterAt + counterLength) return malformed();
  return ok({
    diversificationData,
    keyVersion,
    protocol: 'scp03',
    options,
    cardChallenge: data.slice(13, 13 + size),
    cardCryptogram: data.slice(13 + size, counterAt),
    sequenceCounter: counterLength === 0 ? undefined : data.slice(counterAt),
  });
};

/** Bits of i (Amendment D table 5-1; S16 since version 1.2). */
export const SIXTEEN_BYTES = 0x01;
export const PSEUDO_RANDOM = 0x10;
export const OFFERS_RESPONSE_MAC = 0x20;
export const OFFERS_RESPONSE_ENCRYPTION = 0x40;

const INS_INITIALIZE_UPDATE = 0x50;

// Encryption of answers exists only together with their MAC, so 40 and 50 are not among them.
const knownOptions: ReadonlySet<number> = new Set([0x00, 0x10, 0x20, 0x30, 0x60, 0x70]);

const malformed = () => fail('card-bad-answer', { what: 'initialize-update' });
