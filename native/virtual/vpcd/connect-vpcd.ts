import { connect } from 'node:net';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { VirtualCard } from '../card/virtual-card.ts';
import { cardScript, type CardScript, type RunningScript } from '../reader/card-script.ts';

/** A virtual card in a reader of the real pcscd, until it is removed or pcscd ends. */
export interface VpcdConnection {
  /** Pulls the card. Keep it out at least 0.6 s before the next one, or the reader sticks at "no card". */
  remove(): Promise<void>;
  /** Resolves when the card is out, by `remove` or because pcscd went away. */
  readonly removed: Promise<void>;
  /** Faults to play. */
  readonly script: CardScript;
}

/**
 * Puts a card into a reader of vsmartcard's vpcd, which waits for it on a TCP port (35963 for the first
 * reader). Fault: pcsc-unavailable, when nobody listens there.
 *
 *     length (2 bytes, big-endian) | payload
 *     payload of 1 byte from the reader: 0 power off, 1 power on, 2 reset, 4 the ATR is wanted; else an APDU
 */
export const connectVpcd = (
  card: VirtualCard,
  options: { port?: number; host?: string } = {},
): Promise<Result<VpcdConnection>> =>
  new Promise((resolve) => {
    const socket = connect({ port: options.port ?? 35963, host: options.host ?? '127.0.0.1', noDelay: true });
    const removed = new Promise<void>((done) => socket.once('close', () => done()));
    const script = cardScript();
    let received = Buffer.alloc(0);

    socket.once('error', () => resolve(fail('pcsc-unavailable')));
    socket.once('connect', () => {
      resolve(
        ok({
          removed,
          script,
          remove() {
            socket.destroy();
            return removed;
          },
        }),
      );
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2) {
        const length = received.readUInt16BE(0);
        if (received.length < 2 + length) return;
        const payload = received.subarray(2, 2 + length);
        received = received.subarray(2 + length);
        const reply = respond(card, script, new Uint8Array(payload));
        // Length and payload in one packet: of two, the second waits until the first is acknowledged, 40 ms.
        if (reply instanceof Uint8Array) socket.write(frame(reply));
        else if (reply === 'pulled') socket.destroy();
      }
    });
    socket.on('close', () => card.powerCycle());
    socket.on('error', () => {}); // 'close' follows
  });

const respond = (
  card: VirtualCard,
  script: RunningScript,
  payload: Uint8Array,
): Uint8Array | 'pulled' | undefined => {
  if (payload.length > 1) return play(card, script, payload);
  if (payload[0] === GET_ATR) return card.atr;
  card.powerCycle();
  return undefined;
};

const play = (
  card: VirtualCard,
  script: RunningScript,
  command: Uint8Array,
): Uint8Array | 'pulled' | undefined => {
  const fate = script.next(command);
  switch (fate.kind) {
    case 'process':
      return card.transmit(command);
    case 'answer':
      return fate.answer;
    case 'silence':
      return undefined;
    case 'pull':
      if (fate.when === 'after') card.transmit(command);
      return 'pulled';
  }
};

const frame = (payload: Uint8Array): Buffer => {
  const bytes = Buffer.alloc(2 + payload.length);
  bytes.writeUInt16BE(payload.length, 0);
  bytes.set(payload, 2);
  return bytes;
};

const GET_ATR = 4;
