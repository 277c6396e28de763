import { encodeTlv, unwrapTlv } from '../../../../electron/shared/codec/index.ts';
import { algorithmReference, type KeyAlgorithm } from '../algorithms.ts';
import { encodePublicKey } from '../public-key.ts';
import { keyReference, type PivSlot } from '../slots.ts';
import { statusFault } from '../status-fault.ts';
import type { PivCommand } from './piv-command.ts';

/**
 * GENERATE ASYMMETRIC KEY PAIR, SP 800-73-4 part 2, 3.3.2, after management authentication. Gives the
 * public key as SubjectPublicKeyInfo, DER. Faults: card-bad-answer, card-unsupported, card-status.
 */
export const generateKeyPair = (slot: PivSlot, algorithm: KeyAlgorithm): PivCommand<Uint8Array> => ({
  apdu: {
    cla: 0x00,
    ins: INS_GENERATE_ASYMMETRIC,
    p1: 0x00,
    p2: keyReference(slot),
    data: encodeTlv(0xac, encodeTlv(0x80, new Uint8Array([algorithmReference[algorithm]]))),
    le: 256,
  },
  timeoutMs: generationMs[algorithm],
  parse({ data, sw }) {
    if (sw !== 0x9000) return statusFault('GENERATE ASYMMETRIC KEY PAIR', sw);
    const template = unwrapTlv(data, 0x7f49);
    return template.ok ? encodePublicKey(algorithm, template.value) : template;
  },
});

const INS_GENERATE_ASYMMETRIC = 0x47;

/** JCAlgTest: RSA-2048 takes 12 s in the median and 146 s on the slowest card; RSA-3072 about four times as long. */
const generationMs: Record<KeyAlgorithm, number> = {
  'p-256': 30_000,
  'p-384': 30_000,
  'rsa-2048': 180_000,
  'rsa-3072': 600_000,
};
