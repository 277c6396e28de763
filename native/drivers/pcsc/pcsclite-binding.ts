import { createRequire } from 'node:module';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { callBinding } from './call-binding.ts';
import {
  longestAnswer,
  SCARD_PROTOCOL_T0_OR_T1,
  SCARD_SHARE_EXCLUSIVE,
  SCARD_UNPOWER_CARD,
  type PcscBinding,
  type PcscCard,
  type PcscReader,
} from './pcsc-binding.ts';
import { pcscFault } from './pcsc-fault.ts';

/** The npm package `pcsclite`, an optional dependency with a native part. `undefined` where it was not built. */
export const pcscliteBinding = (): PcscBinding | undefined => {
  const start = load();
  if (start === undefined) return undefined;
  return {
    name: 'pcsclite',
    open() {
      try {
        const service = start();
        return ok({
          onReader: (listener) => void service.on('reader', (reader) => listener(readerOf(reader))),
          onLost: (listener) => void service.on('error', () => listener()),
          // Not closed: it would join its threads and can wait for ever. They end with the process.
          close: () => {},
        });
      } catch {
        return fail('pcsc-unavailable');
      }
    },
  };
};

const load = (): (() => NativeService) | undefined => {
  try {
    return createRequire(import.meta.url)('pcsclite') as () => NativeService;
  } catch {
    return undefined;
  }
};

const readerOf = (reader: NativeReader): PcscReader => {
  reader.on('error', () => {}); // 'end' follows
  return {
    name: reader.name,
    onStatus: (listener) => void reader.on('status', listener),
    onGone: (listener) => void reader.on('end', listener),
    async connect(limitMs) {
      const protocol = await connectExclusively(reader, limitMs);
      return protocol.ok ? ok(cardIn(reader, protocol.value)) : protocol;
    },
  };
};

const cardIn = (reader: NativeReader, firstProtocol: number): PcscCard => {
  let protocol = firstProtocol;
  return {
    transmit: (command, limitMs) =>
      callBinding(
        limitMs,
        (answer, refuse) =>
          reader.transmit(Buffer.from(command), longestAnswer, protocol, either(answer, refuse)),
        (error) => pcscFault(error, reader.name, 'card-removed'),
      ),
    control: (code, data, limitMs) =>
      callBinding(
        limitMs,
        (answer, refuse) =>
          reader.control(Buffer.from(data), code, longestControlAnswer, either(answer, refuse)),
        (error) => pcscFault(error, reader.name, 'card-unsupported'),
      ),
    async powerCycle(limitMs) {
      // The binding has no SCardReconnect: power goes with the connection and comes with the next.
      await disconnect(reader, limitMs);
      const again = await connectExclusively(reader, limitMs);
      if (!again.ok) return again;
      protocol = again.value;
      return ok();
    },
    disconnect: (limitMs) => disconnect(reader, limitMs),
  };
};

const connectExclusively = (reader: NativeReader, limitMs: number): Promise<Result<number>> => {
  // Left true by a card that was pulled, and then connecting would do nothing.
  reader.connected = false;
  return callBinding<number>(
    limitMs,
    (answer, refuse) =>
      reader.connect(
        { share_mode: SCARD_SHARE_EXCLUSIVE, protocol: SCARD_PROTOCOL_T0_OR_T1 },
        either(answer, refuse),
      ),
    (error) => pcscFault(error, reader.name, 'card-mute'),
    () => void disconnect(reader, limitMs), // nobody waits for this connection any more
  );
};

const disconnect = async (reader: NativeReader, limitMs: number): Promise<void> => {
  await callBinding<unknown>(
    limitMs,
    (answer, refuse) => reader.disconnect(SCARD_UNPOWER_CARD, either(answer, refuse)),
    (error) => pcscFault(error, reader.name, 'card-removed'),
  );
};

/** A callback of this binding as the two ways a call can end. */
const either =
  <T>(answer: (value: T) => void, refuse: (error: unknown) => void) =>
  (error: unknown, value: T): void =>
    error ? refuse(error) : answer(value);

const longestControlAnswer = 256;

/** The part of the package that is used. Its callbacks come from native code. */
interface NativeService {
  on(event: 'reader', listener: (reader: NativeReader) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

interface NativeReader {
  readonly name: string;
  /** Set by the binding after connecting, and left as it is when the card goes. */
  connected: boolean;
  on(event: 'status', listener: (status: { state: number; atr?: Uint8Array }) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  connect(
    options: { share_mode: number; protocol: number },
    done: (error: unknown, protocol: number) => void,
  ): void;
  transmit(
    data: Uint8Array,
    longestAnswer: number,
    protocol: number,
    done: (error: unknown, answer: Uint8Array) => void,
  ): void;
  control(
    data: Uint8Array,
    code: number,
    longestAnswer: number,
    done: (error: unknown, answer: Uint8Array) => void,
  ): void;
  disconnect(disposition: number, done: (error: unknown, nothing: unknown) => void): void;
}
