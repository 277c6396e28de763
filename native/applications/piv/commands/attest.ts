import { ok } from '../../../../electron/shared/result/index.ts';
import { keyReference, type PivSlot } from '../slots.ts';
import type { PivCommand } from './piv-command.ts';

/**
 * ATTEST (developers.yubico.com, PIV/Introduction/PIV_attestation): a certificate over the key in a slot, by
 * the card's own attestation key. `undefined`: the card cannot, or the key was not made on it.
 */
export const attest = (slot: PivSlot): PivCommand<Uint8Array | undefined> => ({
  apdu: { cla: 0x00, ins: 0xf9, p1: keyReference(slot), p2: 0x00, le: 256 },
  timeoutMs: 30_000,
  parse: ({ data, sw }) => ok(sw === 0x9000 && data.length > 0 ? data : undefined),
});
