import {
  concatBytes,
  equalBytes,
  findTlv,
  fromHex,
  parseTlvs,
  parseUtf8,
  statusClass,
} from '../../../../electron/shared/codec/index.ts';
import { fail, ok } from '../../../../electron/shared/result/index.ts';
import { statusFault } from '../status-fault.ts';
import type { PivCommand } from './piv-command.ts';

/** What the card says of its PIV application: SP 800-73-4 part 2, table 3. */
export interface ApplicationProperty {
  /** Label, where the card has one. */
  readonly label: string | undefined;
  /** Its whole AID, where the card tells it: a secure channel's challenge may be computed over it. */
  readonly aid: Uint8Array | undefined;
}

/** The part of the AID without its version, so that any version answers. */
export const pivAid = fromHex('a000000308 00001000');

/** SELECT, SP 800-73-4 part 2, 3.1.1. Faults: card-unsupported (no PIV on this card), card-status. */
export const select = (): PivCommand<ApplicationProperty> => ({
  apdu: { cla: 0x00, ins: INS_SELECT, p1: 0x04, p2: 0x00, data: pivAid, le: 256 },
  parse({ data, sw }) {
    const meaning = statusClass(sw);
    if (meaning === 'not-found' || meaning === 'unsupported')
      return fail('card-unsupported', { application: 'PIV' });
    if (sw !== 0x9000) return statusFault('SELECT', sw);
    // Some cards answer with an FCI or with nothing: selected is selected.
    const outer = parseTlvs(data);
    const template = outer.ok ? findTlv(outer.value, 0x61) : undefined;
    const fields = parseTlvs(template ?? new Uint8Array(0));
    const label = fields.ok ? findTlv(fields.value, 0x50) : undefined;
    const name = fields.ok ? findTlv(fields.value, 0x4f) : undefined;
    return ok({ label: label && parseUtf8(label), aid: name && wholeAid(name) });
  },
});

/** 4F is the AID, or by part 2, table 3 only what follows the five bytes of NIST's RID. */
const wholeAid = (name: Uint8Array): Uint8Array | undefined => {
  const rid = pivAid.subarray(0, 5);
  const aid = equalBytes(name.subarray(0, 5), rid) ? name : concatBytes(rid, name);
  return aid.length >= pivAid.length && aid.length <= 16 ? aid : undefined;
};

const INS_SELECT = 0xa4;
