import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { VirtualCard } from '../../../native/virtual/index.ts';

/** A card in the guest's USB reader, until it is removed. */
export interface PassthruCard {
  /** Commands that have reached the card. */
  readonly commands: () => number;
  remove(): void;
}

/*
 * QEMU's ccid-card-passthru over a socket (libcacard, vscard_common.h), all numbers big-endian:
 *
 *   type(4) reader(4) length(4) payload
 *   card → QEMU: Init ("VSCD", version, capabilities), ReaderAdd, ATR (= the card is in), APDU (an answer), CardRemove
 *   QEMU → card: Init, Error (also when all is well), APDU (a command), Flush
 */
const init = 1;
const readerAdd = 3;
const atr = 5;
const cardRemove = 6;
const apdu = 7;
const flush = 8;
const flushComplete = 9;

/**
 * A USIM's answer to reset for T=0, which is all this reader speaks; the default speed, so that nothing has
 * to be negotiated. Historical bytes of ETSI TS 102 221.
 */
const t0Atr = withCheck(Buffer.from('3b9f11801fc78031e073fe211b6407689a00829000', 'hex'));

/** Puts a card into the reader whose chardev listens on this socket. */
export async function insertPassthruCard(path: string, card: VirtualCard): Promise<PassthruCard> {
  const socket = await dial(path);
  let commands = 0;
  let held: Buffer | undefined;
  let received = Buffer.alloc(0);
  const send = (type: number, payload: Uint8Array = Buffer.alloc(0)) => {
    const head = Buffer.alloc(12);
    head.writeUInt32BE(type, 0);
    head.writeUInt32BE(0, 4);
    head.writeUInt32BE(payload.length, 8);
    socket.write(Buffer.concat([head, payload]));
  };
  const answerTo = (command: Uint8Array): Buffer => {
    if (held && command[1] === 0xc0) {
      const rest = held;
      held = undefined;
      return rest;
    }
    held = undefined;
    const answer = Buffer.from(card.transmit(command));
    // On xhci an answer of 54 bytes shifts all that follow by one: cut it.
    if (answer.length !== 54) return answer;
    held = answer.subarray(51);
    return Buffer.concat([answer.subarray(0, 51), Buffer.from([0x61, 0x01])]);
  };
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 12) {
      const length = received.readUInt32BE(8);
      if (received.length < 12 + length) return;
      const type = received.readUInt32BE(0);
      const payload = new Uint8Array(received.subarray(12, 12 + length));
      received = received.subarray(12 + length);
      if (type === apdu) {
        commands += 1;
        send(apdu, answerTo(payload));
      } else if (type === flush) send(flushComplete);
    }
  });
  socket.on('error', () => socket.destroy());

  send(init, Buffer.concat([Buffer.from('VSCD'), u32(2), u32(0)]));
  send(readerAdd);
  send(atr, t0Atr);
  return {
    commands: () => commands,
    remove() {
      send(cardRemove);
    },
  };
}

/** QEMU opens its sockets one after another. */
async function dial(path: string): Promise<Socket> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await new Promise((resolve, reject) => {
        const socket = connect(path, () => resolve(socket));
        socket.once('error', reject);
      });
    } catch (error) {
      if (tries === 50) throw error;
      await pause(100);
    }
  }
}

function withCheck(bytes: Buffer): Buffer {
  const check = bytes.subarray(1).reduce((sum, byte) => sum ^ byte, 0);
  return Buffer.concat([bytes, Buffer.from([check])]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
