import type { CommandApdu } from '../../codec/index.ts';
import { fail, ok, type Result } from '../../result/index.ts';
import type { BlockCipher } from '../block-cipher.ts';
import type { ChannelSession, SessionState } from '../channel-session.ts';
import { padded } from '../padding.ts';
import { longestData, macInput, securedCommand } from '../secured-header.ts';
import { COMMAND_ENCRYPTION, COMMAND_MAC, type SecurityLevel } from '../security-level.ts';
import type { RetailMac } from './retail-mac.ts';

interface Scp02State {
  readonly level: SecurityLevel;
  readonly enc: BlockCipher;
  readonly mac: RetailMac;
  /** The C-MAC of EXTERNAL AUTHENTICATE. */
  readonly lastMac: Uint8Array;
  readonly dataEncryption: BlockCipher;
  readonly resumed?: SessionState;
}

/** SCP02 after EXTERNAL AUTHENTICATE (GPCS 2.3.1 E.4.4 to E.4.6). */
export const scp02Session = (opened: Scp02State): ChannelSession => {
  const { level, enc, mac, dataEncryption } = opened;
  let { chaining: previous, counter } = opened.resumed ?? { chaining: opened.lastMac, counter: 0 };
  const secured = (level & COMMAND_MAC) !== 0;
  const encrypts = (level & COMMAND_ENCRYPTION) !== 0;
  const maximumData = !secured ? 255 : encrypts ? 239 : 247;

  const wrap = (command: CommandApdu): Result<CommandApdu> => {
    const plain = command.data ?? new Uint8Array(0);
    if (plain.length > longestData) return fail('bad-input', { field: 'command-data' });
    counter++;
    if (!secured) return ok(command);
    // Unlike SCP03 the MAC covers the plain data, so that encryption comes after it.
    const commandMac = mac.compute(macInput(command, plain, 8), mac.nextIv(previous));
    previous = commandMac;
    const data = encrypts && plain.length > 0 ? enc.encrypt(padded(plain, 8)) : plain;
    return ok(securedCommand(command, data, commandMac));
  };

  const state = (): SessionState => ({ chaining: previous, counter, open: [], broken: false, added: 0 });

  return { level, maximumData, dataEncryption, wrap, unwrap: (response) => ok(response), state };
};
