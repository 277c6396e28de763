import { concatBytes } from '../../../shared/codec/index.ts';
import { domainKeyNumber, type DomainKeyName } from './counter-mode.ts';
import type { MasterKey } from './master-key.ts';

/** Bytes of key diversification data in the answer to INITIALIZE UPDATE (GPCS 2.3.1 E.5.1). */
export const CARD_DATA_BYTES = 10;

/**
 * A 3DES key of a card's security domain, 16 bytes: two blocks under the bank's 3DES master key (KMC).
 *
 *     3DES(master, six bytes | F0 key number) | 3DES(master, six bytes | 0F key number)
 *
 * `emv`: the last six of the ten bytes that INITIALIZE UPDATE tells (EMV Card Personalization Specification 1.1,
 * 4.1). `visa2`: bytes 0, 1, 4, 5, 6, 7. Source of both, and of answers: GlobalPlatformPro's templates `emv`, `visa2`.
 */
export const emvKey = (
  master: MasterKey,
  selection: 'emv' | 'visa2',
  key: DomainKeyName,
  data: Uint8Array,
): Promise<Uint8Array> => {
  if (data.length !== CARD_DATA_BYTES || master.algorithm !== '3des')
    throw new Error(`${selection} takes ${CARD_DATA_BYTES} bytes of the card and a 3DES key`);
  const six = Uint8Array.from(chosenBytes[selection], (at) => data[at] ?? 0);
  const number = domainKeyNumber[key];
  return master.encrypt(
    concatBytes(six, new Uint8Array([0xf0, number]), six, new Uint8Array([0x0f, number])),
  );
};

const chosenBytes = { emv: [4, 5, 6, 7, 8, 9], visa2: [0, 1, 4, 5, 6, 7] } as const;
