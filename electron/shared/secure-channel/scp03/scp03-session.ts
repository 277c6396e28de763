import {
  concatBytes,
  equalBytesConstantTime,
  type CommandApdu,
  type ResponseApdu,
} from '../../codec/index.ts';
import { fail, ok, type Result } from '../../result/index.ts';
import type { BlockCipher } from '../block-cipher.ts';
import type { ChannelSession, OpenAnswer, SessionState } from '../channel-session.ts';
import { cmac } from '../cmac.ts';
import { padded, unpadded } from '../padding.ts';
import { protectionAfter } from '../response-session.ts';
import { longestData, macInput, securedCommand } from '../secured-header.ts';
import {
  COMMAND_ENCRYPTION,
  COMMAND_MAC,
  isErrorStatus,
  RESPONSE_ENCRYPTION,
  RESPONSE_MAC,
  type SecurityLevel,
} from '../security-level.ts';

interface Scp03State {
  readonly level: SecurityLevel;
  /** 8, in S16 mode 16. */
  readonly macLength: number;
  /** The whole C-MAC of EXTERNAL AUTHENTICATE, 16 bytes. */
  readonly chaining: Uint8Array;
  readonly enc: BlockCipher;
  readonly mac: BlockCipher;
  readonly responseMac: BlockCipher;
  readonly dataEncryption: BlockCipher;
  readonly resumed?: SessionState;
}

/** SCP03 after EXTERNAL AUTHENTICATE (Amendment D 6.2.4 to 6.2.7). */
export const scp03Session = (opened: Scp03State): ChannelSession => {
  const { level, macLength, enc, mac, responseMac } = opened;
  let { chaining, counter, broken, added } = opened.resumed ?? {
    chaining: opened.chaining,
    counter: 0,
    broken: false,
    added: 0,
  };
  /** What each command left behind that its answer needs; commands may run ahead of their answers. */
  const open: OpenAnswer[] = [...(opened.resumed?.open ?? [])];

  const encrypted = (data: Uint8Array): Uint8Array =>
    data.length === 0 || (level & COMMAND_ENCRYPTION) === 0
      ? data
      : enc.encrypt(padded(data, 16), enc.encrypt(counterBlock(counter)));

  const maximumData = maximumDataOf(level, macLength);

  const wrap = (command: CommandApdu): Result<CommandApdu> => {
    if (broken) return brokenChannel('closed');
    const plain = command.data ?? new Uint8Array(0);
    if (plain.length > longestData) return fail('bad-input', { field: 'command-data' });
    const after = protectionAfter(command);
    if (after !== undefined && !mayProtect(level, after))
      return fail('bad-input', { field: 'response-session' });
    const changes = after === undefined ? {} : { after };
    // Every command counts, also one without data, so that no counter block is used twice.
    counter++;
    if ((level & COMMAND_MAC) === 0) {
      open.push({ chaining, counter, ...changes });
      return ok(command);
    }
    const data = encrypted(plain);
    chaining = cmac(mac, concatBytes(chaining, macInput(command, data, macLength)));
    open.push({ chaining, counter, ...changes });
    return ok(securedCommand(command, data, chaining.subarray(0, macLength)));
  };

  const unwrap = (response: ResponseApdu): Result<ResponseApdu> => {
    if (broken) return brokenChannel('closed');
    const answer = open.shift();
    if (answer === undefined) return breakFor('unasked');
    const { data, sw } = response;
    const protection = level | added;
    // Only a card that did it has changed what protects its next answer.
    if (answer.after !== undefined && sw === 0x9000) added = answer.after;
    if ((protection & RESPONSE_MAC) === 0) return ok(response);
    // An error is a bare status word; data beside it did not come from a card that keeps the rules.
    if (isErrorStatus(sw)) return data.length === 0 ? ok(response) : breakFor('error-with-data');
    if (data.length < macLength) return breakFor('mac-missing');
    const body = data.subarray(0, data.length - macLength);
    const expected = cmac(responseMac, concatBytes(answer.chaining, body, statusBytes(sw)));
    const given = data.subarray(body.length);
    if (!equalBytesConstantTime(expected.subarray(0, macLength), given)) return breakFor('mac-wrong');
    if ((protection & RESPONSE_ENCRYPTION) === 0 || body.length === 0) return ok({ data: body, sw });
    if (body.length % 16 !== 0) return breakFor('padding');
    const iv = enc.encrypt(counterBlock(answer.counter, 0x80));
    const plain = unpadded(enc.decrypt(body, iv));
    return plain === undefined ? breakFor('padding') : ok({ data: plain, sw });
  };

  const breakFor = (why: string) => {
    broken = true;
    return brokenChannel(why);
  };

  const state = (): SessionState => ({ chaining, counter, open: [...open], broken, added });

  return { level, maximumData, dataEncryption: opened.dataEncryption, wrap, unwrap, state };
};

/** Answers that are protected from the beginning stay so, and are encrypted only where commands are. */
const mayProtect = (level: SecurityLevel, after: number): boolean =>
  (level & RESPONSE_MAC) === 0 && ((after & RESPONSE_ENCRYPTION) === 0 || (level & COMMAND_ENCRYPTION) !== 0);

const maximumDataOf = (level: SecurityLevel, macLength: number): number => {
  if ((level & COMMAND_MAC) === 0) return 255;
  const room = 255 - macLength;
  // Padding takes at least one byte of the last whole block.
  return (level & COMMAND_ENCRYPTION) === 0 ? room : room - (room % 16) - 1;
};

/** The command's number, big-endian; answers set the highest bit (Amendment D 6.2.6, 6.2.7). */
const counterBlock = (counter: number, first = 0x00): Uint8Array => {
  const block = new Uint8Array(16);
  new DataView(block.buffer).setUint32(12, counter);
  block[0] = first;
  return block;
};

const statusBytes = (sw: number): Uint8Array => new Uint8Array([sw >> 8, sw & 0xff]);

const brokenChannel = (why: string) => fail('card-channel-broken', { why });
