import {
  concatBytes,
  encodeTag,
  encodeTlv,
  statusClass,
  unwrapTlv,
} from '../../../../electron/shared/codec/index.ts';
import { ok } from '../../../../electron/shared/result/index.ts';
import { discoveryObject } from '../data-objects.ts';
import { statusFault } from '../status-fault.ts';
import type { PivCommand } from './piv-command.ts';

/**
 * GET DATA, SP 800-73-4 part 2, 3.1.2: the object's content without its wrapping tag 53 (7E for discovery).
 * `undefined`: the card has no such object, or an empty one. Faults: card-bad-answer, card-status
 * (`meaning` not-authenticated where the object wants the PIN).
 */
export const getData = (tag: number): PivCommand<Uint8Array | undefined> => ({
  apdu: { cla: 0x00, ins: 0xcb, p1: 0x3f, p2: 0xff, data: encodeTlv(0x5c, encodeTag(tag)), le: 256 },
  parse({ data, sw }) {
    if (statusClass(sw) === 'not-found') return ok(undefined);
    if (sw !== 0x9000) return statusFault('GET DATA', sw);
    if (data.length === 0) return ok(undefined);
    const content = unwrapTlv(data, wrapperOf(tag));
    if (!content.ok) return content;
    return ok(content.value.length === 0 ? undefined : content.value);
  },
});

/**
 * PUT DATA, SP 800-73-4 part 2, 3.3.1, after management authentication. Empty content removes the object.
 * Faults: card-full, card-status.
 */
export const putData = (tag: number, content: Uint8Array): PivCommand<void> => ({
  apdu: { cla: 0x00, ins: 0xdb, p1: 0x3f, p2: 0xff, data: wrap(tag, content) },
  timeoutMs: 20_000, // cards that erase flash before they write
  parse: ({ sw }) => (sw === 0x9000 ? ok() : statusFault('PUT DATA', sw)),
});

// The discovery object stands for itself, without a tag list (part 2, table 15).
const wrap = (tag: number, content: Uint8Array): Uint8Array =>
  tag === discoveryObject
    ? encodeTlv(discoveryObject, content)
    : concatBytes(encodeTlv(0x5c, encodeTag(tag)), encodeTlv(0x53, content));

const wrapperOf = (tag: number): number => (tag === discoveryObject ? discoveryObject : 0x53);
