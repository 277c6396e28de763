import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fail } from '../../../electron/shared/result/index.ts';
import { pcscBindingOf } from '../../../electron/launch/pcsc-binding-of.ts';
import { chooseBinding } from '../../../native/drivers/pcsc/choose-binding.ts';
import type { PcscBinding, PcscBindingName } from '../../../native/drivers/pcsc/pcsc-binding.ts';
import { pcscFault } from '../../../native/drivers/pcsc/pcsc-fault.ts';
import { pcscdAnswers } from '../../../native/drivers/pcsc/pcscd-answers.ts';
import { programsWithPcsc } from '../../../native/drivers/pcsc/programs-with-pcsc.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'pcsc-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe('which binding', () => {
  const binding = (name: PcscBindingName): PcscBinding => ({ name, open: () => fail('pcsc-unavailable') });
  const built = (...names: PcscBindingName[]) => ({
    pcsclite: () => (names.includes('pcsclite') ? binding('pcsclite') : undefined),
    smartcard: () => (names.includes('smartcard') ? binding('smartcard') : undefined),
  });

  it('is the first that was built, by itself', () => {
    expect(chooseBinding('automatic', built('pcsclite', 'smartcard'))?.name).toBe('pcsclite');
    expect(chooseBinding('automatic', built('smartcard'))?.name).toBe('smartcard');
    expect(chooseBinding('automatic', built())).toBeUndefined();
  });
  it('is the one that was asked for, and no other in its place', () => {
    expect(chooseBinding('smartcard', built('pcsclite', 'smartcard'))?.name).toBe('smartcard');
    expect(chooseBinding('smartcard', built('pcsclite'))).toBeUndefined();
  });
  it('is set in the environment, and a name that none has is said', () => {
    expect(pcscBindingOf({})).toEqual({ choice: 'automatic' });
    expect(pcscBindingOf({ CARDWRIGHT_PCSC: 'smartcard' })).toEqual({ choice: 'smartcard' });
    expect(pcscBindingOf({ CARDWRIGHT_PCSC: 'pcsc' })).toEqual({ choice: 'automatic', ignored: 'pcsc' });
  });
});

describe('errors of the bindings', () => {
  const faultOf = (message: string) => pcscFault(new Error(message), 'R', 'card-removed').fault;
  it.each([
    ['SCardConnect error: Sharing violation.(0x8010000b)', 'Sharing violation', 'reader-busy'],
    ['SCardTransmit error: Card was removed.(0x80100069)', 'Card was removed', 'card-removed'],
    ['SCardConnect error: Unresponsive card.(0x80100066)', 'Card is unresponsive', 'card-mute'],
    ['SCardConnect error: No service.(0x8010001d)', 'PC/SC service not running', 'pcsc-unavailable'],
    ['SCardTransmit error: Communication.(0x80100013)', 'Communication error', 'pcsc-unavailable'],
    ['SCardConnect error: Unknown reader.(0x80100009)', 'Unknown reader', 'reader-gone'],
  ])('%s', (ofPcsclite, ofSmartcard, code) => {
    expect(faultOf(ofPcsclite)).toEqual({ code, data: { reader: 'R' } });
    expect(faultOf(ofSmartcard)).toEqual({ code, data: { reader: 'R' } });
  });
  it('that nobody knows are what the caller takes them for', () => {
    expect(faultOf('Unknown PC/SC error').code).toBe('card-removed');
    expect(pcscFault(undefined, 'R', 'card-mute').fault.code).toBe('card-mute');
  });
});

describe.skipIf(process.platform !== 'linux')('whether pcscd answers', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const listening = (answer: (greeting: Buffer) => Uint8Array | undefined): Promise<string> =>
    new Promise((resolve) => {
      const path = join(folder, `${Math.random()}.comm`);
      server = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', (greeting) => {
          const said = answer(greeting);
          if (said) socket.write(said);
        });
      });
      server.listen(path, () => resolve(path));
    });

  it('one that does', async () => {
    let greeting = '';
    const path = await listening((bytes) => {
      greeting = bytes.toString('hex');
      return bytes.subarray(8);
    });
    expect(await pcscdAnswers(5_000, { PCSCLITE_CSOCK_NAME: path })).toBe(true);
    // size, command, major, minor, result, in this machine's byte order
    expect(greeting).toBe('0c000000' + '11000000' + '04000000' + '04000000' + '00000000');
  });
  it('one that takes the connection and is silent', async () => {
    const path = await listening(() => undefined);
    expect(await pcscdAnswers(50, { PCSCLITE_CSOCK_NAME: path })).toBe(false);
  });
  it('none', async () => {
    expect(await pcscdAnswers(5_000, { PCSCLITE_CSOCK_NAME: join(folder, 'nothing') })).toBe(false);
  });
});

describe('programs with PC/SC', () => {
  it('are named once each, and the others are not', async () => {
    const proc = join(folder, 'proc');
    const program = (id: string, name: string, library: string): void => {
      mkdirSync(join(proc, id), { recursive: true });
      writeFileSync(join(proc, id, 'comm'), `${name}\n`);
      writeFileSync(
        join(proc, id, 'maps'),
        `7f00-7f01 r-xp 0000 08:01 1 /usr/lib/x86_64-linux-gnu/${library}\n`,
      );
    };
    program('10', 'scdaemon', 'libpcsclite.so.1.0.0');
    program('11', 'firefox', 'libpcsclite_real.so.1');
    program('12', 'scdaemon', 'libpcsclite.so.1.0.0');
    program('13', 'bash', 'libc.so.6');
    program(String(process.pid), 'node', 'libpcsclite.so.1.0.0');
    mkdirSync(join(proc, 'bus'));
    mkdirSync(join(proc, '14')); // of another user: nothing in it can be read
    expect(await programsWithPcsc(proc)).toEqual(['firefox', 'scdaemon']);
    expect(await programsWithPcsc(join(folder, 'no-such-folder'))).toEqual([]);
  });
});
