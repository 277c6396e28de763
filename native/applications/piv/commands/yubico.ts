import {
  findTlv,
  parseTlvs,
  statusClass,
  type CommandApdu,
} from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import {
  keyAlgorithmOf,
  managementAlgorithmOf,
  type KeyAlgorithm,
  type ManagementAlgorithm,
} from '../algorithms.ts';
import { encodePublicKey } from '../public-key.ts';
import { statusFault } from '../status-fault.ts';
import type { PivCommand } from './piv-command.ts';

/*
 * Yubico's extensions (developers.yubico.com, PIV/Introduction/Yubico_extensions), which other modern PIV
 * applets have taken over. A card without them answers `undefined`, or card-unsupported to RESET.
 */

/** GET VERSION, e.g. '5.4.3'. */
export const getVersion = (): PivCommand<string | undefined> => ({
  apdu: plain(0xfd),
  parse({ data, sw }) {
    if (sw !== 0x9000) return ok(undefined);
    return data.length === 3 ? ok([...data].join('.')) : fail('card-bad-answer', { what: 'version' });
  },
});

/** GET SERIAL, the number printed on the token. */
export const getSerial = (): PivCommand<number | undefined> => ({
  apdu: plain(0xf8),
  parse({ data, sw }) {
    if (sw !== 0x9000) return ok(undefined);
    return data.length === 4
      ? ok(data.reduce((number, byte) => number * 256 + byte, 0))
      : fail('card-bad-answer', { what: 'serial' });
  },
});

/** RESET, which the card takes only when PIN and PUK are both blocked. Faults: card-unsupported, card-status. */
export const reset = (): PivCommand<void> => ({
  apdu: { cla: 0x00, ins: 0xfb, p1: 0x00, p2: 0x00 },
  timeoutMs: 30_000,
  parse: ({ sw }) => (sw === 0x9000 ? ok() : statusFault('RESET', sw)),
});

/** What the card says of a key, PIN or PUK. Absent: the card did not say. */
export interface Metadata {
  readonly keyAlgorithm?: KeyAlgorithm;
  readonly managementAlgorithm?: ManagementAlgorithm;
  readonly origin?: 'generated' | 'imported';
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey?: Uint8Array;
  /** Still the factory's value. */
  readonly isDefault?: boolean;
  readonly tries?: { readonly total: number; readonly left: number };
}

/**
 * GET METADATA of a key reference: slots, 9B, PIN 80, PUK 81. `undefined`: no such key, or a card without
 * this command. Fault: card-bad-answer.
 */
export const getMetadata = (reference: number): PivCommand<Metadata | undefined> => ({
  apdu: { cla: 0x00, ins: 0xf7, p1: 0x00, p2: reference, le: 256 },
  parse({ data, sw }) {
    if (statusClass(sw) !== 'done') return ok(undefined);
    const fields = parseTlvs(data);
    return fields.ok ? readMetadata((tag) => findTlv(fields.value, tag)) : fields;
  },
});

const readMetadata = (field: (tag: number) => Uint8Array | undefined): Result<Metadata> => {
  const algorithm = field(0x01)?.[0];
  const keyAlgorithm = algorithm === undefined ? undefined : keyAlgorithmOf(algorithm);
  const managementAlgorithm = algorithm === undefined ? undefined : managementAlgorithmOf(algorithm);
  const origin = { 1: 'generated', 2: 'imported' } as const;
  const originCode = field(0x03)?.[0];
  const template = field(0x04);
  const publicKey =
    template && keyAlgorithm
      ? encodePublicKey(keyAlgorithm, template)
      : ok<Uint8Array | undefined>(undefined);
  if (!publicKey.ok) return publicKey;
  const isDefault = field(0x05)?.[0];
  const [total, left] = field(0x06) ?? [];
  return ok({
    ...(keyAlgorithm && { keyAlgorithm }),
    ...(managementAlgorithm && { managementAlgorithm }),
    ...((originCode === 1 || originCode === 2) && { origin: origin[originCode] }),
    ...(publicKey.value && { publicKey: publicKey.value }),
    ...(isDefault !== undefined && { isDefault: isDefault === 1 }),
    ...(total !== undefined && left !== undefined && { tries: { total, left } }),
  });
};

const plain = (ins: number): CommandApdu => ({ cla: 0x00, ins, p1: 0x00, p2: 0x00, le: 256 });
