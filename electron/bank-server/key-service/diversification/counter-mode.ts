import { concatBytes, utf8 } from '../../../shared/codec/index.ts';
import type { MasterKey } from './master-key.ts';

/**
 * A key of `length` bytes by SP 800-108r1, 4.1: counter mode over AES-CMAC, counter and length in 32 bits.
 *
 *     CMAC(master, i 4 | label | 00 | context | length in bits 4),  i = 1, 2 …
 *
 * `label`: what the key is for, ASCII; `context`: whose it is. What `openssl kdf KBKDF` computes with
 * `mode:COUNTER`, `mac:CMAC`, the label as salt and the context as info.
 */
export const counterModeKey = (
  master: MasterKey,
  label: string,
  context: Uint8Array,
  length: number,
): Promise<Uint8Array> =>
  counterMode(master, 4, concatBytes(utf8(label), new Uint8Array(1), context, number32(length * 8)), length);

/** The keys of a security domain as GlobalPlatform numbers them (GPCS 2.3.1 7.6, key identifiers). */
export const domainKeyNumber = { enc: 1, mac: 2, dek: 3 } as const;
export type DomainKeyName = keyof typeof domainKeyNumber;

/**
 * A key of a card's security domain by what card makers call KDF3: counter mode over AES-CMAC with a counter of one
 * byte and no length.
 *
 *     CMAC(master, i 1 | 00 00 00 key number | 00 | diversification data),  i = 1, 2 …
 *
 * `data`: the 10 bytes of key diversification data in the answer to INITIALIZE UPDATE. A longer key begins with
 * the bytes of the shorter. Source: GlobalPlatformPro's template `kdf3`, and its published answers.
 */
export const kdf3Key = (
  master: MasterKey,
  key: DomainKeyName,
  data: Uint8Array,
  length: number,
): Promise<Uint8Array> =>
  counterMode(master, 1, concatBytes(new Uint8Array([0, 0, 0, domainKeyNumber[key], 0]), data), length);

/** SP 800-108r1, 4.1, with the counter before the fixed input data. */
export const counterMode = async (
  master: MasterKey,
  counterBytes: 1 | 4,
  fixedInput: Uint8Array,
  length: number,
): Promise<Uint8Array> => {
  const rounds: Uint8Array[] = [];
  for (let i = 1; i <= Math.ceil(length / 16); i += 1) {
    const counter = counterBytes === 1 ? new Uint8Array([i]) : number32(i);
    rounds.push(await master.cmac(concatBytes(counter, fixedInput)));
  }
  return concatBytes(...rounds).subarray(0, length);
};

const number32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
};
