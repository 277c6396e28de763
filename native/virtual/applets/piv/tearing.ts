import { fromHex, toHex, type CommandApdu } from '../../../../electron/shared/codec/index.ts';
import { status, type Applet } from '../applet.ts';
import type { PivState } from './piv-state.ts';

/**
 * PIV on a Java Card whose commit buffer is smaller than a certificate: PUT DATA writes as its pieces come, and
 * a card pulled in between keeps an object that is cut off. Half of the cards one can buy are like this.
 * @param bufferLength bytes that the card can still write all or nothing.
 */
export const tearingPiv = (inner: Applet, state: PivState, bufferLength: number): Applet => ({
  ...inner,
  piece(soFar) {
    const { data } = soFar;
    if (soFar.ins !== INS_PUT_DATA || data === undefined || data.length <= bufferLength) return;
    const object = beginningOf(data);
    if (object === undefined || !mayWrite(inner, soFar, object.tag)) return;
    state.objects = { ...state.objects, [object.tag]: toHex(object.content) };
  },
});

const INS_PUT_DATA = 0xdb;

/** 5C length tag | 53 length (1 to 3 bytes) content … */
const beginningOf = (data: Uint8Array): { tag: string; content: Uint8Array } | undefined => {
  const tagLength = data[1] ?? 0;
  const at = 2 + tagLength;
  const length = data[at + 1] ?? 0;
  if (data[0] !== 0x5c || data[at] !== 0x53) return undefined;
  const start = at + 2 + (length > 0x80 ? length - 0x80 : 0);
  return { tag: toHex(data.subarray(2, at)), content: data.subarray(start) };
};

/** Asks the application itself: without content it says whether it would have been the authentication. */
const mayWrite = (inner: Applet, { data: _, ...header }: CommandApdu, tag: string): boolean =>
  inner.process({ ...header, data: fromHex(`5c${(tag.length / 2).toString(16).padStart(2, '0')}${tag}`) })
    .sw === status.wrongData;
