import {
  findTlv,
  parseTlvs,
  statusText,
  toHex,
  type CommandApdu,
} from '../../electron/shared/codec/index.ts';
import type { FaultCode } from '../../electron/shared/result/index.ts';
import type { ApduPipe } from './apdu-pipe.ts';

/** One APDU as a technician may see it. Data only where `isPublic` says so: a PIN or key is never in a trace. */
export interface ApduTrace {
  readonly direction: 'command' | 'response';
  /** CLA INS P1 P2 of the command, hex; the same for its response. */
  readonly header: string;
  /** Bytes of data, without header, lengths and status word. */
  readonly dataLength: number;
  /** Hex; absent when it is not public. */
  readonly data?: string;
  /** Status word, hex; absent in commands and when no answer came. */
  readonly sw?: string;
  /** Why no answer came. */
  readonly fault?: FaultCode;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly at: number;
}

export type ApduListener = (trace: ApduTrace) => void;
export type IsPublic = (command: CommandApdu) => boolean;

/** Reports every APDU that crosses this layer, with the data of public commands only. */
export const redactedTrace = (
  below: ApduPipe,
  listener: ApduListener,
  isPublic: IsPublic = isPublicCommand,
): ApduPipe => {
  let answersPublic = false;
  return {
    async send(command, options) {
      const header = toHex(new Uint8Array([command.cla, command.ins, command.p1, command.p2]));
      // GET RESPONSE brings the rest of the answer before it, so it is as public as that.
      if (command.ins !== INS_GET_RESPONSE) answersPublic = isPublic(command);
      listener({
        direction: 'command',
        header,
        dataLength: command.data?.length ?? 0,
        ...(answersPublic && { data: toHex(command.data ?? new Uint8Array(0)) }),
        at: Date.now(),
      });
      const answer = await below.send(command, options);
      listener({
        direction: 'response',
        header,
        dataLength: answer.ok ? answer.value.data.length : 0,
        ...(answer.ok && answersPublic && { data: toHex(answer.value.data) }),
        ...(answer.ok ? { sw: statusText(answer.value.sw) } : { fault: answer.fault.code }),
        at: Date.now(),
      });
      return answer;
    },
  };
};

/** The allow-list: SELECT, and GET DATA of the objects that anybody may read from a card. */
export const isPublicCommand: IsPublic = ({ cla, ins, data }) => {
  const secured = (cla & 0x0c) !== 0;
  if (secured) return false;
  if (ins === INS_SELECT) return true;
  if (ins !== INS_GET_DATA) return false;
  const tags = parseTlvs(data ?? new Uint8Array(0));
  const tag = tags.ok ? findTlv(tags.value, 0x5c) : undefined;
  return tag !== undefined && publicObjects.has(toHex(tag));
};

const INS_SELECT = 0xa4;
const INS_GET_DATA = 0xcb;
const INS_GET_RESPONSE = 0xc0;

// SP 800-73-4 part 1, table 2 and 3: CHUID, CCC, discovery, key history, the four certificates. Not here:
// printed information, biometrics, and the bank's user info, because they say who somebody is.
const publicObjects: ReadonlySet<string> = new Set([
  '5fc102',
  '5fc107',
  '7e',
  '5fc10c',
  '5fc105',
  '5fc10a',
  '5fc10b',
  '5fc101',
]);
